"""Queues: which items are put before an auditor, and in which order."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import chain, islice
from typing import Any

from core.findings.words import KINDS as FINDINGS
from core.review.queue_kinds import Kind, kind_of
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
        Only what a query of `core.browse.query` finds.
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
        return self.kind.done(store, self, auditor)


def start_at(
    ids: Sequence[str],
    judged: Collection[str],
    place: str | None,
    asked_for: str | None,
    passed: Collection[str] = (),
) -> str | None:
    """Return the item that a visit begins with.

    The item `asked_for` by an address comes first, else the auditor's last
    `place` when it is not judged yet, else the first item that is neither
    judged nor `passed` over, else the first not judged; None when all are.
    """
    if asked_for is not None:
        return asked_for
    if place is not None and place not in judged and place in ids:
        return place
    left = [item_id for item_id in ids if item_id not in judged]
    return next((item_id for item_id in left if item_id not in passed), next(iter(left), None))


def window(
    ids: Sequence[str],
    judged: Collection[str],
    at: str | None,
    *,
    start: str | None = None,
    loaded: Sequence[str] = (),
    passed: Collection[str] = (),
    ahead: int = 48,
) -> list[str]:
    """Return the items that the desk holds ready from the item `at` on.

    Parameters
    ----------
    ids : sequence of str
        The whole queue.
    judged : collection of str
        Items with a verdict.
    at : str or None
        The item on screen; it may be one that is not in the queue.
    start : str or None
        The item that an address asked for: from there the queue is gone
        through, and from its start again where it ends.
    loaded : sequence of str
        Items that the desk has got ready to come next. They do, in their
        order, even where the queue has been put in another since.
    passed : collection of str
        Items that were skipped: they come last.
    ahead : int
        Items that come after `at`.

    Returns
    -------
    list of str
        `at`, then items that are not judged; no item twice.
    """
    coming = chain(
        (item_id for item_id in loaded if item_id in ids),
        (item_id for item_id in _from(ids, start) if item_id not in passed),
        (item_id for item_id in _from(ids, at) if item_id in passed),
    )
    # As long as it is wanted, and all of `loaded`, which may come twice.
    left = (item_id for item_id in coming if item_id not in judged and item_id != at)
    first = dict.fromkeys(islice(left, ahead + len(loaded)))
    return [*([] if at is None else [at]), *islice(first, ahead)]


def _from(ids: Sequence[str], first: str | None) -> Iterator[str]:
    """Go through `ids` from the item `first`, and from their start again where they end."""
    position = ids.index(first) if first in ids else 0
    yield from islice(ids, position, None)
    yield from islice(ids, position)
