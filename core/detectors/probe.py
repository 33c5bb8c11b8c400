"""A logistic probe on the embeddings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.arrays.parallel import in_parallel
from core.detectors.entries import Member, Method, ranked_by_detector
from core.detectors.estimator import Features, FloatArray, IntArray, WeightArray, as_float32
from core.detectors.folds import stratified_folds
from core.detectors.linear import FoldedLinear


class Probe:
    """Multinomial logistic regression, out of fold.

    The probability that it gives to an item's own label is the
    "self-confidence" of confident learning [1]_.

    Parameters
    ----------
    C : float
        Inverse strength of the L2 penalty, as in scikit-learn, for vectors
        whose squares average 1.
    n_folds : int
    random_state : int
        Seed of the folds.

    References
    ----------
    .. [1] C. Northcutt, L. Jiang, I. Chuang, "Confident learning: estimating
       uncertainty in dataset labels", J. Artificial Intelligence Research 70, 2021.
    """

    def __init__(self, C: float = 0.01, n_folds: int = 5, random_state: int = 0) -> None:
        self.C = C
        self.n_folds = n_folds
        self.random_state = random_state

    def fit(
        self, features: Features, labels: IntArray, n_classes: int, weights: WeightArray
    ) -> FoldedLinear:
        """Fit on every fold's complement; see ``Detector``."""
        n, d = features.vectors.shape
        # Unit rows of d entries have a mean square of 1 / d.
        scale = np.float32(np.sqrt(d))
        X = as_float32(features.vectors, slice(0, n)) * scale
        folds = stratified_folds(labels, self.n_folds, self.random_state, features.groups)
        coefficients = np.zeros((self.n_folds, n_classes, d), np.float32)
        intercepts = np.full((self.n_folds, n_classes), np.nan, np.float32)

        def fit_fold(fold: int) -> None:
            train = _trainable((folds != fold) & (weights > 0), labels, n_classes)
            present = np.unique(labels[train])
            if len(present) == 1:  # a single class needs no coefficients
                intercepts[fold, present] = 0
            elif len(present):
                fitted = self._fit_fold(X[train], labels[train], weights[train], len(present))
                coefficients[fold, present] = fitted[0] * scale
                intercepts[fold, present] = fitted[1]

        in_parallel(fit_fold, range(self.n_folds))
        return FoldedLinear(features.vectors, folds, coefficients, intercepts)

    def _fit_fold(
        self, X: FloatArray, labels: IntArray, weights: WeightArray, n_present: int
    ) -> tuple[WeightArray, WeightArray]:
        """Return coefficients and intercepts of the classes among `labels`, in their order."""
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(C=self.C, tol=1e-3, max_iter=200)
        model.fit(X, labels, sample_weight=weights)
        if n_present > 2:
            return model.coef_, model.intercept_
        # Of two classes scikit-learn keeps the difference.
        return (
            np.vstack([np.zeros_like(model.coef_), model.coef_]),
            np.concatenate([[0.0], model.intercept_]),
        )


def _trainable(train: NDArray[np.bool_], labels: IntArray, n_classes: int) -> NDArray[np.bool_]:
    """Leave out classes of a single item where there are fewer than two items for each class.

    So few items do not show what the members of a class have in common, and
    scikit-learn warns that such labels look like the targets of a regression.
    """
    sizes = np.bincount(labels[train], minlength=n_classes)
    if 2 * np.count_nonzero(sizes) <= sizes.sum():
        return train
    return train & (sizes[labels] > 1)


METHOD = Method(
    "probe",
    "Logistic probe",
    "Out-of-fold logistic regression, the self-confidence score that cleanlab uses.",
    order=30,
    rank=ranked_by_detector(Probe()),
)
MEMBER = Member(
    "probe", "a linear model", "A linear classifier trained without this label", order=30
)
