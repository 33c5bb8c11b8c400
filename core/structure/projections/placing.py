"""Placing items among others that are laid out already, which stay where they are."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import block_size, slices, some_rows
from core.neighbors import Graph
from core.structure.projections.layout_method import LayoutInput, Plane

NEIGHBORS = 4
"""The nearest laid-out neighbors that a place is the weighted mean of."""

_SHARPNESS = 12.0
"""A neighbor whose cosine is 1/12 less than that of the nearest counts 1/e as much."""

_MOST_COMPARED = 20_000
_ROUNDS = 8


def place_among(given: LayoutInput, xy: Plane, is_placed: NDArray[np.bool_]) -> Plane:
    """Place items at the weighted mean of their nearest neighbors that are laid out.

    What has no such neighbor in the graph is placed by those that were placed
    in the round before, and what is left beside the nearest of a sample of all
    that is placed.

    Parameters
    ----------
    given : LayoutInput
        Of all n items.
    xy : float32 array (n, 2)
        Positions; those of items that are not placed are ignored.
    is_placed : bool array (n,)
        At least one is.

    Returns
    -------
    float32 array (n, 2)
        With the positions of placed items as they were.
    """
    xy, is_placed = xy.copy(), is_placed.copy()
    for _ in range(_ROUNDS):
        left = np.flatnonzero(~is_placed)
        found = _round(given.graph, xy, is_placed, left) if len(left) else left
        if not len(found):
            break
        is_placed[found] = True
    left = np.flatnonzero(~is_placed)
    if len(left):
        xy[left] = xy[_nearest_placed(given.vectors, left, np.flatnonzero(is_placed))]
    return xy


def nearest_laid_out(given: LayoutInput, is_placed: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return for every item the row of the nearest placed one; of a placed one, its own.

    Parameters as in `place_among`.

    Returns
    -------
    int array (n,)
    """
    nearest = np.where(is_placed, np.arange(len(is_placed)), -1)
    left = np.flatnonzero(~is_placed)
    for part in slices(len(left)):
        rows = left[part]
        neighbors = np.asarray(given.graph.indices[rows])
        is_known = is_placed[neighbors]
        first = is_known.argmax(axis=1) if neighbors.shape[1] else np.zeros(len(rows), int)
        has_one = is_known.any(axis=1)
        nearest[rows[has_one]] = neighbors[has_one, first[has_one]]
    far = np.flatnonzero(nearest < 0)
    if len(far):
        nearest[far] = _nearest_placed(given.vectors, far, np.flatnonzero(is_placed))
    return nearest


def _round(
    graph: Graph, xy: Plane, is_placed: NDArray[np.bool_], left: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Place those of `left` that have placed neighbors, in `xy`; return which these are."""
    found = [left[:0]]
    for part in slices(len(left)):
        rows = left[part]
        neighbors = np.asarray(graph.indices[rows])
        counts = is_placed[neighbors]
        counts &= np.cumsum(counts, axis=1) <= NEIGHBORS
        has_some = counts.any(axis=1)
        rows, neighbors, counts = rows[has_some], neighbors[has_some], counts[has_some]
        similarities = np.where(counts, np.asarray(graph.similarities)[rows], -np.inf)
        best = similarities.max(axis=1, keepdims=True)
        weights = np.exp((similarities - best) * _SHARPNESS)
        weights /= weights.sum(axis=1, keepdims=True)
        xy[rows] = np.einsum("rk,rkd->rd", weights, xy[neighbors], dtype=np.float32)
        found.append(rows)
    return np.concatenate(found)


def _nearest_placed(
    vectors: NDArray[Any], rows: NDArray[np.intp], placed: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Return the most similar row of `placed`, or of a sample of it, for each of `rows`."""
    if len(placed) > _MOST_COMPARED:
        drawn = np.random.default_rng(0).choice(len(placed), _MOST_COMPARED, replace=False)
        placed = placed[np.sort(drawn)]
    known = some_rows(vectors, placed)
    found = [placed[:0]]
    for part in slices(len(rows), block_size(len(placed))):
        products = some_rows(vectors, rows[part]) @ known.T
        found.append(placed[products.argmax(axis=1)])
    return np.concatenate(found)
