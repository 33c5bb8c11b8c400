"""What the grid orders: a verdict on many images, undo and redo, a queue to open."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Collection, MutableMapping, Sequence
from typing import Any, NamedTuple

from core.audit import Audit, fingerprint
from core.query.tree import Query, QueryError
from core.review import bulk
from core.review.queues.queue import Queue
from core.review.sender import check_same
from core.review.verdicts import parse_verdict, text_sent
from core.store import Decision, Row, Shown, Store, StoreError
from core.text import counted
from pages.parts.browse.browse_view import View
from pages.parts.grid import bulk_messages

PLAN, OPEN, ANSWERS = "bulk_plan", "bulk_open", "bulk_answers"
HISTORY, ON_MAP = "bulk_history", "bulk_on_map"
MOST_ANSWERS = 50


class Order(NamedTuple):
    """An order of the grid, with all that it may need.

    Attributes
    ----------
    audit : Audit
    auditor : str
    view : View
        What the grid shows.
    sent : dict
        ``session``, ``seq``, ``auditor`` (as whom it was ordered), ``kind`` and
        what that kind needs.
    memory : mutable mapping
        What is remembered of this visit, such as what was prepared.
    """

    audit: Audit
    auditor: str
    view: View
    sent: Row
    memory: MutableMapping[Any, Any]

    @property
    def store(self) -> Store:
        """Where it is carried out."""
        return self.audit.store

    @property
    def number(self) -> tuple[str, int]:
        """The window that sent it, and which of its orders it is."""
        return text_sent(self.sent["session"]), int(self.sent["seq"])

    @property
    def signed(self) -> dict[str, Any]:
        """Who decides, and by which number the decision is stored once."""
        session, seq = self.number
        return {"session": session, "seq": seq, "auditor": self.auditor}

    def selected(self) -> dict[str, Shown] | Query | list[str]:
        """Return the selected items: as they were on screen, or all that the query finds but some.

        An image that was selected by sight is judged as it was on screen.
        """
        selection = self.sent["selection"]
        if not selection["all"]:
            return {text_sent(one): Shown(*shown) for one, shown in selection["ids"].items()}
        without = {text_sent(item_id) for item_id in selection["without"]}
        if not without:
            return self.view.query
        return [item_id for item_id in self.found() if item_id not in without]

    def found(self) -> list[str]:
        """Return all that the query finds."""
        return self.store.match_ids(self.view.query, self.view.sort, auditor=self.auditor)


class Prepared(NamedTuple):
    """A plan that awaits the auditor's approval."""

    token: str
    plan: bulk.Plan
    drawn: list[str]


def carry_out(order: Order) -> Row:
    """Carry out what the grid ordered; sent again, it gets the same answer.

    Returns
    -------
    dict
        ``session``, ``seq`` and ``ok``; ``reason`` when it was refused; else
        a ``message`` for the auditor, the ``plan`` that was requested, and ``decided``
        when verdicts were stored.
    """
    answers: dict[tuple[str, int], Row] = order.memory.setdefault(ANSWERS, {})
    answer: Row = {"ok": False}
    try:
        answer |= {"session": order.number[0], "seq": order.number[1]}
        check_same(text_sent(order.sent["auditor"]), order.auditor)
        if not order.auditor and order.sent["kind"] in DECIDING:
            return answer | {
                "reason": "Say who you are first, then decide again.",
                "nameless": True,
            }
        if order.number not in answers:
            answers[order.number] = (
                answer | {"ok": True} | KINDS[text_sent(order.sent["kind"])](order)
            )
            for number in list(answers)[:-MOST_ANSWERS]:
                del answers[number]
        return answers[order.number]
    except (StoreError, QueryError) as error:
        return answer | {"reason": str(error)}
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        return answer | {"reason": f"The order cannot be understood ({error!r})."}
    except sqlite3.OperationalError as error:
        return answer | {"reason": f"Nothing was stored: {error}."}


def steps(store: Store, auditor: str) -> Row:
    """Return what undo and redo would do, each None when there is nothing."""
    latest = store.latest_action(auditor)
    undone = store.undone_items(auditor, 1)
    undo = latest and {
        "action": latest["action"],
        "message": "Undo the last verdict"
        if latest["count"] == 1
        else f"Undo the last {counted(latest['count'], 'verdict')}",
    }
    return {"undo": undo, "redo": {"message": "Redo"} if undone else None}


def to_open(memory: MutableMapping[Any, Any]) -> tuple[Queue, str | None] | None:
    """Return the queue, and the item in it, that was requested; once."""
    opened: tuple[Queue, str | None] | None = memory.pop(OPEN, None)
    return opened


def item_to_open(memory: MutableMapping[Any, Any]) -> str | None:
    """Return the item whose history was requested; once."""
    item: str | None = memory.pop(HISTORY, None)
    return item


def item_to_locate(memory: MutableMapping[Any, Any]) -> str | None:
    """Return the item that is to be shown on the map; once."""
    item: str | None = memory.pop(ON_MAP, None)
    return item


def _prepare(order: Order) -> Row:
    verdict = parse_verdict(text_sent(order.sent["verdict"]))
    labels = order.sent["labels"]
    plan = bulk.plan(
        order.store,
        order.selected(),
        verdict,
        bulk.SUGGESTED if labels == bulk.SUGGESTED else [text_sent(label) for label in labels],
        again=order.sent["again"] is True,
        auditor=order.auditor,
    )
    drawn = bulk.draw(plan, secrets.randbits(32), bulk.GATE_SIZE)
    gate = drawn if len(drawn) < len(plan.decisions) else []
    prepared = Prepared(secrets.token_hex(8), plan, gate)
    order.memory[PLAN] = prepared
    return {"plan": _preview(order.store, prepared, drawn)}


def _preview(store: Store, prepared: Prepared, glimpse: Sequence[str]) -> Row:
    plan, drawn = prepared.plan, prepared.drawn
    decisions = {one.item_id: one for one in plan.decisions if one.item_id in set(glimpse)}
    items = store.items(glimpse)
    return {
        "token": prepared.token,
        "size": len(plan.decisions),
        "title": bulk_messages.title(plan),
        "changes": bulk_messages.changes(plan),
        "skipped": bulk_messages.skipped(plan),
        "judged": len(plan.skipped.get(bulk.JUDGED, [])),
        "glimpse": [_shown(items[item_id], decisions[item_id]) for item_id in glimpse],
        "drawn": drawn,
        "question": bulk_messages.question(plan, len(drawn)),
        "sentences": [
            bulk_messages.precision(plan, agreed, len(drawn)) for agreed in _up_to(drawn)
        ],
        "decide": [bulk_messages.decide(plan, wrong) for wrong in _up_to(drawn)],
    }


def _up_to(drawn: Collection[str]) -> range:
    return range(len(drawn) + 1)


def _shown(item: Row, decision: Decision) -> Row:
    label = decision.labels[0] if decision.labels else None
    becomes = bulk_messages.becomes(parse_verdict(decision.verdict), item["given"], label)
    return {key: item[key] for key in ("id", "path", "content_hash", "fields", "box", "given")} | {
        "becomes": becomes
    }


def _decide(order: Order) -> Row:
    prepared: Prepared | None = order.memory.get(PLAN)
    if prepared is None or prepared.token != order.sent["plan"]:
        raise StoreError("This preview has expired; choose the verdict again.")
    wrong = {text_sent(item_id) for item_id in order.sent["wrong"]}
    drawn = len(prepared.drawn)
    stored = bulk.apply(
        order.store,
        prepared.plan,
        **order.signed,
        without=wrong,
        gate=(drawn, drawn - len(wrong & set(prepared.drawn))) if drawn else None,
    )
    return {"decided": True, "message": bulk_messages.decided(len(stored))}


def _undo(order: Order) -> Row:
    latest = order.store.latest_action(order.auditor)
    if latest is None or latest["action"] != order.sent["action"]:
        raise StoreError("There is a newer verdict; check it before you undo.")
    ids = order.store.undo_action(**order.signed)
    return {"decided": True, "message": f"Undone: {counted(len(ids), 'image')}."}


def _redo(order: Order) -> Row:
    ids = order.store.redo_action(**order.signed)
    return {"decided": True, "message": f"Redone: {counted(len(ids), 'image')}."}


def _open(order: Order) -> Row:
    text = str(order.view.query)
    queue = Queue(query=text) if text else Queue(everything=True)
    order.memory[OPEN] = (queue, text_sent(order.sent["item"]))
    return {}


def _history(order: Order) -> Row:
    order.memory[HISTORY] = text_sent(order.sent["item"])
    return {}


def _locate(order: Order) -> Row:
    order.memory[ON_MAP] = text_sent(order.sent["item"])
    return {}


def _review(order: Order) -> Row:
    selected = order.selected()
    ids = order.found() if isinstance(selected, Query) else list(selected)
    again = not order.store.judged_ids().keys().isdisjoint(ids)
    selection = fingerprint(sorted(ids))[:12]
    title = f"{counted(len(ids), 'image')} selected in Browse"
    order.store.add_selection(selection, title, ids, again=again)
    order.memory[OPEN] = (Queue(selection=selection), None)
    return {}


DECIDING = frozenset(("plan", "decide", "undo", "redo"))
"""Orders that need an auditor; looking around needs none."""

KINDS: dict[str, Callable[[Order], Row]] = {
    "plan": _prepare,
    "decide": _decide,
    "undo": _undo,
    "redo": _redo,
    "open": _open,
    "history": _history,
    "locate": _locate,
    "one_by_one": _review,
}
