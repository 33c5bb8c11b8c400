"""Cross-validation folds: stratified, grouped, or by k-means cells."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.detectors.estimator import IntArray, as_float32

Folds = NDArray[np.int64]

_LEAST_IN_CELL = 3


def stratified_folds(
    labels: IntArray, n_folds: int, random_state: int, groups: IntArray | None = None
) -> Folds:
    """Assign the items of each class to folds in turn, in random order.

    Unlike scikit-learn's ``StratifiedGroupKFold`` it takes classes of any size
    without a warning, and costs one sort.

    Parameters
    ----------
    labels : int array (n,)
    n_folds : int
    random_state : int
    groups : int array (n,), optional
        Items of one group share a fold, stratified by the label of the first.

    Returns
    -------
    int64 array (n,)
        The fold of every item, 0 to `n_folds` - 1.
    """
    if groups is None:
        groups = np.arange(len(labels))
    _, first, member = np.unique(groups, return_index=True, return_inverse=True)
    shuffled = np.random.default_rng(random_state).permutation(len(first))
    ordered = shuffled[np.argsort(labels[first][shuffled], kind="stable")]
    folds = np.empty(len(first), np.int64)
    folds[ordered] = np.arange(len(first)) % n_folds
    return folds[member]


def cell_folds(
    vectors: NDArray[np.floating],
    labels: IntArray,
    cells_per_class: int,
    n_folds: int,
    random_state: int,
) -> Folds:
    """Cut each class into k-means cells and assign whole cells to folds.

    With random folds an item's mislabeled neighbors stay in the training set
    and support its label. Clustered label errors lie apart from the rest of
    the class that they name, so they form cells of their own: with the cell
    held out, its predictions come from other items alone.

    Parameters
    ----------
    vectors : float array (n, d)
        Rows of unit length.
    labels : int array (n,)
    cells_per_class : int
        Fewer where a class has not three times as many items.
    n_folds : int
        Each gets about the same share of every class.
    random_state : int

    Returns
    -------
    int64 array (n,)
    """
    from threadpoolctl import threadpool_limits

    rng = np.random.default_rng(random_state)
    folds = np.zeros(len(labels), np.int64)
    order = np.argsort(labels, kind="stable")
    with threadpool_limits(1):  # a class is too small to gain from threads
        for members in np.split(order, np.flatnonzero(np.diff(labels[order])) + 1):
            n_cells = min(cells_per_class, len(members) // _LEAST_IN_CELL)
            cells = _cells(as_float32(vectors, members), n_cells, random_state)
            folds[members] = _assign(np.bincount(cells), rng.permutation(n_folds))[cells]
    return folds


def _cells(vectors: NDArray[np.float32], n_cells: int, random_state: int) -> IntArray:
    """Return the k-means cell of every row; one cell where `n_cells` is below 2."""
    import faiss

    if n_cells < 2:
        return np.zeros(len(vectors), np.int64)
    kmeans = faiss.Kmeans(
        vectors.shape[1],
        n_cells,
        niter=10,
        seed=random_state,
        spherical=True,
        min_points_per_centroid=1,
    )
    kmeans.train(vectors)
    cells: NDArray[np.int64] = kmeans.index.search(vectors, 1)[1][:, 0]
    return cells


def _assign(sizes: IntArray, folds: IntArray) -> Folds:
    """Return a fold for every cell: the largest first, each to the fold with the fewest items."""
    assigned = np.empty(len(sizes), np.int64)
    load = np.zeros(len(folds))
    for cell in np.argsort(-sizes, kind="stable"):
        least = load.argmin()
        assigned[cell] = folds[least]
        load[least] += sizes[cell]
    return assigned
