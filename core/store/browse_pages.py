"""Pages of a sorted list: cursors, and the pieces of an index that a page is made of.

Page 4,000 costs what page 1 does: a page begins behind an item, which an index
finds, not after a number of rows, which have to be counted.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from core.query.parse import QueryError
from core.store.connection import Row

Key = str | float | None
"""What an item is sorted by."""


@dataclass(frozen=True)
class Sort:
    """An order of items; those without a value come last in either direction.

    Attributes
    ----------
    field : str
        A sortable field, or ``meta.`` and a column of the input.
    descending : bool
    """

    field: str = "suspicion"
    descending: bool = True

    @classmethod
    def parse(cls, text: str) -> Sort:
        """Read ``path`` or ``-suspicion``; whether there is such a field shows when it is used."""
        return cls(text.removeprefix("-"), text.startswith("-"))

    def __str__(self) -> str:
        return ("-" if self.descending else "") + self.field


class Page(NamedTuple):
    """Some items of a list, and where it goes on.

    Attributes
    ----------
    rows : list of dict
        ``id``, ``path``, ``content_hash``, ``given``, ``suggested`` (None where
        the evidence sides with the given label), ``final``, ``suspicion``,
        ``verdict``, ``auditor``, ``at``, ``split``, ``fields`` (the input's
        columns of an item that is no picture, else None), ``note``, ``width``,
        ``height`` and ``awaits_second``: whether what was decided is hidden.
    next, previous : str or None
        Cursors of the pages behind and before; None where the list ends.
    """

    rows: list[Row]
    next: str | None
    previous: str | None


class Place(NamedTuple):
    """Where a page begins: behind an item, or before it, with that item's key."""

    key: Key
    row: int
    before: bool = False


def cursor_at(item: Row, sort: Sort, side: str) -> str:
    """Return the cursor of what comes ``after`` or ``before`` an item (``id`` and ``key``)."""
    return json.dumps({"sort": str(sort), side: [item["key"], item["id"]]}, separators=(",", ":"))


def read_cursor(text: str, sort: Sort, row_of: Callable[[str], int | None]) -> Place:
    """Return the place that a cursor means.

    Parameters
    ----------
    text : str
        It comes from an address, and may be anything.
    sort : Sort
        The order that it must belong to.
    row_of : callable
        Returns an item's row, or None when there is no such item.

    Raises
    ------
    QueryError
        When it is no cursor of that order.
    """
    wrong = QueryError("This page no longer exists; showing the first page.")
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        raise wrong from None
    if not isinstance(values, dict) or values.get("sort") != str(sort):
        raise wrong
    side = "before" if "before" in values else "after"
    match values.get(side):
        case [str() | float() | int() | None as key, str() as item_id]:
            pass
        case _:
            raise wrong
    if isinstance(key, int) and abs(key) >= 2**63:
        raise wrong
    try:
        row = row_of(item_id)
    except UnicodeEncodeError:
        raise wrong from None
    if row is None:
        raise wrong
    return Place(key, row, side == "before")


def pieces(key: str, row: str, descending: bool, place: Place | None) -> list[str]:
    """Return conditions that together hold what lies behind a place, one after the other.

    Parameters
    ----------
    key, row : str
        Expressions; rows tell items with the same key apart.
    descending : bool
        Of the list; a walk to what lies before a place goes against it.
    place : Place or None
        None for the whole list. Its key is the parameter ``:key``, its row ``:row``.

    Returns
    -------
    list of str
        Each is one stretch of an index on `key` and `row`; those without a
        key are the end of the list.
    """
    with_key, without = f"{key} is not null", f"{key} is null"
    if place is None:
        return [with_key, without]
    sign = "<" if descending != place.before else ">"
    if place.key is None:
        rest = f"{without} and {row} {sign} :row"
        return [rest, with_key] if place.before else [rest]
    found = [f"{key} = :key and {row} {sign} :row", f"{key} {sign} :key"]
    return found if place.before else [*found, without]
