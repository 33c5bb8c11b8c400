"""Queues: which items are put before an auditor, and in which order.

To add a queue, add a `Kind` to `KINDS` and a field to `Queue` that asks for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from core.findings import FINDINGS
from core.query.tree import QueryError
from core.review.queues.course import Course
from core.store import Store
from core.terms import VERDICTS, Role, Verdict


@dataclass(frozen=True)
class Kind:
    """One kind of queue.

    Attributes
    ----------
    field : str
        The field of `Queue` that asks for it; empty for what is left.
    title : callable
        Of the store and the queue, its title.
    ids : callable
        Of the store, the queue and the auditor's name, its items in order.
    since : callable
        Of the store and the queue, the row of the log after which a verdict on
        an item means that it is done.
    done : callable or None
        Of the same as `ids`, the verdict by id of the items, of this queue and
        others, that are done, where that is another matter.
    role : str
        Of the verdicts that are given in it, of `core.terms.Role`.
    is_live : bool
        Whether its items change with every verdict.
    is_personal : bool
        Whether its items are others for other auditors, though it is not live.
    """

    field: str
    title: Callable[[Store, Queue], str]
    ids: Callable[[Store, Queue, str], list[str]]
    since: Callable[[Store, Queue], int] = lambda store, queue: 0
    done: Callable[[Store, Queue, str], Mapping[str, str]] | None = None
    role: Role = Role.REVIEW
    is_live: bool = False
    is_personal: bool = False


@dataclass(frozen=True)
class Queue:
    """A set of items, most suspect first; with no fields set, all suspects.

    Attributes
    ----------
    given, suggested : str or None
        Only items with that given label, or that suggested label.
    selection : str or None
        Only the items of a stored selection.
    outdated : bool
        Only items whose image has changed since it was judged.
    everything : bool
        Also items whose own label is the most probable one.
    finding : str or None
        Only the items of that kind of finding, of `core.findings.FINDINGS`,
        a group in a row and the surest first.
    unsure : bool
        Only items that are marked unsure.
    second : bool
        Only items that wait for a blind second review.
    disputed : bool
        Only items on which auditors disagree, to be adjudicated.
    query : str or None
        Only what a query finds, see `core.query`.
    """

    given: str | None = None
    suggested: str | None = None
    selection: str | None = None
    outdated: bool = False
    everything: bool = False
    finding: str | None = None
    unsure: bool = False
    second: bool = False
    disputed: bool = False
    query: str | None = None

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> Queue:
        """Read a queue from the parameters of an address; others are ignored."""
        requested: dict[str, Any] = {}
        for field in fields(cls):
            value = params.get(field.name)
            if field.type == "bool":
                requested[field.name] = value == "1"
            elif field.name != "finding" or value in FINDINGS:
                requested[field.name] = value or None
        return cls(**requested)

    def params(self) -> dict[str, str]:
        """Return the parameters that `from_params` reads."""
        params = {key: value for key, value in asdict(self).items() if value}
        return {key: "1" if value is True else str(value) for key, value in params.items()}

    @property
    def key(self) -> str:
        """A text that names the queue in the database."""
        return json.dumps(self.params(), sort_keys=True)

    @property
    def kind(self) -> Kind:
        """What kind of queue it is."""
        return kind_of(self)

    def title(self, store: Store) -> str:
        """Return the queue's title."""
        return self.kind.title(store, self)

    def ids(self, store: Store, auditor: str = "") -> list[str]:
        """Return the ids of the queue's items in their order, as they are for `auditor`."""
        return self.kind.ids(store, self, auditor)

    def done(self, store: Store, auditor: str = "") -> Mapping[str, str]:
        """Return the verdict by id of the items that the queue need not show any more."""
        if self.kind.done is not None:
            return self.kind.done(store, self, auditor)
        return store.judged_ids(since=self.kind.since(store, self))

    def left(self, store: Store, auditor: str = "") -> list[str]:
        """Return the ids of the items that the queue still has to show, in their order."""
        done = self.done(store, auditor)
        return [item_id for item_id in self.ids(store, auditor) if item_id not in done]

    def course(self, store: Store, auditor: str = "") -> Course:
        """Return the queue to go through, with what is done now."""
        ids = self.ids(store, auditor)
        if self.kind.done is None:
            course = Course(ids, self.kind.since(store, self))
            course.follow(store)
        else:
            course = Course(ids, since=None)
            course.mark(self.kind.done(store, self, auditor))
        return course


def _query_title(store: Store, queue: Queue) -> str:
    try:
        return str(store.parse_query(queue.query or ""))
    except QueryError as mistake:  # an address may hold anything
        return str(mistake)


def _query_ids(store: Store, queue: Queue, auditor: str) -> list[str]:
    try:
        # Nobody without a name opens a queue; such a visitor only sees how long it is.
        return store.query_ids(queue.query or "", auditor or None)
    except QueryError:  # which its title shows
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


def _seen(store: Store, ids: list[str], auditor: str) -> list[str]:
    """Return those of `ids` that `auditor` may know to be in a queue of what was decided."""
    blind = store.awaits_second(auditor, ids) if auditor else set()
    return [item_id for item_id in ids if item_id not in blind]


def _not_unsure(store: Store, queue: Queue, auditor: str) -> Mapping[str, str]:
    judged = store.judged_ids()
    return {item: one for item, one in judged.items() if VERDICTS[Verdict(one)].is_sure}


KINDS = (
    Kind(
        field="selection",
        title=lambda store, queue: (
            store.selection_title(queue.selection or "") or "A deleted selection"
        ),
        ids=lambda store, queue, auditor: store.queue_ids(selection=queue.selection),
        since=lambda store, queue: store.selection_since(queue.selection or ""),
    ),
    Kind(
        field="finding",
        title=lambda store, queue: FINDINGS[queue.finding or ""].titled(store.splits()),
        ids=lambda store, queue, auditor: store.finding_ids(queue.finding or ""),
    ),
    Kind(
        field="outdated",
        title=lambda store, queue: "Changed since review",
        ids=lambda store, queue, auditor: store.queue_ids(outdated=True),
    ),
    Kind(
        field="unsure",
        title=lambda store, queue: "Marked unsure",
        ids=lambda store, queue, auditor: _seen(store, store.unsure_ids(), auditor),
        done=_not_unsure,
        is_live=True,
    ),
    Kind(
        field="second",
        title=lambda store, queue: "Blind second review",
        ids=lambda store, queue, auditor: store.second_review_ids(auditor),
        done=lambda store, queue, auditor: store.own_verdicts(auditor, Role.SECOND),
        role=Role.SECOND,
        is_live=True,
    ),
    Kind(
        field="disputed",
        title=lambda store, queue: "Auditors disagree",
        ids=lambda store, queue, auditor: _seen(store, store.disputed_ids(), auditor),
        done=lambda store, queue, auditor: store.adjudications(),
        role=Role.ADJUDICATION,
        is_live=True,
    ),
    Kind(
        field="query",
        title=_query_title,
        ids=_query_ids,
        is_personal=True,
    ),
    Kind(field="", title=_labels_title, ids=_labels_ids),
)


def kind_of(queue: Queue) -> Kind:
    """Return the kind that a queue asks for."""
    return next(kind for kind in KINDS if not kind.field or getattr(queue, kind.field))
