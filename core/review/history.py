"""The story of one item: who decided what and when, what became of it, and what counts now."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from core.review.final_rule import how_decided
from core.store import Row, Store, StoreError
from core.terms import ROLES, RULES, UNDO, VERDICTS, Role, Rule, Verdict

HIDDEN = (
    "You are to review this image blind: what others have decided is shown once you have given"
    " your own verdict."
)


class Event(NamedTuple):
    """One row of the log, in words.

    Attributes
    ----------
    id : int
        Of the row.
    at : str
        When, as ISO 8601 in UTC.
    auditor : str
    text : str
        What was decided: ``relabeled to emu``, ``undid: kept lotus``.
    details : tuple of str
        Sentences about its role, what it replaced and what became of it.
    is_undo : bool
    is_valid : bool
        Whether it is a verdict that counts.
    decides : bool
        Whether the final label follows from it.
    """

    id: int
    at: str
    auditor: str
    text: str
    details: tuple[str, ...]
    is_undo: bool
    is_valid: bool
    decides: bool


class Story(NamedTuple):
    """What there is to tell of an item.

    Attributes
    ----------
    item_id : str
    events : tuple of Event
        Oldest first; without those of others where they are hidden.
    conclusion : str
        The final label and the rule by which it came about, in a sentence or two.
    is_hidden : bool
        Whether what others have decided is left out.
    """

    item_id: str
    events: tuple[Event, ...]
    conclusion: str
    is_hidden: bool


def find_item(store: Store, path_or_id: str) -> str:
    """Return the id of the item with that path or id.

    Raises
    ------
    StoreError
        When there is none.
    """
    found = store.item_of(path_or_id)
    if found is None:
        raise StoreError(f"There is no item with the path or id {path_or_id[:120]!r} here.")
    return found


def story(store: Store, item_id: str, auditor: str | None = None) -> Story:
    """Return the story of an item as `auditor` may know it.

    Parameters
    ----------
    store : Store
    item_id : str
    auditor : str or None
        Who asks; empty for a visitor without a name, None for the owner of the
        data. What waits for their blind second review is told without the others.
    """
    is_hidden = auditor is not None and bool(store.awaits_second(auditor, [item_id]))
    rows = store.item_log(item_id)
    if is_hidden:
        rows = [row for row in rows if row["auditor"] == auditor]
    events = tuple(_event(row, rows) for row in rows)
    conclusion = HIDDEN if is_hidden else _conclusion(store, item_id)
    return Story(item_id, events, conclusion, is_hidden)


def moment(at: str) -> str:
    """Write a time of the log for people.

    Examples
    --------
    >>> moment("2026-11-29T08:05:06.789+00:00")
    '29 Nov 2026, 08:05 UTC'
    """
    time = datetime.fromisoformat(at).astimezone(UTC)
    return f"{time.day} {time:%b %Y, %H:%M} UTC"


def decided_text(row: Row) -> str:
    """Return what a verdict of the log says: ``kept lotus``, ``relabeled to emu``."""
    term = VERDICTS[Verdict(row["verdict"])]
    if term.named and row["labels"]:
        return term.named.format(" and ".join(row["labels"]))
    if term.leaves == "given" and term.is_sure and row["given"] is not None:
        return f"{term.past} {row['given']}"
    return term.past


def _event(row: Row, rows: Sequence[Row]) -> Event:
    by_id = {other["id"]: other for other in rows}
    is_undo = row["verdict"] == UNDO
    undone = by_id.get(row["undoes"])
    if is_undo:
        text = "undid a verdict" if undone is None else f"undid: {decided_text(undone)}"
    else:
        text = decided_text(row) if row["redoes"] is None else f"redid: {decided_text(row)}"
    return Event(
        id=row["id"],
        at=row["at"],
        auditor=row["auditor"],
        text=text,
        details=() if is_undo else tuple(_details(row, rows, by_id)),
        is_undo=is_undo,
        is_valid=not is_undo and row["undone_by"] is None and not row["is_outdated"],
        decides=bool(row["decides"]),
    )


def _details(row: Row, rows: Sequence[Row], by_id: dict[int, Row]) -> list[str]:
    details = []
    if row["role"] != Role.REVIEW:
        noun = ROLES[Role(row["role"])].noun
        details.append(f"It was {noun}.")
    if (before := _replaced(row, rows)) is not None:
        details.append(
            f"It replaced their verdict of {moment(before['at'])}: {decided_text(before)}."
        )
    if row["together"] > 1:
        details.append(f"It was one of {row['together']:,} verdicts given at once.")
    if row["imported"] is not None:
        details.append(f"It came from another audit, imported on {moment(row['imported'])}.")
    if row["carried_from"] is not None:
        details.append(f"It was given on the file {row['carried_from']}, which was moved here.")
    if row["is_outdated"]:
        details.append("The image has changed since; it counts no more.")
    if (undo := by_id.get(row["undone_by"])) is not None:
        details.append(f"It was undone on {moment(undo['at'])}.")
    if row["decides"]:
        details.append("It decides the final label.")
    return details


def _replaced(row: Row, rows: Sequence[Row]) -> Row | None:
    """Return the verdict of the same auditor that stood when this one was given, if any."""
    earlier = list(itertools.takewhile(lambda other: other["id"] != row["id"], rows))
    undone_by_then = {other["undoes"] for other in earlier if other["undoes"] is not None}
    before = [
        other for other in earlier
        if other["auditor"] == row["auditor"]
        and other["verdict"] != UNDO and other["id"] not in undone_by_then
        and (other["role"] == Role.ADJUDICATION) == (row["role"] == Role.ADJUDICATION)
    ]  # fmt: skip
    return before[-1] if before else None


def _conclusion(store: Store, item_id: str) -> str:
    annotations = store.item_annotations(item_id)
    if not any(one["decides"] for one in annotations):
        return "It has no verdict that counts; its label stays as it was given."
    final = store.final_label(item_id)
    label = "It has no final label" if final is None else f"Its final label is {final}"
    several = annotations if len(annotations) > 1 else ()
    how = how_decided(several, store.final_rule())
    rule = RULES[Rule(store.final_rule())].title.lower()
    asked = f" The rule for multiple verdicts is “{rule}”." if several else ""
    return f"{label} ({how}).{asked}"
