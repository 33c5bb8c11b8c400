"""Linear discriminant analysis with a shrunk covariance, in closed form."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.detectors.base import (
    Features,
    FloatArray,
    IntArray,
    WeightArray,
    out_of_fold,
    stratified_folds,
)

_TINY = 1e-12


class Discriminant:
    """Gaussian classes with one shared covariance, out of fold.

    With weights w, class means m_c and priors p_c (each class's share of the
    weight), the covariance within classes
    ``W = sum_i w_i (x_i - m_{y_i}) (x_i - m_{y_i})' / sum_i w_i`` is shrunk to
    ``S = (1 - a) W + a (tr W / d) I`` [1]_, and
    ``log P(c | x) = x' S^-1 m_c - m_c' S^-1 m_c / 2 + log p_c + const`` [2]_.
    scikit-learn's ``LinearDiscriminantAnalysis`` is the same but takes no weights.

    Parameters
    ----------
    shrinkage : float
        a above, in 0..1.
    n_folds : int
    random_state : int
        Seed of the folds.

    References
    ----------
    .. [1] O. Ledoit, M. Wolf, "A well-conditioned estimator for
       large-dimensional covariance matrices", J. Multivariate Analysis 88, 2004.
    .. [2] T. Hastie, R. Tibshirani, J. Friedman, "The Elements of Statistical
       Learning", 2nd ed., section 4.3, equation 4.10.
    """

    def __init__(self, shrinkage: float = 0.1, n_folds: int = 10, random_state: int = 0) -> None:
        self.shrinkage = shrinkage
        self.n_folds = n_folds
        self.random_state = random_state

    def predict_proba_oos(
        self,
        features: Features,
        labels: IntArray,
        n_classes: int,
        weights: WeightArray,
        folds: NDArray[np.int64] | None = None,
    ) -> FloatArray:
        """Return each row's posterior from the folds it is not in; see ``Detector``.

        `folds`, int64 (n,), takes the place of stratified random folds.
        """
        if folds is None:
            folds = stratified_folds(labels, self.n_folds, self.random_state)
        vectors = features.vectors

        def classify(train: NDArray[np.bool_], test: NDArray[np.bool_]) -> NDArray[np.floating]:
            logits = discriminant_logits(
                vectors[train], labels[train], weights[train], vectors[test], self.shrinkage
            )
            return softmax(logits)

        return out_of_fold(folds, labels, n_classes, classify)


def discriminant_logits(
    train: FloatArray,
    labels: IntArray,
    weights: WeightArray,
    test: FloatArray,
    shrinkage: float,
) -> NDArray[np.floating]:
    """Return the log-posteriors of `test` rows, up to a constant of the row.

    Returns
    -------
    float array (m, number of classes among `labels`)
        Columns in ascending order of class.
    """
    classes, codes = np.unique(labels, return_inverse=True)
    weights = np.maximum(weights, _TINY)
    total = weights.sum()
    sums = np.zeros((len(classes), train.shape[1]))
    np.add.at(sums, codes, train * weights[:, None])
    mass = np.bincount(codes, weights)
    means = sums / mass[:, None]
    deviations = (train - means[codes]) * np.sqrt(weights / total)[:, None]
    directions = np.linalg.solve(_shrunk(deviations.T @ deviations, shrinkage), means.T)
    offsets = np.log(mass / total) - 0.5 * np.einsum("cd,dc->c", means, directions)
    logits: NDArray[np.floating] = test @ directions + offsets
    return logits


def _shrunk(covariance: NDArray[np.float64], shrinkage: float) -> NDArray[np.float64]:
    d = len(covariance)
    # The tiny term keeps the matrix invertible where all rows are equal.
    ridge = shrinkage * np.trace(covariance) / d + _TINY
    shrunk: NDArray[np.float64] = (1 - shrinkage) * covariance + ridge * np.eye(d)
    return shrunk


def softmax(logits: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return exp(logits) divided by the row sums, without overflow."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: NDArray[np.floating] = powers / powers.sum(axis=1, keepdims=True)
    return shares
