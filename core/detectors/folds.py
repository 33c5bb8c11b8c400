"""Holding items out: which fold an item is in, and predictions from the other folds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.detectors.base import FloatArray, IntArray, WeightArray

Folds = NDArray[np.int64]
Rows = NDArray[np.bool_]
Classifier = Callable[[Rows, Rows], NDArray[np.floating]]


def stratified_folds(
    labels: IntArray, n_folds: int, random_state: int, groups: IntArray | None = None
) -> Folds:
    """Deal the items of each class out to folds in turn, in random order.

    Unlike scikit-learn's ``StratifiedGroupKFold`` it takes classes of any size
    without a warning, and costs one sort.

    Parameters
    ----------
    labels : int array (n,)
    n_folds : int
    random_state : int
    groups : int array (n,), optional
        Items of one group share a fold, dealt by the label of the first.

    Returns
    -------
    int64 array (n,)
        The fold of every item, 0 to `n_folds` - 1.
    """
    if groups is None:
        groups = np.arange(len(labels))
    _, first, member = np.unique(groups, return_index=True, return_inverse=True)
    shuffled = np.random.default_rng(random_state).permutation(len(first))
    dealt = shuffled[np.argsort(labels[first][shuffled], kind="stable")]
    folds = np.empty(len(first), np.int64)
    folds[dealt] = np.arange(len(first)) % n_folds
    return folds[member]


def cell_folds(vectors: FloatArray, n_cells: int, n_folds: int, random_state: int) -> Folds:
    """Cut the space into k-means cells and deal whole cells out to folds.

    With random folds an item's mislabelled neighbours stay in the training
    part and vouch for it. With whole cells held out, what is said of a region
    comes from the rest of the data alone.

    Parameters
    ----------
    vectors : float32 array (n, d)
    n_cells : int
        At most half as many as rows are made.
    n_folds : int
    random_state : int

    Returns
    -------
    int64 array (n,)
    """
    import faiss

    n_cells = max(1, min(n_cells, len(vectors) // 2))
    kmeans = faiss.Kmeans(
        vectors.shape[1],
        n_cells,
        niter=15,
        seed=random_state,
        spherical=True,
        min_points_per_centroid=1,
    )
    kmeans.train(vectors)
    cells = kmeans.index.search(vectors, 1)[1][:, 0]
    order = np.random.default_rng(random_state).permutation(n_cells)
    folds: Folds = (order % n_folds)[cells]
    return folds


def out_of_fold(
    folds: Folds, labels: IntArray, n_classes: int, classify: Classifier
) -> WeightArray:
    """Predict every fold with a classifier trained on all the others.

    Parameters
    ----------
    folds : int64 array (n,)
    labels : int array (n,)
    n_classes : int
    classify : callable
        Takes the rows to train on and the rows to predict (bool arrays (n,));
        returns log-probabilities, up to a constant of the row, one column a
        class present in the training rows, in ascending order.

    Returns
    -------
    float64 array (n, n_classes)
        Log-probabilities up to a constant of the row; NaN for a class
        without an item in the row's training part.
    """
    logits = np.full((len(labels), n_classes), np.nan)
    for fold in np.unique(folds):
        held_out = folds == fold
        present = np.unique(labels[~held_out])
        if len(present):
            # One class alone leaves nothing to tell apart.
            known = 0.0 if len(present) == 1 else classify(~held_out, held_out)
            logits[np.ix_(held_out, present)] = known
    return logits
