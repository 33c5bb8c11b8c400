"""Linear discriminant analysis with a shrunk covariance, in closed form."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.detectors.base import Features, FloatArray, IntArray, WeightArray
from core.detectors.calibration import calibrated
from core.detectors.folds import Folds, Rows, out_of_fold, stratified_folds
from core.neighbors import duplicate_groups

_TINY = 1e-12


class Discriminant:
    """Gaussian classes with one shared covariance, out of fold, calibrated.

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

    def __init__(self, shrinkage: float = 0.2, n_folds: int = 10, random_state: int = 0) -> None:
        self.shrinkage = shrinkage
        self.n_folds = n_folds
        self.random_state = random_state

    def predict_proba_oos(
        self,
        features: Features,
        labels: IntArray,
        n_classes: int,
        weights: WeightArray,
        folds: Folds | None = None,
    ) -> FloatArray:
        """Return each row's posterior from the folds it is not in; see ``Detector``.

        `folds`, int64 (n,), takes the place of stratified random folds.
        """
        if folds is None:
            groups = duplicate_groups(features.graph)
            folds = stratified_folds(labels, self.n_folds, self.random_state, groups)
        vectors = features.vectors

        def classify(train: Rows, test: Rows) -> WeightArray:
            return discriminant_logits(
                vectors[train], labels[train], weights[train], vectors[test], self.shrinkage
            )

        return calibrated(out_of_fold(folds, labels, n_classes, classify), labels)


def discriminant_logits(
    train: FloatArray,
    labels: IntArray,
    weights: WeightArray,
    test: FloatArray,
    shrinkage: float,
) -> WeightArray:
    """Return the log-posteriors of `test` rows, up to a constant of the row.

    Returns
    -------
    float64 array (m, number of classes among `labels`)
        Columns in ascending order of class.
    """
    _, codes = np.unique(labels, return_inverse=True)
    shares = np.maximum(weights, _TINY)
    shares = shares / shares.sum()
    priors = np.bincount(codes, shares)
    means = _class_sums(train, codes, shares) / priors[:, None]
    deviations = (train - means[codes]) * np.sqrt(shares)[:, None]
    directions = np.linalg.solve(_shrunk(deviations.T @ deviations, shrinkage), means.T)
    offsets = np.log(priors) - 0.5 * np.einsum("cd,dc->c", means, directions)
    logits: WeightArray = test @ directions + offsets
    return logits


def _class_sums(vectors: FloatArray, codes: IntArray, shares: WeightArray) -> WeightArray:
    from scipy.sparse import csr_array

    n = len(codes)
    sums: WeightArray = csr_array((shares, (codes, np.arange(n)))) @ vectors.astype(np.float64)
    return sums


def _shrunk(covariance: NDArray[np.float64], shrinkage: float) -> NDArray[np.float64]:
    d = len(covariance)
    # The tiny term keeps the matrix invertible where all rows are equal.
    ridge = shrinkage * np.trace(covariance) / d + _TINY
    shrunk: NDArray[np.float64] = (1 - shrinkage) * covariance + ridge * np.eye(d)
    return shrunk
