"""The user's own classifier as a detector."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.detectors.estimator import Features, FloatArray, IntArray, Rows, WeightArray


class Predictions:
    """Class probabilities that were given with the data.

    Whether they are out of sample is for who made them to know: a classifier
    that was trained on these labels has learned the wrong ones, too.
    """

    def fit(
        self, features: Features, labels: IntArray, n_classes: int, weights: WeightArray
    ) -> GivenEvidence:
        """Take the probabilities as they are; see ``Detector``.

        Raises
        ------
        ValueError
            When there are none.
        """
        if features.predictions is None:
            raise ValueError("This audit has no predictions; give them with --predictions.")
        return GivenEvidence(features.predictions)


@dataclass(frozen=True)
class GivenEvidence:
    """Probabilities as evidence."""

    probabilities: NDArray[np.floating]

    def log_proba(self, rows: Rows) -> FloatArray:
        """Return their logarithms, NaN in rows of zeros; see ``Evidence``."""
        given = np.asarray(self.probabilities[rows], dtype=np.float32)
        silent = given.sum(axis=1, keepdims=True) <= 0
        smallest = np.finfo(np.float16).tiny
        logs: FloatArray = np.where(silent, np.nan, np.log(np.maximum(given, smallest)))
        return logs
