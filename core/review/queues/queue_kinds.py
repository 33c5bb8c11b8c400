"""The kinds of queue there are: which items, what they are called, and when one is done.

A later kind joins here, as a `Kind` in `KINDS` and a field of `Queue` that asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.findings.words import title as finding_title
from core.query.tree import QueryError
from core.store import Store
from core.store.verdict_log import ADJUDICATION, REVIEW, SECOND

if TYPE_CHECKING:
    from core.review.queues.queue import Queue


@dataclass(frozen=True)
class Kind:
    """One kind of queue.

    Attributes
    ----------
    field : str
        The field of `Queue` that asks for it; empty for what is left.
    title : callable
        Of the store and the queue, what people call it.
    ids : callable
        Of the store, the queue and the auditor's name, its items in order.
    since : callable
        Of the store and the queue, the row of the log after which a verdict on
        an item means that it need not be looked at any more.
    done : callable or None
        Of the same as `ids`, the verdict by id of the items, of this queue and
        others, that need not be looked at any more, where that is another matter.
    role : str
        What a verdict given in it is, of `core.store.verdict_log.ROLES`.
    is_live : bool
        Whether its items change with every verdict.
    """

    field: str
    title: Callable[[Store, Queue], str]
    ids: Callable[[Store, Queue, str], list[str]]
    since: Callable[[Store, Queue], int] = lambda store, queue: 0
    done: Callable[[Store, Queue, str], Mapping[str, str]] | None = None
    role: str = REVIEW
    is_live: bool = False


def _query_title(store: Store, queue: Queue) -> str:
    try:
        return str(store.parse_query(queue.query or ""))
    except QueryError as mistake:  # an address may hold anything
        return str(mistake)


def _query_ids(store: Store, queue: Queue, auditor: str) -> list[str]:
    try:
        return store.query_ids(queue.query or "")
    except QueryError:  # which its title tells
        return []


def _labels_title(store: Store, queue: Queue) -> str:
    if queue.given and queue.suggested:
        return f"{queue.given} that looks like {queue.suggested}"
    if queue.given:
        return f"Labeled {queue.given}"
    if queue.suggested:
        return f"Looks like {queue.suggested}"
    return "Every image, most suspect first" if queue.everything else "Most suspect"


def _labels_ids(store: Store, queue: Queue, auditor: str) -> list[str]:
    return store.queue_ids(
        given=queue.given, suggested=queue.suggested, suspects_only=not queue.everything
    )


def _not_unsure(store: Store, queue: Queue, auditor: str) -> Mapping[str, str]:
    judged = store.judged_ids()
    return {item: verdict for item, verdict in judged.items() if verdict != "unsure"}


KINDS = (
    Kind(
        field="selection",
        title=lambda store, queue: (
            store.selection_title(queue.selection or "") or "A selection that is gone"
        ),
        ids=lambda store, queue, auditor: store.queue_ids(selection=queue.selection),
        since=lambda store, queue: store.selection_since(queue.selection or ""),
    ),
    Kind(
        field="finding",
        title=lambda store, queue: finding_title(queue.finding or "", store.setting("splits", [])),
        ids=lambda store, queue, auditor: store.finding_ids(queue.finding or ""),
    ),
    Kind(
        field="outdated",
        title=lambda store, queue: "Changed since they were reviewed",
        ids=lambda store, queue, auditor: store.queue_ids(outdated=True),
    ),
    Kind(
        field="unsure",
        title=lambda store, queue: "Somebody was unsure",
        ids=lambda store, queue, auditor: store.unsure_ids(),
        done=_not_unsure,
        is_live=True,
    ),
    Kind(
        field="second",
        title=lambda store, queue: "Second look, blind",
        ids=lambda store, queue, auditor: store.second_review_ids(auditor),
        done=lambda store, queue, auditor: store.own_words(auditor, SECOND),
        role=SECOND,
        is_live=True,
    ),
    Kind(
        field="disputed",
        title=lambda store, queue: "People disagree",
        ids=lambda store, queue, auditor: store.disputed_ids(),
        done=lambda store, queue, auditor: store.adjudications(),
        role=ADJUDICATION,
        is_live=True,
    ),
    Kind(
        field="query",
        title=_query_title,
        ids=_query_ids,
    ),
    Kind(field="", title=_labels_title, ids=_labels_ids),
)


def kind_of(queue: Queue) -> Kind:
    """Return the kind that a queue asks for."""
    return next(kind for kind in KINDS if not kind.field or getattr(queue, kind.field))
