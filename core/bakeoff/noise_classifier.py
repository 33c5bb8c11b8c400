"""A nearest-class-mean classifier, independent of the detectors, for plausible label noise.

If synthetic errors came from the detectors' own features, the comparison would
be circular: a detector that shares those features finds the errors best, or never.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.detectors.estimator import FloatArray, IntArray
from core.detectors.folds import stratified_folds
from core.detectors.votes import best_other
from core.neighbors import HalfWhitening

N_COMPONENTS = 48
_N_FOLDS = 5


def plain_components(embeddings: NDArray[Any], n_components: int = N_COMPONENTS) -> FloatArray:
    """Return the first principal components at their own scale, rows of unit length.

    Parameters
    ----------
    embeddings : float array (n, d)
    n_components : int

    Returns
    -------
    float32 array (n, at most n_components)
    """
    return HalfWhitening(n_components, power=0.0).fit_transform(embeddings)


def nearest_mean_scores(
    vectors: FloatArray, labels: IntArray, n_classes: int, rng: np.random.Generator
) -> FloatArray:
    """Return out-of-fold scores of every row by its distance to the class means.

    Parameters
    ----------
    vectors : float32 array (n, d)
    labels : int array (n,)
    n_classes : int
    rng : numpy.random.Generator
        Seeds the folds.

    Returns
    -------
    float32 array (n, n_classes)
        Minus the squared distance to each class mean of the other folds, up
        to a constant of the row; minus infinity for a class without items there.
    """
    folds = stratified_folds(labels, _N_FOLDS, int(rng.integers(2**31)))
    scores = np.full((len(labels), n_classes), -np.inf, np.float32)
    for fold in np.unique(folds):
        test = folds == fold
        counts = np.bincount(labels[~test], minlength=n_classes)
        present = np.flatnonzero(counts)
        means = _class_sums(vectors[~test], labels[~test], n_classes)[present]
        means /= counts[present, None]
        closeness = 2 * vectors[test] @ means.T - (means**2).sum(axis=1)
        scores[np.ix_(test, present)] = closeness
    return scores


def _class_sums(vectors: FloatArray, labels: IntArray, n_classes: int) -> FloatArray:
    from scipy.sparse import csr_array

    n = len(labels)
    membership = csr_array((np.ones(n, np.float32), (labels, np.arange(n))), (n_classes, n))
    sums: FloatArray = membership @ vectors
    return sums


def confusions(scores: FloatArray, labels: IntArray) -> NDArray[np.float64]:
    """Return the confusion rates between different classes.

    Parameters
    ----------
    scores : float32 array (n, K)
        Of `nearest_mean_scores`.
    labels : int array (n,)

    Returns
    -------
    float64 array (K, K)
        Row y, column c: the share of y's misclassified items that are predicted as
        c. A class without a misclassified item counts the second-best classes
        of all its items; a class without items is uniform over the others. Rows sum to 1,
        the diagonal is 0.
    """
    n_classes = scores.shape[1]
    predicted = best_other(scores, labels)
    rows = np.arange(len(labels))
    misclassified = scores[rows, predicted] > scores[rows, labels]
    counts = _pairs(labels[misclassified], predicted[misclassified], n_classes)
    never = counts.sum(axis=1) == 0
    counts[never] = _pairs(labels, predicted, n_classes)[never]
    counts[counts.sum(axis=1) == 0] = 1
    np.fill_diagonal(counts, 0)
    shares: NDArray[np.float64] = counts / counts.sum(axis=1, keepdims=True)
    return shares


def _pairs(given: IntArray, other: IntArray, n_classes: int) -> NDArray[np.float64]:
    counts = np.zeros((n_classes, n_classes))
    np.add.at(counts, (given, other), 1)
    return counts
