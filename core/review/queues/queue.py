"""Queues: which items are put before an auditor, and in which order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from core.findings.words import KINDS as FINDINGS
from core.review.queues.course import Course
from core.review.queues.queue_kinds import Kind, kind_of
from core.store import Store


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
        Only the items of that kind of finding, of `core.findings.words.KINDS`,
        a group in a row and the surest first.
    unsure : bool
        Only items of which somebody was unsure.
    second : bool
        Only items that wait for a blind second look.
    disputed : bool
        Only items on which people disagree, to be adjudicated.
    query : str or None
        Only what a query of `core.query.parse` finds.
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
        asked: dict[str, Any] = {}
        for field in fields(cls):
            value = params.get(field.name)
            if field.type == "bool":
                asked[field.name] = value == "1"
            elif field.name != "finding" or value in FINDINGS:
                asked[field.name] = value or None
        return cls(**asked)

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
        """Return what people call the queue."""
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
