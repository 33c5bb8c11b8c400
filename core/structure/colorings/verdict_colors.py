"""Colors by verdict."""

from __future__ import annotations

from core.structure.colorings.coloring import Coloring, ColoringKind, Points
from core.terms import VERDICTS

TITLE = "Verdict"


def _read(points: Points, key: str) -> Coloring:
    groups = dict(points.audit.store.rows_by_value("verdict", points.auditor))
    known = [
        (term.title, groups[verdict]) for verdict, term in VERDICTS.items() if verdict in groups
    ]
    return points.categories(known, key, TITLE, "Not reviewed")


VERDICT = ColoringKind("verdict", 60, lambda audit, layout: [("verdict", TITLE)], _read)
