"""A queue as it is gone through: what is left of it, brought up to date verdict by verdict."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import slices
from core.store import Store
from core.terms import VERDICTS, Verdict

AHEAD = 48
"""Items that a desk holds ready, beside the one on screen."""

_ROWS = 4096


class Course:
    """The items of a queue in their order, and which of them are done.

    What a desk asks of it takes a time that hardly depends on the length of
    the queue. One object may serve many threads.

    Parameters
    ----------
    ids : sequence of str
        The whole queue.
    since : int or None
        Verdicts count from the row after this one of the log on; see `follow`.
        None where only `mark` says what is done.
    """

    def __init__(self, ids: Sequence[str], since: int | None = 0) -> None:
        self.ids = ids
        self.since = since
        self._position = {item_id: position for position, item_id in enumerate(ids)}
        self._done: NDArray[np.bool_] = np.zeros(len(ids), np.bool_)
        self._wrong: NDArray[np.bool_] = np.zeros(len(ids), np.bool_)
        self._followed_to = 0
        self._following = threading.Lock()

    def mark(self, verdicts: Mapping[str, str | None]) -> None:
        """Take note of the verdict on each item, None where it is open again."""
        for item_id, verdict in verdicts.items():
            position = self._position.get(item_id)
            if position is not None:
                self._done[position] = verdict is not None
                self._wrong[position] = verdict is not None and _is_error(verdict)

    def follow(self, store: Store) -> None:
        """Take note of all verdicts, by any auditor, since this was last done."""
        if self.since is None:
            return
        with self._following:
            changes = store.changed_verdicts(self._followed_to)
            if changes:
                self._followed_to = changes[-1].number
                self.mark(
                    {
                        change.item_id: change.verdict if change.verdict_id > self.since else None
                        for change in changes
                    }
                )

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, item_id: object) -> bool:
        return item_id in self._position

    def is_left(self, item_id: str) -> bool:
        """Whether an item is in the queue and not done."""
        position = self._position.get(item_id)
        return position is not None and not self._done[position]

    def progress(self, elsewhere: Iterable[str] = (), unseen: Iterable[str] = ()) -> dict[str, int]:
        """Return ``judged`` items, ``wrong`` ones among them, ``total`` and ``elsewhere``.

        Parameters
        ----------
        elsewhere : iterable of str
            Items on other desks, of which those left here are counted.
        unseen : iterable of str
            Items whose verdicts are hidden: none of them counts as wrong.
        """
        hidden = [self._position[item_id] for item_id in unseen if item_id in self._position]
        return {
            "judged": int(self._done.sum()),
            "total": len(self.ids),
            "wrong": int(self._wrong.sum() - self._wrong[hidden].sum()),
            "elsewhere": sum(map(self.is_left, elsewhere)),
        }

    def beginning(
        self, place: str | None, passed: Collection[str] = (), taken: Collection[str] = ()
    ) -> str | None:
        """Return the item that a visit begins with.

        The auditor's last `place` when it is left, else the first item left
        that was not `passed` over, else the first one left; never one that is
        `taken` by another auditor; None when there is none.
        """
        if place is not None and self.is_left(place) and place not in taken:
            return place
        left = (item_id for item_id in self._left_from(None) if item_id not in taken)
        fresh = next((item_id for item_id in left if item_id not in passed), None)
        if fresh is not None:
            return fresh
        return next((item for item in self._passed_from(None, passed) if item not in taken), None)

    def window(
        self,
        at: str | None,
        *,
        start: str | None = None,
        loaded: Sequence[str] = (),
        passed: Collection[str] = (),
        taken: Collection[str] = (),
        ahead: int = AHEAD,
    ) -> list[str]:
        """Return the items that the desk holds ready from the item `at` on.

        Parameters
        ----------
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
        taken : collection of str
            Items that are on another auditor's desk: they do not come.
        ahead : int
            Items that come after `at`.

        Returns
        -------
        list of str
            `at`, then items that are left; no item twice.
        """
        coming = chain(
            (item_id for item_id in loaded if self.is_left(item_id)),
            (item_id for item_id in self._left_from(start) if item_id not in passed),
            self._passed_from(at, passed),
        )
        # As long as it may be, and all of `loaded`, which may come twice.
        allowed = (item_id for item_id in coming if item_id != at and item_id not in taken)
        first = dict.fromkeys(islice(allowed, ahead + len(loaded)))
        return [*([] if at is None else [at]), *islice(first, ahead)]

    def _left_from(self, first: str | None) -> Iterator[str]:
        """Go through what is left from the item `first`, and round to it again."""
        start = self._position.get(first, 0) if first is not None else 0
        for low, high in ((start, len(self.ids)), (0, start)):
            for part in slices(high, _ROWS, low):
                for offset in np.flatnonzero(~self._done[part]).tolist():
                    yield self.ids[part.start + offset]

    def _passed_from(self, first: str | None, passed: Collection[str]) -> Iterator[str]:
        """Go through what was passed over and is left, likewise."""
        start = self._position.get(first, 0) if first is not None else 0
        positions = sorted(self._position[item_id] for item_id in passed if self.is_left(item_id))
        for position in sorted(positions, key=lambda position: position < start):
            yield self.ids[position]


def _is_error(verdict: str) -> bool:
    return VERDICTS[Verdict(verdict)].is_error
