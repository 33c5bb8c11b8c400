"""What the map orders: to select, to select nothing, to open an item."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, MutableMapping
from typing import Any, NamedTuple

import numpy as np

from core.audit import AuditError, fingerprint
from core.query.tree import Query, QueryError
from core.review.sender import check_same
from core.review.verdicts import text_sent
from core.store import Row, StoreError
from core.structure.colorings import NO_CODE
from core.text import counted
from pages.parts.map.map_address import ITEM, PLACE, SELECTION
from pages.parts.map.shown_points import Mask, ShownMap

ANSWERS, OPEN = "map_answers", "map_open"
MOST_ANSWERS = 50
MOST_CORNERS = 20_000


class MapOrder(NamedTuple):
    """An order of the map, with all that it may need.

    Attributes
    ----------
    shown : ShownMap
    scope : Query
        What the filter leaves.
    sent : dict
        ``session``, ``seq``, ``auditor`` (as whom it was ordered), ``kind`` and
        what that kind needs.
    memory : mutable mapping
        What is remembered of this visit.
    address : mutable mapping
        The parameters of the address, which say what is selected.
    """

    shown: ShownMap
    scope: Query
    sent: Row
    memory: MutableMapping[Any, Any]
    address: MutableMapping[str, str]

    def select(self, selection: str) -> None:
        """Let the address name another selection, from its first page on; empty for none."""
        for name in (SELECTION, ITEM, *PLACE):
            self.address.pop(name, None)
        if selection:
            self.address[SELECTION] = selection


def carry_out(order: MapOrder) -> Row:
    """Carry out what the map ordered; sent again, it gets the same answer.

    Returns
    -------
    dict
        ``session``, ``seq`` and ``ok``; ``reason`` when it was refused.
    """
    answers: dict[tuple[str, int], Row] = order.memory.setdefault(ANSWERS, {})
    answer: Row = {"ok": False}
    try:
        number = (text_sent(order.sent["session"]), int(order.sent["seq"]))
        answer |= {"session": number[0], "seq": number[1]}
        check_same(text_sent(order.sent["auditor"]), order.shown.auditor)
        kind = text_sent(order.sent["kind"])
        if number not in answers:
            KINDS[kind](order)
            if kind in FOR_EVERY_RUN:
                return answer | {"ok": True}
            answers[number] = answer | {"ok": True}
            for old in list(answers)[:-MOST_ANSWERS]:
                del answers[old]
        return answers[number]
    except (StoreError, QueryError, AuditError) as error:
        return answer | {"reason": str(error)}
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        return answer | {"reason": f"The order cannot be understood ({error!r})."}
    except sqlite3.OperationalError as error:
        return answer | {"reason": f"Nothing was stored: {error}."}


def item_to_open(memory: MutableMapping[Any, Any]) -> str | None:
    """Return the item whose page was requested; once."""
    item: str | None = memory.pop(OPEN, None)
    return item


def store_selection(shown: ShownMap, mask: Mask) -> str:
    """Store which points are selected, and return the name of the selection; empty for none."""
    ids = sorted(shown.points.ids[mask].tolist())
    if not ids:
        return ""
    name = fingerprint(ids)[:12]
    store = shown.audit.store
    if store.selection_title(name) is None:
        store.add_selection(name, f"{counted(len(ids), 'image')} from the map", ids)
    shown.remember_selected(name, mask)
    return name


def _select(order: MapOrder) -> None:
    shown, sent = order.shown, order.sent
    new = _meant(order) & shown.scope(order.scope) & _not_hidden(order)
    change = sent["change"]
    before = order.address.get(SELECTION, "")
    if before and change != "replace":
        old = shown.selected(before)
        new = old | new if change == "add" else old & ~new
    elif change == "subtract":
        new = np.zeros_like(new)
    order.select(store_selection(shown, new))


def _meant(order: MapOrder) -> Mask:
    """Return which points the order names: in an outline, of some colors, by id, or all."""
    shown, sent = order.shown, order.sent
    if "outline" in sent:
        return shown.inside(sent["outline"][:MOST_CORNERS])
    if "codes" in sent:
        return _has_code(order, sent["codes"])
    if "ids" in sent:
        return np.isin(shown.points.ids, [text_sent(one) for one in sent["ids"]])
    return np.full(len(shown.points.ids), bool(sent["all"]))


def _not_hidden(order: MapOrder) -> Mask:
    """Return which points are not hidden by the legend."""
    if not order.sent["isolated"]:
        return np.ones(len(order.shown.points.ids), bool)
    return _has_code(order, order.sent["isolated"])


def _has_code(order: MapOrder, codes: list[int]) -> Mask:
    coloring = order.shown.colors(text_sent(order.sent["color"]))
    if coloring.kind != "categories":
        raise ValueError("a number has no categories")
    is_meant = np.zeros(NO_CODE + 1, bool)
    is_meant[[int(code) for code in codes]] = True
    found: Mask = is_meant[coloring.codes]
    return found


def _clear(order: MapOrder) -> None:
    order.select("")


def _open(order: MapOrder) -> None:
    order.memory[OPEN] = text_sent(order.sent["item"])


FOR_EVERY_RUN = frozenset(("open",))
"""Orders that lead to another page: a run that a newer one has overtaken has not gone there."""

KINDS: dict[str, Callable[[MapOrder], None]] = {
    "select": _select,
    "clear": _clear,
    "open": _open,
}
