"""The user's own classifier as a detector."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.detectors.entries import Member, Method, ranked_by_detector
from core.detectors.estimator import Features, FloatArray, IntArray, Rows, WeightArray


class Predictions:
    """Class probabilities that were given with the data.

    They should be out of sample: a classifier that was trained on these labels
    has fitted the wrong ones, too.
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
    """Given probabilities as evidence."""

    probabilities: NDArray[np.floating]

    def log_proba(self, rows: Rows) -> FloatArray:
        """Return their logarithms, NaN in rows of zeros; see ``Evidence``."""
        given = np.asarray(self.probabilities[rows], dtype=np.float32)
        missing = given.sum(axis=1, keepdims=True) <= 0
        smallest = np.finfo(np.float16).tiny
        logs: FloatArray = np.where(missing, np.nan, np.log(np.maximum(given, smallest)))
        return logs


METHOD = Method(
    "predictions",
    "Your classifier",
    "The class probabilities that were given with the data, as they are.",
    order=60,
    rank=ranked_by_detector(Predictions()),
)
MEMBER = Member(
    "predictions", "your model", "The predictions that were given with the data", order=60
)
