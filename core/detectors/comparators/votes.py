"""Votes of neighbours, summed by class."""

from __future__ import annotations

import numpy as np

from core.detectors.base import IntArray, WeightArray


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
