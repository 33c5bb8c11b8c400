"""Ridge regression on one-hot labels, updated one label at a time."""

from __future__ import annotations

from copy import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import slices

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.integer[Any]]


class Ridge:
    """Weighted ridge regression of one-hot votes on vectors, with exact leave-one-out.

    ``F = X A^-1 B`` with ``A = X' diag(w) X + penalty / d I`` and
    ``B = X' diag(w) Y``. A vote that changes is a rank-one change of A, whose
    inverse follows by the formula of Sherman and Morrison [1]_ in d x d steps.
    Without row i, its prediction is ``(F_i - h_i Y_i) / (1 - h_i)``,
    ``h_i = w_i x_i' A^-1 x_i`` [2]_.

    Parameters
    ----------
    vectors : float array (n, d)
        Rows of unit length; it may be a memory map.
    votes : int array (n,)
        0 to `n_classes` - 1.
    weights : float array (n,)
        How much each vote counts; 0 for none.
    n_classes : int
    penalty : float
        For vectors whose squares average 1.

    References
    ----------
    .. [1] J. Sherman, W. Morrison, "Adjustment of an inverse matrix
       corresponding to a change in one element of a given matrix", Annals of
       Mathematical Statistics 21, 1950.
    .. [2] T. Hastie, R. Tibshirani, J. Friedman, "The Elements of Statistical
       Learning", 2nd ed., section 7.10, equation 7.64.
    """

    def __init__(
        self,
        vectors: NDArray[np.floating[Any]],
        votes: IntArray,
        weights: NDArray[np.floating[Any]],
        n_classes: int,
        penalty: float = 100.0,
    ) -> None:
        d = vectors.shape[1]
        self.vectors = vectors
        gram = np.eye(d) * (penalty / d)
        self._sums = np.zeros((n_classes, d))
        for part in slices(len(vectors)):
            rows = np.asarray(vectors[part], np.float32)
            weighted = rows * np.asarray(weights[part], np.float32)[:, None]
            gram += rows.T @ weighted
            by_class = np.argsort(votes[part], kind="stable")
            present, first = np.unique(votes[part][by_class], return_index=True)
            self._sums[present] += np.add.reduceat(weighted[by_class], first, axis=0)
        self._inverse = np.linalg.inv(gram)

    def change(self, row: int, old: int, old_weight: float, new: int, new_weight: float) -> None:
        """Change the vote of the item at `row` from `old` to `new`."""
        x = np.asarray(self.vectors[row], np.float64)
        self._sums[old] -= old_weight * x
        self._sums[new] += new_weight * x
        more = new_weight - old_weight
        direction = self._inverse @ x
        self._inverse -= np.outer(direction, direction) * (more / (1 + more * (x @ direction)))

    def copy(self) -> Ridge:
        """Return an independent copy."""
        copied = copy(self)
        copied._inverse, copied._sums = self._inverse.copy(), self._sums.copy()
        return copied

    def leverages(self, rows: IntArray, weights: NDArray[np.floating[Any]]) -> FloatArray:
        """Return h_i of `rows`, int (m,), whose votes have these `weights`, float (m,)."""
        leverages = np.empty(len(rows))
        for part in slices(len(rows)):
            x = np.asarray(self.vectors[rows[part]], np.float64)
            leverages[part] = np.einsum("ij,ij->i", x @ self._inverse, x)
        return weights * leverages

    def margins(
        self,
        rows: IntArray,
        own: IntArray,
        other: IntArray,
        votes: IntArray,
        leverages: FloatArray,
    ) -> FloatArray:
        """Return by how much the class `other` leads `own` without the row's own vote.

        Parameters
        ----------
        rows : int array (m,)
        own, other : int array (m,)
            The classes to compare.
        votes : int array (m,)
            The votes of the rows.
        leverages : float array (m,)
            Of the rows.

        Returns
        -------
        float64 array (m,)
        """
        coefficients = self._sums @ self._inverse
        lead = np.empty(len(rows))
        for part in slices(len(rows)):
            between = coefficients[other[part]] - coefficients[own[part]]
            lead[part] = np.einsum("ij,ij->i", self.vectors[rows[part]], between)
        own_vote = (votes == other).astype(np.float64) - (votes == own)
        margins: FloatArray = (lead - leverages * own_vote) / (1 - leverages)
        return margins
