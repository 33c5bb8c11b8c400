"""Votes summed by class, and the best class other than the given one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.detectors.estimator import IntArray, WeightArray


def class_votes(labels: IntArray, votes: WeightArray, n_classes: int) -> WeightArray:
    """Sum votes by the class they are cast for.

    Parameters
    ----------
    labels : int array (n, k)
        Classes of each row's k voters.
    votes : float64 array (n, k)
        How much each voter counts.
    n_classes : int

    Returns
    -------
    float64 array (n, n_classes)
    """
    n = len(labels)
    cells = np.arange(n)[:, None] * n_classes + labels
    sums = np.bincount(cells.ravel(), votes.ravel(), n * n_classes)
    return sums.astype(np.float64).reshape(n, n_classes)


def best_other(scores: NDArray[np.floating], labels: IntArray) -> NDArray[np.int64]:
    """Return the class of the greatest score in each row, the given label left out.

    Where no other class has a score it is the next one by number;
    the given label where there is one class only.

    Parameters
    ----------
    scores : float array (n, K)
        Minus infinity for a class without a score.
    labels : int array (n,)
    """
    others = scores.copy()
    others[np.arange(len(labels)), labels] = -np.inf
    best = others.argmax(axis=1)
    unknown = best == labels  # every entry is minus infinity
    found: NDArray[np.int64] = np.where(unknown, (labels + 1) % scores.shape[1], best)
    return found
