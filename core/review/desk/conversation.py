"""Both directions between the desk and Python: what it is sent, and what it sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.audit import fingerprint
from core.review.desk.cards import Cards, pictures_on
from core.review.queues.course import Course
from core.review.queues.queue import Queue
from core.review.sender import Sender
from core.review.verdicts import give_verdict, parse_verdict, text_sent
from core.store import Row, Store, StoreError, StoreUnavailable
from core.terms import REDO, UNDO, Role

MOST_LOADED = 12
LEASED = 13
"""What is kept from other desks: the item on screen, and those that come next."""

SHORT = 500
"""Items of a queue so short that the share of errors in it may give one away."""

PREFERENCES = ("keys", "blind")
UNDO_DEPTH = 8
VERDICT_FIELDS = ("verdict", "labels", "auditor")


def store_actions(store: Store, actions: Sequence[Row], sender: Sender) -> list[Row]:
    """Store what the desk sent, in order; sent again, an action is stored once.

    Where the database cannot be used at present, the actions from there on are
    not tried: an undo must never overtake what it undoes.

    Parameters
    ----------
    actions : sequence of dict
        ``session``, ``seq``, ``item``, ``verdict`` (or ``undo``, ``redo``),
        ``labels``, ``content_hash`` and ``given`` label that were on screen,
        ``auditor``, ``role`` and ``seen`` (see `Store.add_action`).
    sender : Sender
        Who is at that desk: an action of somebody else, or in a role that is
        not theirs, is refused.

    Returns
    -------
    list of dict
        Of each action that was tried ``session``, ``seq``, ``item``, ``ok``;
        when not, ``reason`` and ``retry``: whether the same action may succeed later.
    """
    answers: list[Row] = []
    for action in actions:
        answers.append(_store_action(store, action, sender))
        if answers[-1].get("retry"):
            break
    return answers


def _store_action(store: Store, action: Row, sender: Sender) -> Row:
    answer: Row = {}
    try:
        answer = {key: action.get(key) for key in ("session", "seq", "item")}
        common: dict[str, Any] = {
            "session": text_sent(action["session"]),
            "seq": int(action["seq"]),
            "item_id": text_sent(action["item"]),
            "auditor": sender.check_author(text_sent(action["auditor"])),
        }
        if action["verdict"] == UNDO:
            store.add_undo(**common)
        elif action["verdict"] == REDO:
            store.add_redo(**common)
        else:
            seen = action.get("seen")
            give_verdict(
                store,
                parse_verdict(text_sent(action["verdict"])),
                [text_sent(label) for label in action["labels"]],
                content_hash=action["content_hash"],
                given=_label_sent(action["given"]),
                role=_role(store, action, sender, **common),
                seen=None if seen is None else int(seen),
                **common,
            )
    except StoreUnavailable as error:
        return answer | {"ok": False, "retry": True, "reason": str(error)}
    except StoreError as error:
        return answer | {"ok": False, "retry": False, "reason": str(error)}
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        reason = f"The action cannot be understood ({type(error).__name__}: {error})."
        return answer | {"ok": False, "retry": False, "reason": reason}
    return answer | {"ok": True}


def _label_sent(value: object) -> str | None:
    return None if value is None else text_sent(value)


def _role(
    store: Store, action: Row, sender: Sender, *, session: str, seq: int, item_id: str, auditor: str
) -> str:
    """Return the role of an action; what is stored already is not asked again whether it may be."""
    role = text_sent(action.get("role", Role.REVIEW))
    if role == Role.REVIEW or store.is_stored(session, seq):
        return role
    return sender.check_role(store, role, item_id, auditor)


def keep_place(
    store: Store, auditor: str, queue: Queue, outbox: Row
) -> tuple[str | None, list[str]]:
    """Remember where the auditor is, what they skipped and what they prefer.

    Parameters
    ----------
    outbox : dict
        What the desk sent: ``at`` (the item on screen or None), ``next`` (the
        items it has got ready), ``skipped`` and ``preferences``.

    Returns
    -------
    tuple of (str or None, list of str)
        ``at`` and ``next``.
    """
    if isinstance(preferences := outbox.get("preferences"), dict) and preferences:
        store.set_preferences(auditor, {key: preferences.get(key) for key in PREFERENCES})
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
    held: object = None,
    holder: str = "",
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
        The answers of `store_actions`; what was refused is shown as it is now.
    held : dict of str to str
        The versions of the cards that the desk has, by item id: one that is
        the same still is not among the ``cards`` but ``unchanged``.
    holder : str
        The window that asks: what it is given is leased to it.
    """
    audit, store = cards.audit, cards.audit.store
    # Read first: verdicts given while the rest is read count as not seen.
    seen = store.log_id()
    course = cards.course(queue, auditor)
    if asked_for is not None and store.file_of(asked_for) is None:
        asked_for = None
    at, order, taken = _leased_window(
        store, course, queue, auditor, at=at, asked_for=asked_for, loaded=loaded, holder=holder
    )
    recent = store.recent_items(auditor, UNDO_DEPTH)
    undone = store.undone_items(auditor, UNDO_DEPTH)
    refused = [one["item"] for one in results if not one["ok"] and isinstance(one["item"], str)]
    shown = list(dict.fromkeys([*order, *recent, *undone, *refused]))
    role = queue.kind.role
    # In a long queue, a share of it says nothing about a single image.
    unseen = store.awaits_second(auditor, course.ids) if len(course) <= SHORT else ()
    made = cards.make(shown)
    blinded: dict[str, Row] = {}
    for rows in (made["cards"], made["pictures"]):
        for item_id, shown_verdict in _blinded(store, auditor, role, rows).items():
            blinded[item_id] = {key: shown_verdict.get(key) for key in VERDICT_FIELDS}
            rows[item_id] |= blinded[item_id]
    annotations = _annotations(store, shown, auditor) if role == Role.ADJUDICATION else {}
    unchanged = _leave_out(made, blinded, annotations, held if isinstance(held, dict) else {})
    return {
        "audit": audit.id,
        "auditor": auditor,
        "title": queue.title(store),
        "role": role,
        "annotations": annotations,
        "classes": store.offered_classes(),
        "preferences": store.preferences(auditor),
        "at": at,
        "order": order,
        "seen": seen,
        "recent": recent,
        "latest_action": store.latest_action(auditor),
        "undone": undone,
        "results": list(results),
        "unchanged": unchanged,
        "progress": course.progress(taken, unseen),
        **made,
    }


def _leave_out(
    made: dict[str, Any],
    blinded: Mapping[str, Row],
    annotations: Mapping[str, list[Row]],
    held: Mapping[str, str],
) -> dict[str, str]:
    """Take the cards that are held out of what was made; return their versions.

    The version of a card is that of all that is drawn with it: of its pictures
    too, of what is hidden from this auditor, and of what there is to adjudicate.
    """
    unchanged: dict[str, str] = {}
    pictures: set[str] = set()
    for item_id, card in list(made["cards"].items()):
        shown = set(pictures_on(card))
        own = [[other, blinded[other]] for other in (item_id, *sorted(shown)) if other in blinded]
        if own or item_id in annotations:
            card["version"] = fingerprint(card["version"], own, annotations.get(item_id))
        if held.get(item_id) == card["version"]:
            unchanged[item_id] = card["version"]
            del made["cards"][item_id]
        else:
            pictures |= shown
    made["pictures"] = {key: made["pictures"][key] for key in made["pictures"] if key in pictures}
    return unchanged


def _leased_window(
    store: Store,
    course: Course,
    queue: Queue,
    auditor: str,
    *,
    at: str | None,
    asked_for: str | None,
    loaded: Sequence[str],
    holder: str,
) -> tuple[str | None, list[str], set[str]]:
    """Return the item on screen, the window from it on, and the items on other desks.

    What comes next is the auditor's alone: where another desk was quicker, it is
    looked for again. It may also have held an item, decided it and let it go
    since the queue was followed: that shows once the item is held here.
    """
    passed, taken = store.passed_ids(auditor), store.leased_by_others(auditor)
    on_screen = at or asked_for
    place = None if on_screen else store.place(auditor, queue.key)
    while True:
        at = on_screen or course.beginning(place, passed, taken)
        order = course.window(at, start=asked_for, loaded=loaded, passed=passed, taken=taken)
        held = store.lease(auditor, order[:LEASED], holder=holder)
        course.follow(store)
        coming = {*order[:LEASED]} - {on_screen}
        if all(item_id in held and course.is_left(item_id) for item_id in coming):
            return at, order, taken
        taken |= coming - held


def _annotations(store: Store, ids: Sequence[str], auditor: str) -> dict[str, list[Row]]:
    """Return what is to be adjudicated, by item id: the verdicts that are no adjudication.

    Not of an item that an address names, and that the auditor is to judge blind first.
    """
    blind = store.awaits_second(auditor, ids)
    ids = [item_id for item_id in ids if item_id not in blind]
    return {
        item_id: [one for one in annotations if one["role"] != Role.ADJUDICATION]
        for item_id, annotations in store.annotations(ids).items()
    }


def _blinded(store: Store, auditor: str, role: str, rows: Mapping[str, Row]) -> dict[str, Row]:
    """Return the verdicts that are shown instead of those that decide, by item id.

    A second auditor sees only their own, also beforehand; an adjudicator
    sees the adjudication.
    """
    others = [i for i, row in rows.items() if row["auditor"] not in (None, auditor)]
    blind: dict[str, Row] = {item_id: {} for item_id in store.awaits_second(auditor, others)}
    if role == Role.REVIEW:
        return blind

    def is_shown(one: Row) -> bool:
        return bool(one["auditor"] == auditor if role == Role.SECOND else one["role"] == role)

    annotations = store.annotations(list(rows))
    return {
        item_id: next((one for one in annotations.get(item_id, ()) if is_shown(one)), {})
        for item_id in rows
    } | blind
