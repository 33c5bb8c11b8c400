"""How regions and boxes of crops lie in the database: as lists in JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from core.store.connection import Row


def as_json(numbers: Sequence[float] | None) -> str | None:
    """Return what a column holds of a region or a box; None where the item is no crop."""
    return None if numbers is None else json.dumps(list(numbers))


def from_json(rows: Iterable[Row], column: str = "region") -> list[Row]:
    """Return rows with the numbers of a column as a list, or None."""
    return [row | {column: json.loads(row[column] or "null")} for row in rows]
