"""The recall of an approximate graph, measured on a sample."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import FloatArray, some_rows
from core.neighbors.exact import exact_lists

SAMPLED = 1000
"""Rows whose exact neighbors are found to measure the recall."""

_SAME = 1e-4
"""Similarities closer than this are a tie: either item is as good a neighbor."""


class GroundTruth:
    """The exact neighbors of a sample of rows.

    Parameters
    ----------
    vectors : float array (n, m)
        Rows of unit length; in memory or mapped.
    k : int
        Less than n.
    random_state : int
        Seed of the sample.

    Attributes
    ----------
    rows : int array (s,)
        The sample, ascending.
    vectors : float32 array (s, m)
    least : float32 array (s, 1)
        Similarity of the `k`-th neighbor.
    """

    def __init__(self, vectors: NDArray[Any], k: int, random_state: int = 0) -> None:
        n = len(vectors)
        rng = np.random.default_rng(random_state)
        self.k = k
        self.rows = np.sort(rng.choice(n, min(n, SAMPLED), replace=False))
        self.vectors = some_rows(vectors, self.rows)
        found = [lists.similarities[:, -1:] for _, lists in exact_lists(vectors, self.rows, k)]
        self.least = np.concatenate(found)

    def recall(self, similarities: FloatArray) -> float:
        """Return the share of true neighbors in lists of the sample, 0..1.

        An item as near as the k-th neighbor counts as a true one: ties may be
        broken either way.

        Parameters
        ----------
        similarities : float32 array (s, k)
            Of the neighbors that were found.
        """
        return float((similarities >= self.least - _SAME).mean())
