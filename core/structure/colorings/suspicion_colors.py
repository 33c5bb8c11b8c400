"""Colors by suspicion."""

from __future__ import annotations

from core.structure.colorings.coloring import Coloring, ColoringKind, Points

TITLE = "Suspicion"


def _read(points: Points, key: str) -> Coloring:
    rows, numbers = points.audit.store.numbers_by_row("suspicion")
    return points.numbers(rows, numbers, key, TITLE, "Not ranked", ends=(0.0, 1.0))


SUSPICION = ColoringKind("suspicion", 50, lambda audit, layout: [("suspicion", TITLE)], _read)
