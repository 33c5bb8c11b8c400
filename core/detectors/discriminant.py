"""Linear discriminant analysis with a shrunk covariance, in closed form."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import block_size, slices
from core.detectors.entries import Member, Method, ranked_by_detector
from core.detectors.estimator import Features, IntArray, WeightArray, as_float32
from core.detectors.folds import Folds, stratified_folds
from core.detectors.linear import FoldedLinear

_TINY = 1e-12


class Discriminant:
    """Gaussian classes with one shared covariance, out of fold.

    With weights w, class means m_c and priors p_c (each class's share of the
    weight), the covariance within classes
    ``W = sum_i w_i (x_i - m_{y_i}) (x_i - m_{y_i})' / sum_i w_i`` is shrunk to
    ``S = (1 - a) W + a (tr W / d) I`` [1]_, and
    ``log P(c | x) = x' S^-1 m_c - m_c' S^-1 m_c / 2 + log p_c + const`` [2]_.
    All of it follows from sums over items, so that leaving a fold out is a
    subtraction. scikit-learn's ``LinearDiscriminantAnalysis`` is the same but
    takes no weights.

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

    def fit(
        self,
        features: Features,
        labels: IntArray,
        n_classes: int,
        weights: WeightArray,
        folds: Folds | None = None,
    ) -> FoldedLinear:
        """Fit on every fold's complement; see ``Detector``.

        `folds`, int array (n,), takes the place of stratified random folds.
        """
        if folds is None:
            folds = stratified_folds(labels, self.n_folds, self.random_state, features.groups)
        n_folds = int(folds.max()) + 1
        parts = fold_sums(features.vectors, labels, n_classes, weights, folds, n_folds)
        d = features.vectors.shape[1]
        coefficients = np.zeros((n_folds, n_classes, d), np.float32)
        intercepts = np.full((n_folds, n_classes), np.nan, np.float32)
        for fold in range(n_folds):
            rest = Sums(*(part.sum(axis=0) - part[fold] for part in parts))
            present = np.flatnonzero(rest.items > 0.5)
            if len(present) == 1:  # a single class needs no coefficients
                intercepts[fold, present] = 0
            elif len(present):
                coefficients[fold, present], intercepts[fold, present] = self._solve(rest, present)
        return FoldedLinear(features.vectors, folds, coefficients, intercepts)

    def _solve(
        self, sums: Sums, present: IntArray
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return coefficients (c, d) and intercepts (c,) of the c classes that are `present`."""
        weight = np.maximum(sums.weight[present], _TINY)
        means = sums.first[present] / weight[:, None]
        priors = weight / weight.sum()
        within = sums.second / weight.sum() - (means * priors[:, None]).T @ means
        d = len(within)
        # The tiny term keeps the matrix invertible where all rows are equal.
        ridge = self.shrinkage * max(float(np.trace(within)), 0.0) / d + _TINY
        shrunk = (1 - self.shrinkage) * within + ridge * np.eye(d)
        directions = np.linalg.solve(shrunk, means.T).T
        offsets = np.log(priors) - 0.5 * np.einsum("cd,cd->c", means, directions)
        return directions, offsets


class Sums(NamedTuple):
    """Weighted sums over items; of each fold when they have one axis more, in front.

    Attributes
    ----------
    items : float64 array (K,)
        How many items each class has.
    weight : float64 array (K,)
        Their weight.
    first : float64 array (K, d)
        Sum of ``w x`` of each class.
    second : float64 array (d, d)
        Sum of ``w x x'`` of all.
    """

    items: NDArray[np.float64]
    weight: NDArray[np.float64]
    first: NDArray[np.float64]
    second: NDArray[np.float64]


def fold_sums(
    vectors: NDArray[np.floating],
    labels: IntArray,
    n_classes: int,
    weights: WeightArray,
    folds: Folds,
    n_folds: int,
) -> Sums:
    """Return the sums of every fold."""
    from scipy.sparse import csr_array

    n, d = vectors.shape
    cells = folds * n_classes + labels
    n_cells = n_folds * n_classes
    items = np.bincount(cells, minlength=n_cells).astype(np.float64)
    weight = np.bincount(cells, weights, minlength=n_cells).astype(np.float64)
    first = np.zeros((n_cells, d))
    second = np.zeros((n_folds, d, d))
    for rows in slices(n, block_size(d)):
        X = as_float32(vectors, rows)
        w = weights[rows].astype(np.float32)
        block = csr_array((w, (cells[rows], np.arange(len(X)))), shape=(n_cells, len(X)))
        first += block @ X
        weighted = X * np.sqrt(w)[:, None]
        for fold in np.unique(folds[rows]):
            part = weighted[folds[rows] == fold]
            second[fold] += part.T @ part
    shape = (n_folds, n_classes)
    return Sums(items.reshape(shape), weight.reshape(shape), first.reshape(*shape, d), second)


METHOD = Method(
    "discriminant",
    "Discriminant",
    "Linear discriminant analysis with a shrunk covariance; fast, and good with small classes.",
    order=40,
    rank=ranked_by_detector(Discriminant()),
)
MEMBER = Member(
    "discriminant",
    "class centers",
    "Which class center is nearest, all classes having one common spread",
    order=20,
)
