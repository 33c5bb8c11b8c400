"""A logistic probe on the embeddings."""

from __future__ import annotations

import numpy as np

from core.detectors.base import Features, FloatArray, IntArray, WeightArray
from core.detectors.calibration import calibrated
from core.detectors.folds import Rows, out_of_fold, stratified_folds
from core.neighbors import duplicate_groups


class Probe:
    """Multinomial logistic regression, out of fold, calibrated.

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

    def predict_proba_oos(
        self, features: Features, labels: IntArray, n_classes: int, weights: WeightArray
    ) -> FloatArray:
        """Return each row's probabilities from the folds it is not in; see ``Detector``."""
        from sklearn.linear_model import LogisticRegression

        # Unit rows of d entries have a mean square of 1 / d.
        vectors = features.vectors * np.float32(np.sqrt(features.vectors.shape[1]))

        def classify(train: Rows, test: Rows) -> WeightArray:
            model = LogisticRegression(C=self.C, tol=1e-3, max_iter=200)
            model.fit(vectors[train], labels[train], sample_weight=weights[train])
            probabilities = model.predict_proba(vectors[test]).astype(np.float64)
            logs: WeightArray = np.log(np.maximum(probabilities, np.finfo(np.float32).tiny))
            return logs

        groups = duplicate_groups(features.graph)
        folds = stratified_folds(labels, self.n_folds, self.random_state, groups)
        return calibrated(out_of_fold(folds, labels, n_classes, classify), labels)
