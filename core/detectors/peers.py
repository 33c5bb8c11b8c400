"""An item among the items of its own given label: the nearest, and how far it lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_BLOCK = 2048


@dataclass(frozen=True)
class Peers:
    """See the ``peer`` fields of ``core.audit.EvidenceTable``."""

    indices: NDArray[np.int32]
    similarities: NDArray[np.float32]
    rank: NDArray[np.int32]
    count: NDArray[np.int32]


def nearest_peers(vectors: NDArray[np.float32], labels: NDArray[np.integer], m: int = 9) -> Peers:
    """Find the `m` nearest items of the same given label, and rank items by that nearness.

    Parameters
    ----------
    vectors : float32 array (n, d)
        Rows of unit length.
    labels : int array (n,)
    m : int

    Returns
    -------
    Peers
        ``rank`` orders the items of a class by the mean similarity to their
        `m` nearest peers: 1 is the item farthest from its class.
    """
    n = len(vectors)
    indices = np.full((n, m), -1, np.int32)
    similarities = np.full((n, m), np.nan, np.float32)
    rank, count = np.ones(n, np.int32), np.ones(n, np.int32)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        count[members] = len(members)
        wanted = min(m, len(members) - 1)
        if wanted == 0:
            continue
        columns, values = _nearest_within(vectors[members], wanted)
        indices[members, :wanted] = members[columns]
        similarities[members, :wanted] = values
        closeness = values.mean(axis=1)
        rank[members] = np.searchsorted(np.sort(closeness), closeness, side="right")
    return Peers(indices, similarities, rank, count)


def _nearest_within(
    vectors: NDArray[np.float32], m: int
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Return the `m` nearest other rows of every row, nearest first."""
    columns = np.empty((len(vectors), m), np.intp)
    values = np.empty((len(vectors), m), np.float32)
    for start in range(0, len(vectors), _BLOCK):
        block = vectors[start : start + _BLOCK] @ vectors.T
        rows = np.arange(len(block))
        block[rows, start + rows] = -np.inf
        best = np.argpartition(-block, m - 1, axis=1)[:, :m]
        best = np.take_along_axis(best, np.argsort(-np.take_along_axis(block, best, 1), axis=1), 1)
        columns[start : start + _BLOCK] = best
        values[start : start + _BLOCK] = np.take_along_axis(block, best, 1)
    return columns, values
