"""The desk's two halves of a conversation: what it is told, and what it sends."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from core.review.cards import Cards
from core.review.queues import Queue, start_at, window
from core.review.verdicts import UNDO, Verdict, give_verdict, parse_verdict
from core.store import Row, Store, StoreError

MOST_LOADED = 12
HARMLESS = (Verdict.KEEP, Verdict.UNSURE)
UNDO_DEPTH = 8


def store_actions(store: Store, actions: Sequence[Row]) -> list[Row]:
    """Store what the desk sent, in order; sent again, an action is stored once.

    Parameters
    ----------
    actions : sequence of dict
        ``session``, ``seq``, ``item``, ``verdict`` (or ``undo``), ``labels``,
        ``content_hash`` of the image that was on screen, and ``auditor``.

    Returns
    -------
    list of dict
        ``session``, ``seq``, ``item``, ``ok``; when not, ``reason`` and
        ``retry``: whether the same action may succeed later.
    """
    return [_store_action(store, action) for action in actions]


def _store_action(store: Store, action: Row) -> Row:
    answer: Row = {}
    try:
        answer = {key: action.get(key) for key in ("session", "seq", "item")}
        common: dict[str, Any] = {
            "session": _text(action["session"]),
            "seq": int(action["seq"]),
            "item_id": _text(action["item"]),
            "auditor": _text(action["auditor"]),
        }
        if action["verdict"] == UNDO:
            store.add_undo(**common)
        else:
            give_verdict(
                store,
                parse_verdict(_text(action["verdict"])),
                [_text(label) for label in action["labels"]],
                content_hash=action["content_hash"],
                **common,
            )
    except StoreError as error:
        return answer | {"ok": False, "retry": False, "reason": str(error)}
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        reason = f"The action cannot be understood ({type(error).__name__}: {error})."
        return answer | {"ok": False, "retry": False, "reason": reason}
    except sqlite3.OperationalError as error:
        return answer | {"ok": False, "retry": True, "reason": f"{error}; trying again"}
    return answer | {"ok": True}


def _text(value: object) -> str:
    """Return `value`, which must be text: null must never turn into the verdict 'none'."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def keep_place(
    store: Store, auditor: str, queue: Queue, outbox: Row
) -> tuple[str | None, list[str]]:
    """Remember where the auditor is and what they skipped.

    Parameters
    ----------
    outbox : dict
        What the desk sent: ``at`` (the item on screen or None), ``next`` (the
        items it has got ready) and ``skipped``.

    Returns
    -------
    tuple of (str or None, list of str)
        ``at`` and ``next``.
    """
    skipped = _texts(outbox.get("skipped"))
    if set(skipped) - store.passed_ids(auditor):
        store.pass_over(auditor, skipped)
    at = outbox.get("at")
    if isinstance(at, str):
        store.set_place(auditor, queue.key, at)
        return at, _texts(outbox.get("next"))[:MOST_LOADED]
    return None, []


def _texts(sent: object) -> list[str]:
    return [one for one in sent if isinstance(one, str)] if isinstance(sent, list) else []


def desk_data(
    cards: Cards,
    queue: Queue,
    auditor: str,
    *,
    at: str | None = None,
    asked_for: str | None = None,
    loaded: Sequence[str] = (),
    results: Sequence[Row] = (),
) -> dict[str, Any]:
    """Return everything that the desk needs to go on for the next few dozen images.

    Parameters
    ----------
    at : str or None
        The item that is on screen; None at the start of a visit.
    asked_for : str or None
        The item that an address asks for; one that is not there is ignored.
    loaded : sequence of str
        What the desk has got ready to come next; it stays next.
    results : sequence of dict
        The answers of `store_actions`.
    """
    audit, store = cards.audit, cards.audit.store
    ids = cards.queue_ids(queue)
    judged = store.judged_ids()
    passed = store.passed_ids(auditor)
    if asked_for is not None and store.file_of(asked_for) is None:
        asked_for = None
    if at is None:
        at = start_at(ids, judged, store.place(auditor, queue.key), asked_for, passed)
    order = window(ids, judged, at, start=asked_for, loaded=loaded, passed=passed)
    recent = store.recent_items(auditor, UNDO_DEPTH)
    in_queue = [judged[item_id] for item_id in ids if item_id in judged]
    return {
        "audit": audit.id,
        "auditor": auditor,
        "title": queue.title(store),
        "classes": sorted(store.class_names().values(), key=str.lower),
        "at": at,
        "order": order,
        "recent": recent,
        "results": list(results),
        "progress": {
            "judged": len(in_queue),
            "total": len(ids),
            "wrong": sum(verdict not in HARMLESS for verdict in in_queue),
        },
        **cards.make([*order, *(item_id for item_id in recent if item_id not in order)]),
    }
