"""Colors by a column of the input: numbers where all of it are, else categories."""

from __future__ import annotations

from core.audit import Audit
from core.query.fields import META
from core.structure.colorings.coloring import Coloring, ColoringKind, Points

PREFIX = "column"


def _offered(audit: Audit, layout: str) -> list[tuple[str, str]]:
    return [(f"{PREFIX}:{name}", name) for name in audit.store.input_columns()]


def _read(points: Points, key: str) -> Coloring:
    name = key.removeprefix(f"{PREFIX}:")
    store, field, empty = points.audit.store, META + name, "No value"
    if store.has_numbers(field):
        return points.numbers(*store.numbers_by_row(field), key, name, empty)
    return points.categories(store.rows_by_value(field), key, name, empty)


COLUMN = ColoringKind(PREFIX, 100, _offered, _read)
