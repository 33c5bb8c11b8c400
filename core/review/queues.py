"""Queues: which items are put before an auditor, and in which order."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

from core.findings.words import KINDS
from core.findings.words import title as finding_title
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
    """

    given: str | None = None
    suggested: str | None = None
    selection: str | None = None
    outdated: bool = False
    everything: bool = False
    finding: str | None = None

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> Queue:
        """Read a queue from the parameters of an address; others are ignored."""
        return cls(
            given=params.get("given") or None,
            suggested=params.get("suggested") or None,
            selection=params.get("selection") or None,
            outdated=params.get("outdated") == "1",
            everything=params.get("everything") == "1",
            finding=params.get("finding") if params.get("finding") in KINDS else None,
        )

    def params(self) -> dict[str, str]:
        """Return the parameters that `from_params` reads."""
        params = {key: value for key, value in asdict(self).items() if value}
        return {key: "1" if value is True else str(value) for key, value in params.items()}

    @property
    def key(self) -> str:
        """A text that names the queue in the database."""
        return json.dumps(self.params(), sort_keys=True)

    def title(self, store: Store) -> str:
        """Return what people call the queue."""
        if self.selection:
            return store.selection_title(self.selection) or "A selection that is gone"
        if self.finding:
            return finding_title(self.finding, store.setting("splits", []))
        if self.outdated:
            return "Changed since they were reviewed"
        if self.given and self.suggested:
            return f"{self.given} that looks like {self.suggested}"
        if self.given:
            return f"Labelled {self.given}"
        if self.suggested:
            return f"Looks like {self.suggested}"
        return "Every image, most suspect first" if self.everything else "Most suspect"

    def ids(self, store: Store) -> list[str]:
        """Return the ids of the queue's items in their order."""
        if self.finding:
            return store.finding_ids(self.finding)
        return store.queue_ids(
            given=self.given,
            suggested=self.suggested,
            selection=self.selection,
            outdated=self.outdated,
            suspects_only=not (self.everything or self.selection or self.outdated),
        )


def start_at(
    ids: Sequence[str], judged: Collection[str], place: str | None, asked_for: str | None
) -> str | None:
    """Return the item that a visit begins with.

    The item `asked_for` by an address comes first, else the auditor's last
    `place` when it is not judged yet, else the first item after it that is
    not, from the start again where the queue ends; None when all are judged.
    """
    if asked_for is not None:
        return asked_for
    first = ids.index(place) if place in ids else 0
    for item_id in [*ids[first:], *ids[:first]]:
        if item_id not in judged:
            return item_id
    return None


def window(
    ids: Sequence[str], judged: Collection[str], at: str | None, before: int = 8, ahead: int = 48
) -> list[str]:
    """Return the items that the desk holds ready round the item `at`.

    Parameters
    ----------
    ids : sequence of str
        The whole queue.
    judged : collection of str
        Items with a verdict.
    at : str or None
        The item on screen; it may be one that is not in the queue.
    before : int
        Items kept for going back, judged or not.
    ahead : int
        Unjudged items after `at`, from the queue's start again where it ends.

    Returns
    -------
    list of str
        `before` items, `at`, then the unjudged ones; no item twice.
    """
    position = ids.index(at) if at in ids else 0
    after = [*ids[position:], *ids[:position]]
    coming = [item_id for item_id in after if item_id not in judged and item_id != at][:ahead]
    behind = ids[max(0, position - before) : position]
    here = [] if at is None else [at]
    return list(dict.fromkeys([i for i in behind if i not in coming] + here + coming))
