"""The neighbors' votes, updated one label at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import slices

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.integer[Any]]

_TEMPERATURE = 0.05
_MOST_LINKS = 30_000_000
_FEWEST_NEIGHBORS = 10
# A tenth of the vote of a nearest neighbor for either class: few votes are weak evidence.
_PRIOR_VOTES = 0.1


class Votes:
    """Votes of each item's neighbors for two classes, its given and its suggested one.

    A neighbor at cosine s counts ``exp(min(s - s*, 0) / 0.05)`` times its
    weight, s* the cosine of the third nearest, so that a copy or two of the
    item do not dominate the rest: the soft neighbors of ``core.detectors``.
    Reverse lists hold the rows in which an item votes.

    Parameters
    ----------
    indices : int array (n, k)
        Neighbors of each row, nearest first; negative for none.
    similarities : float array (n, k)
    own, other : int array (n,)
        The two classes of each row.
    votes : int array (n,)
    weights : float array (n,)
    """

    def __init__(
        self,
        indices: IntArray,
        similarities: NDArray[np.floating[Any]],
        own: IntArray,
        other: IntArray,
        votes: IntArray,
        weights: NDArray[np.floating[Any]],
    ) -> None:
        n, k = indices.shape
        k = min(k, max(_FEWEST_NEIGHBORS, _MOST_LINKS // max(n, 1)))
        self.own, self.other = own, other
        self._for_own, self._for_other = np.zeros(n), np.zeros(n)
        shares = np.empty((n, k), np.float32)
        for part in slices(n):
            near = np.asarray(indices[part, :k])
            shares[part] = _shares(near, np.asarray(similarities[part, :k], np.float32))
            counted = shares[part] * weights[near]
            labels = votes[near]
            self._for_own[part] = (counted * (labels == own[part, None])).sum(axis=1)
            self._for_other[part] = (counted * (labels == other[part, None])).sum(axis=1)
        self._at_first = self._balance()
        self._set_reverse_lists(np.asarray(indices[:, :k]), shares)

    def _set_reverse_lists(self, indices: IntArray, shares: NDArray[np.float32]) -> None:
        n, k = indices.shape
        targets = np.where(shares > 0, indices, n).ravel()
        order = np.argsort(targets, kind="stable")
        self._starts = np.searchsorted(targets[order], np.arange(n + 1))
        self._rows = (order // max(k, 1)).astype(np.int32)
        self._shares = shares.ravel()[order]

    def change(
        self, row: int, old: int, old_weight: float, new: int, new_weight: float
    ) -> NDArray[np.int32]:
        """Change the vote of the item at `row` from `old` to `new`; return the affected rows."""
        listed = slice(self._starts[row], self._starts[row + 1])
        rows: NDArray[np.int32] = self._rows[listed]
        shares = self._shares[listed]
        for classes, sums in ((self.own, self._for_own), (self.other, self._for_other)):
            labels = classes[rows]
            sums[rows] += shares * (new_weight * (labels == new) - old_weight * (labels == old))
        return rows

    def gain(self) -> FloatArray:
        """Return how the log-odds of the other class have changed, float64 (n,)."""
        return self._balance() - self._at_first

    def _balance(self) -> FloatArray:
        # Sums that lost all their votes may be a rounding error below zero.
        own, other = np.maximum(self._for_own, 0), np.maximum(self._for_other, 0)
        balance: FloatArray = np.log((other + _PRIOR_VOTES) / (own + _PRIOR_VOTES))
        return balance


def _shares(indices: IntArray, similarities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how much each neighbor counts, at most 1; 0 where there is none."""
    third = similarities[:, min(2, similarities.shape[1] - 1), None] if similarities.size else 0.0
    shares = np.exp(np.minimum(similarities - third, 0) / _TEMPERATURE)
    counted: NDArray[np.float32] = np.where(indices >= 0, shares, np.float32(0))
    return counted
