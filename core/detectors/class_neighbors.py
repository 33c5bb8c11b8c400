"""An item's nearest neighbors within its given class, and its rank by distance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import slices
from core.detectors.estimator import FloatArray, as_float32

_ROWS = 2048
_MOST_CANDIDATES = 4000


@dataclass(frozen=True)
class ClassNeighbors:
    """See the ``peer`` fields of ``core.audit.EvidenceTable``."""

    indices: NDArray[np.int32]
    similarities: NDArray[np.float32]
    rank: NDArray[np.int32]
    count: NDArray[np.int32]


def nearest_in_class(
    vectors: NDArray[np.floating], labels: NDArray[np.integer], m: int = 9, random_state: int = 0
) -> ClassNeighbors:
    """Find the `m` nearest items of the same given label, and rank items by similarity to them.

    In a class of more than 4,000 items candidates are 4,000 drawn at random.

    Parameters
    ----------
    vectors : float array (n, d)
        Rows of unit length; may be a memory map.
    labels : int array (n,)
    m : int
    random_state : int
        Seed of that draw.

    Returns
    -------
    ClassNeighbors
        ``rank`` orders the items of a class by the mean similarity to their
        `m` nearest neighbors in it: 1 is the item farthest from its class.
    """
    n = len(vectors)
    indices = np.full((n, m), -1, np.int32)
    similarities = np.full((n, m), np.nan, np.float32)
    rank, count = np.ones(n, np.int32), np.ones(n, np.int32)
    rng = np.random.default_rng(random_state)
    order = np.argsort(labels, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(labels[order])) + 1):
        count[members] = len(members)
        n_neighbors = min(m, len(members) - 1)
        if n_neighbors == 0:
            continue
        candidates = np.arange(len(members))
        if len(members) > _MOST_CANDIDATES:
            candidates = np.sort(rng.choice(len(members), _MOST_CANDIDATES, replace=False))
        columns, values = _nearest_within(as_float32(vectors, members), candidates, n_neighbors)
        indices[members, :n_neighbors] = members[columns]
        similarities[members, :n_neighbors] = values
        closeness = values.mean(axis=1)
        rank[members] = np.searchsorted(np.sort(closeness), closeness, side="right")
    return ClassNeighbors(indices, similarities, rank, count)


def _nearest_within(
    vectors: FloatArray, candidates: NDArray[np.intp], m: int
) -> tuple[NDArray[np.intp], FloatArray]:
    """Return the `m` nearest others of every row among the rows `candidates`, nearest first."""
    columns = np.empty((len(vectors), m), np.intp)
    values = np.empty((len(vectors), m), np.float32)
    others = vectors[candidates].T
    for part in slices(len(vectors), _ROWS):
        block = vectors[part] @ others
        block[candidates == np.arange(part.start, part.stop)[:, None]] = -np.inf
        best = np.argpartition(-block, m - 1, axis=1)[:, :m]
        best = np.take_along_axis(best, np.argsort(-np.take_along_axis(block, best, 1), axis=1), 1)
        columns[part] = candidates[best]
        values[part] = np.take_along_axis(block, best, 1)
    return columns, values
