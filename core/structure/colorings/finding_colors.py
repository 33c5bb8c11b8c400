"""Colors of the images in findings of one kind."""

from __future__ import annotations

from core.audit import Audit, AuditError
from core.findings import FINDINGS
from core.structure.colorings.coloring import Coloring, ColoringKind, Points

PREFIX = "finding"


def _offered(audit: Audit, layout: str) -> list[tuple[str, str]]:
    present = audit.store.finding_counts()
    return [
        (f"{PREFIX}:{name}", kind.titled(audit.store.splits()))
        for name, kind in FINDINGS.items()
        if name in present
    ]


def _read(points: Points, key: str) -> Coloring:
    name = key.removeprefix(f"{PREFIX}:")
    if name not in FINDINGS:
        raise AuditError(f"There is no kind of finding called {name!r}.")
    kind = FINDINGS[name]
    rows = points.audit.store.rows_of_finding(kind.name)
    title = kind.titled(points.audit.store.splits())
    return points.categories([(title, rows)], key, title, "Not among them")


FINDING = ColoringKind(PREFIX, 80, _offered, _read)
