"""What all detectors share: their input, their interface, and folds."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from core.neighbors import Graph

FloatArray = NDArray[np.float32]
WeightArray = NDArray[np.float64]
IntArray = NDArray[np.integer]
Classifier = Callable[[NDArray[np.bool_], NDArray[np.bool_]], NDArray[np.floating]]


class Features(NamedTuple):
    """What detectors look at; rows are items.

    Attributes
    ----------
    vectors : float32 array (n, d)
        Half-whitened embeddings.
    graph : Graph
        Their nearest neighbours.
    """

    vectors: FloatArray
    graph: Graph


class Detector(Protocol):
    """Anything that gives class probabilities without using a row's own label."""

    def predict_proba_oos(
        self, features: Features, labels: IntArray, n_classes: int, weights: WeightArray
    ) -> FloatArray:
        """Return out-of-sample class probabilities.

        Parameters
        ----------
        features : Features
            Of n items.
        labels : int array (n,)
            Given labels, 0 to `n_classes` - 1.
        n_classes : int
        weights : float array (n,)
            How far each item's label is to be believed, 0..1.

        Returns
        -------
        float32 array (n, n_classes)
            Rows sum to 1.
        """
        ...


def stratified_folds(labels: IntArray, n_folds: int, random_state: int) -> NDArray[np.int64]:
    """Deal the items of each class out to folds in turn, in random order.

    Unlike scikit-learn's ``StratifiedKFold`` it takes classes of any size
    without a warning; fold sizes differ by one at most.

    Returns
    -------
    int64 array (n,)
        The fold of every item, 0 to min(n_folds, n) - 1.
    """
    n = len(labels)
    shuffled = np.random.default_rng(random_state).permutation(n)
    dealt = shuffled[np.argsort(labels[shuffled], kind="stable")]
    folds = np.empty(n, np.int64)
    folds[dealt] = np.arange(n) % max(1, min(n_folds, n))
    return folds


def out_of_fold(
    folds: NDArray[np.int64], labels: IntArray, n_classes: int, classify: Classifier
) -> FloatArray:
    """Predict every fold with a classifier trained on all the others.

    Parameters
    ----------
    folds : int64 array (n,)
    labels : int array (n,)
    n_classes : int
    classify : callable
        Takes the rows to train on and the rows to predict (bool arrays (n,));
        returns probabilities, one column a class present in the training
        rows, in ascending order.

    Returns
    -------
    float32 array (n, n_classes)
        A class without an item in the training part gets the share 1 / n_classes:
        nothing is known of it, neither for nor against.
    """
    probabilities = np.full((len(labels), n_classes), 1 / n_classes, np.float32)
    for fold in np.unique(folds):
        held_out = folds == fold
        present = np.unique(labels[~held_out])
        if len(present):
            known = np.ones((1, 1)) if len(present) == 1 else classify(~held_out, held_out)
            rows = np.ix_(held_out, present)
            probabilities[rows] = known * (len(present) / n_classes)
    return probabilities
