"""The user's own classifier as a detector."""

from __future__ import annotations

from core.detectors.entries import Member, Method, ranked_by_detector
from core.detectors.estimator import Features, IntArray, WeightArray
from core.detectors.joined_pool import GivenEvidence
from core.detectors.predictions_member import PREDICTIONS


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


METHOD = Method(
    PREDICTIONS,
    "Your classifier",
    "The class probabilities that were given with the data, as they are.",
    order=60,
    rank=ranked_by_detector(Predictions()),
    takes_predictions=True,
)
MEMBER = Member(
    PREDICTIONS, "your model", "The predictions that were given with the data", order=60
)
