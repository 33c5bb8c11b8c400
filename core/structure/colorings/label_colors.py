"""Colors by given, suggested and final label, and by split."""

from __future__ import annotations

from collections.abc import Callable

from core.audit import Audit
from core.structure.colorings.coloring import Coloring, ColoringKind, Points

LABELS = {
    "given": ("Given label", "No given label"),
    "suggested": ("Suggested label", "Nothing suggested"),
    "final": ("Final label", "No final label"),
    "split": ("Split", "In no split"),
}
"""By field: its title, and what points without a value are called."""


def _read(points: Points, key: str) -> Coloring:
    groups = points.audit.store.rows_by_value(key, points.auditor)
    return points.categories(groups, key, *LABELS[key])


def _always(field: str) -> Callable[[Audit, str], list[tuple[str, str]]]:
    return lambda audit, layout: [(field, LABELS[field][0])]


def _split_offered(audit: Audit, layout: str) -> list[tuple[str, str]]:
    return [("split", LABELS["split"][0])] if audit.store.splits() else []


GIVEN = ColoringKind("given", 10, _always("given"), _read)
SUGGESTED = ColoringKind("suggested", 20, _always("suggested"), _read)
FINAL = ColoringKind("final", 30, _always("final"), _read)
SPLIT = ColoringKind("split", 90, _split_offered, _read)
