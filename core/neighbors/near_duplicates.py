"""Near-duplicates: items whose embeddings are nearly identical."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.neighbors.graph import Graph

FloatArray = NDArray[np.float32]

IDENTICAL = 1 - 1e-4
"""Cosine from which two rows are the same, as far as half precision can tell."""

_NEIGHBORHOOD = 20
_SAMPLE = 50_000
_FALSE_PAIRS = 1.0
_FALSE_SHARE = 0.01


def duplicate_threshold(graph: Graph) -> FloatArray:
    """Find from the data how near two items must lie to be near-duplicates.

    In m dimensions the distances r_1 < r_2 < ... from an item to its neighbors
    have gaps such that m j ln(r_{j+1} / r_j) is exponential with mean 1 [1]_,
    and of K neighbors within r_K one lies within r with a probability of at
    most (K - 1) (r / r_K)^m. The gaps of the farther neighbors give m; copies
    lie nearer than that allows. The threshold of an item is the similarity that
    ordinary neighbors are expected to reach in one pair of the whole set (in
    a small set: in one item of a hundred). It follows the neighborhood: items
    of a class that is tight all over are not near-duplicates of each other.

    Where more than half of the items would be near-duplicates, or there is
    nothing to learn m from, only identical rows are. Where ordinary neighbors
    cannot be distinguished from identical ones, none are.

    Parameters
    ----------
    graph : Graph
        Of n items; its 20 nearest neighbors are used.

    Returns
    -------
    float32 array (n,)
        Cosine; two items are near-duplicates when theirs reaches both
        thresholds. At most `IDENTICAL`, or infinity where none are.

    References
    ----------
    .. [1] F. Denti, D. Doimo, A. Laio, A. Mira, "The generalized ratios
       intrinsic dimension estimator", Scientific Reports 12, 2022, section 2.
    """
    n = len(graph.indices)
    k = min(_NEIGHBORHOOD, graph.similarities.shape[1])
    identical = np.full(n, IDENTICAL, np.float32)
    gaps = _outer_gaps(np.asarray(graph.similarities[:: 1 + n // _SAMPLE, :k], np.float64))
    if not gaps.any():
        return identical
    nearest, last = np.asarray(graph.similarities[:, 0]), graph.similarities[:, k - 1]
    radius = _distance(np.asarray(last, np.float64))
    chance = min(2 * _FALSE_PAIRS / n, _FALSE_SHARE) / (k - 1)
    if chance ** _inverse_dimension(gaps, 0.5) * np.median(radius) < np.sqrt(2 - 2 * IDENTICAL):
        return np.full(n, np.inf, np.float32)
    # Items differ in dimension; the wide gaps, not the typical ones, must be accounted for.
    reach = chance ** _inverse_dimension(gaps, 0.9) * radius
    # The 20th neighbor of a small, separate class lies in another and is not informative.
    reach = np.minimum(reach, np.quantile(reach, 0.9))
    threshold = np.minimum(1 - reach**2 / 2, identical).astype(np.float32)
    near = (nearest >= threshold) & (nearest < IDENTICAL)
    return identical if near.mean() > 0.5 else threshold


def _outer_gaps(similarities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return j ln(r_{j+1} / r_j) of the farther half of the neighbors; rows of copies left out."""
    k = similarities.shape[1]
    first = k // 2
    if k < first + 2:
        return np.empty((0, 0))
    distances = _distance(similarities[similarities[:, first] < IDENTICAL, first:])
    gaps: NDArray[np.float64] = np.log(distances[:, 1:] / distances[:, :-1])
    return gaps * np.arange(first + 1, k)


def _inverse_dimension(gaps: NDArray[np.float64], quantile: float) -> float:
    """Return 1 / m of the exponential distribution that has this quantile of `gaps`."""
    return float(np.quantile(gaps, quantile) / -np.log(1 - quantile))


def _distance(similarities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Euclidean distances of unit rows, from the smallest that half precision resolves."""
    distances: NDArray[np.float64] = np.sqrt(2 - 2 * np.minimum(similarities, IDENTICAL))
    return distances


def duplicate_groups(
    graph: Graph, threshold: float | FloatArray | None = None
) -> NDArray[np.int32]:
    """Group items that are near-duplicates of each other.

    Copies of one image are not independent: detectors count a group
    once among an item's neighbors and keep it together when they hold items out.
    A group is an item with its near-duplicates, the item that has most of them
    first, so that a chain of near-duplicates does not become one group. Identical
    items stay together, however many.

    Parameters
    ----------
    graph : Graph
        Of n items.
    threshold : float or float array (n,), optional
        Cosine from which two items are near-duplicates, that of each item where
        they differ; `duplicate_threshold` of the graph when left out.

    Returns
    -------
    int32 array (n,)
        The group of every item, 0 and up; most groups hold one item.
    """
    n, k = graph.indices.shape
    if n == 0 or k == 0:
        return np.arange(n, dtype=np.int32)
    rows, columns, similarities = near_pairs(graph, threshold)
    return group_pairs(rows, columns, n, similarities >= IDENTICAL)


def group_pairs(
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
    n: int,
    same: NDArray[np.bool_] | None = None,
) -> NDArray[np.int32]:
    """Group `n` items by pairs of them that are copies, see `duplicate_groups`.

    Parameters
    ----------
    rows, columns : int arrays (m,)
        The pairs.
    n : int
    same : bool array (m,), optional
        Which of them are identical, and stay together however many.
    """
    if same is None:
        same = np.zeros(len(rows), bool)
    pictures = _components(rows[same], columns[same], n)
    centers = _centers(pictures[rows], pictures[columns], n)
    groups: NDArray[np.intp] = np.unique(centers[pictures], return_inverse=True)[1]
    return groups.astype(np.int32)


def near_pairs(
    graph: Graph, threshold: float | FloatArray | None = None
) -> tuple[NDArray[np.intp], NDArray[np.intp], FloatArray]:
    """Return items, their neighbors and similarities of the pairs that reach both thresholds.

    Parameters
    ----------
    graph, threshold
        As in `duplicate_groups`. A pair that both items list is returned twice.
    """
    n, k = graph.indices.shape
    if n == 0 or k == 0:
        nothing = np.empty(0, np.intp)
        return nothing, nothing, np.empty(0, np.float32)
    least = duplicate_threshold(graph) if threshold is None else threshold
    least = np.broadcast_to(np.float32(least), n)
    # Neighbors are sorted: most items are out by their first.
    candidates = np.flatnonzero(graph.similarities[:, 0] >= least)
    similarities = np.asarray(graph.similarities[candidates])
    indices = np.asarray(graph.indices[candidates])
    near = (similarities >= least[candidates, None]) & (similarities >= least[indices])
    at, _ = np.nonzero(near)
    return candidates[at], indices[near].astype(np.intp), similarities[near]


def _components(rows: NDArray[np.intp], columns: NDArray[np.intp], n: int) -> NDArray[np.intp]:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(len(rows)), (rows, columns)), shape=(n, n))
    found: NDArray[np.int32] = connected_components(links, directed=False)[1]
    return found.astype(np.intp)


def _centers(rows: NDArray[np.intp], columns: NDArray[np.intp], n: int) -> NDArray[np.intp]:
    """Return the item that each of `n` items is grouped around; itself for one that is alone."""
    from scipy.sparse import coo_array

    apart = rows != columns
    pairs = (np.ones(int(apart.sum())), (rows[apart], columns[apart]))
    links = coo_array(pairs, shape=(n, n)).tocsr()
    links = (links + links.T).tocsr()
    degrees = np.diff(links.indptr)
    centers = np.where(degrees > 0, -1, np.arange(n))
    linked = np.flatnonzero(degrees)
    for item in linked[np.argsort(-degrees[linked], kind="stable")].tolist():
        if centers[item] < 0:
            near = links.indices[links.indptr[item] : links.indptr[item + 1]]
            centers[near[centers[near] < 0]] = item
            centers[item] = item
    return centers
