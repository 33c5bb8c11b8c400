"""Linear evidence with one set of coefficients for each fold of held-out items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.detectors.estimator import FloatArray, IntArray, Rows, as_float32


@dataclass(frozen=True)
class FoldedLinear:
    """Out-of-fold linear scores: each item by the coefficients fitted without its fold.

    Attributes
    ----------
    vectors : float array (n, d)
    folds : int array (n,)
        0 to F - 1.
    coefficients : float32 array (F, K, d)
    intercepts : float32 array (F, K)
        NaN for a class without an item outside the fold.
    """

    vectors: NDArray[np.floating]
    folds: IntArray
    coefficients: FloatArray
    intercepts: FloatArray

    def log_proba(self, rows: Rows) -> FloatArray:
        """Return log-probabilities up to a constant of the row; see ``Evidence``."""
        X, folds = as_float32(self.vectors, rows), self.folds[rows]
        logits = np.empty((len(X), self.intercepts.shape[1]), np.float32)
        for fold in np.unique(folds):
            own = folds == fold
            logits[own] = X[own] @ self.coefficients[fold].T + self.intercepts[fold]
        return logits
