"""The ways of ranking labels that can be chosen, each under a name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from core.detectors.calibration import Calibrated, noisy_temperature, sampled_rows
from core.detectors.discriminant import Discriminant
from core.detectors.estimator import (
    Detector,
    Evidence,
    Features,
    IntArray,
    Progress,
    WeightArray,
)
from core.detectors.given_predictions import Predictions
from core.detectors.opinions import Opinions, summarize
from core.detectors.pool import LogPool
from core.detectors.probe import Probe
from core.detectors.ridge import Ridge
from core.detectors.soft_neighbors import SoftKNN


class Ranking(NamedTuple):
    """What a method says of every label.

    Attributes
    ----------
    suspicion : float64 array (n,)
        Larger is more suspect; in 0..1 where the method gives probabilities.
    suggested : int64 array (n,) or None
        The most probable class other than the given one; None where a method
        has no opinion.
    opinions : Opinions or None
        More of what follows from probabilities, where the method gives them.
    weights : float64 array (n,) or None
        How far each label was believed in the end.
    """

    suspicion: NDArray[np.float64]
    suggested: NDArray[np.int64] | None
    opinions: Opinions | None = None
    weights: WeightArray | None = None


class Rank(Protocol):
    """How a method ranks."""

    def __call__(
        self,
        features: Features,
        labels: IntArray,
        n_classes: int,
        progress: Progress | None = None,
        weights: WeightArray | None = None,
        given: IntArray | None = None,
    ) -> Ranking:
        """Rank labels.

        Parameters
        ----------
        features, labels, n_classes, progress, weights
            See `LogPool.fit`.
        given : int array (n,), optional
            The labels to rank, where a review has put others in `labels`.
        """
        ...


class Method(NamedTuple):
    """A way of ranking labels.

    Attributes
    ----------
    name, title : str
        For the machine and for people.
    about : str
        One plain sentence.
    selectable : bool
        False for those that are only compared with.
    rank : callable
        See `Rank`; those that are only compared with take its first four.
    """

    name: str
    title: str
    about: str
    selectable: bool
    rank: Callable[..., Ranking]


def _ranking(evidence: Evidence, labels: IntArray, n_classes: int, weights: WeightArray) -> Ranking:
    rows = sampled_rows(len(labels), n_classes)
    temperature, _ = noisy_temperature(evidence.log_proba(rows), labels[rows])
    opinions = summarize(evidence, labels, n_classes, temperature)
    return Ranking(opinions.suspicion, opinions.suggested, opinions, weights)


Fit = Callable[
    [Features, IntArray, int, WeightArray, Progress | None], tuple[Evidence, WeightArray]
]
"""Returns normalized evidence, and how far each label was believed in the end."""


def _by(fit: Fit) -> Rank:
    """Return the ranking by what `fit` learns."""

    def rank(
        features: Features,
        labels: IntArray,
        n_classes: int,
        progress: Progress | None = None,
        weights: WeightArray | None = None,
        given: IntArray | None = None,
    ) -> Ranking:
        counted = np.ones(len(labels)) if weights is None else weights
        evidence, believed = fit(features, labels, n_classes, counted, progress)
        return _ranking(evidence, labels if given is None else given, n_classes, believed)

    return rank


def _pool(**settings: Any) -> Rank:
    def fit(
        features: Features,
        labels: IntArray,
        n_classes: int,
        weights: WeightArray,
        progress: Progress | None,
    ) -> tuple[Evidence, WeightArray]:
        pool = LogPool(**settings).fit(features, labels, n_classes, weights, progress)
        return pool.evidence_, pool.weights_

    return _by(fit)


def _alone(detector: Detector) -> Rank:
    """Return a ranking by one detector's calibrated probability of the given label."""

    def fit(
        features: Features, labels: IntArray, n_classes: int, weights: WeightArray, _: object
    ) -> tuple[Evidence, WeightArray]:
        learned = detector.fit(features, labels, n_classes, weights)
        return Calibrated(learned, labels), weights

    return _by(fit)


METHODS = {
    method.name: method
    for method in (
        Method(
            "pool",
            "Everything pooled",
            "Three detectors and what the rest of the data says of each region, in two looks.",
            True,
            _pool(),
        ),
        Method(
            "two-pass",
            "Two-pass pool",
            "Three detectors together, which learn in a second look whom to believe.",
            True,
            _pool(regions=None),
        ),
        Method(
            "neighbors",
            "Neighbors",
            "The vote of the most similar images, nearer ones counting more.",
            True,
            _alone(SoftKNN()),
        ),
        Method(
            "probe",
            "Logistic probe",
            "A linear classifier that never saw the label; the score that cleanlab uses.",
            True,
            _alone(Probe()),
        ),
        Method(
            "discriminant",
            "Discriminant",
            "Each class as one cloud of a common shape; quick, and good with small classes.",
            True,
            _alone(Discriminant()),
        ),
        Method(
            "ridge",
            "Ridge",
            "A linear classifier in closed form; the quickest, for very many images.",
            True,
            _alone(Ridge()),
        ),
        Method(
            "predictions",
            "Your classifier",
            "The predictions that came with the data, taken as they are.",
            True,
            _alone(Predictions()),
        ),
    )
}
"""By name; the first is the default."""
