"""The ways of ranking labels that can be chosen, each under a name."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.detectors.base import Detector, Features, IntArray
from core.detectors.discriminant import Discriminant
from core.detectors.neighbors import SoftKNN
from core.detectors.pool import LogPool, Progress, suggested_labels
from core.detectors.probe import Probe


class Ranking(NamedTuple):
    """What a method says of every label.

    Attributes
    ----------
    suspicion : float64 array (n,)
        Larger is more suspect.
    suggested : int64 array (n,) or None
        The most probable class other than the given one; None where a method
        has no opinion.
    """

    suspicion: NDArray[np.float64]
    suggested: NDArray[np.int64] | None


Rank = Callable[[Features, IntArray, int, Progress | None], Ranking]


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
        Takes features, labels, number of classes and progress or None.
    """

    name: str
    title: str
    about: str
    selectable: bool
    rank: Rank


def _pool(
    features: Features, labels: IntArray, n_classes: int, progress: Progress | None
) -> Ranking:
    pool = LogPool().fit(features, labels, n_classes, progress)
    return Ranking(pool.suspicion_, pool.suggested_)


def _alone(detector: Detector) -> Rank:
    """Return a ranking by one detector's probability of the given label."""

    def rank(features: Features, labels: IntArray, n_classes: int, _: Progress | None) -> Ranking:
        n = len(labels)
        P = detector.predict_proba_oos(features, labels, n_classes, np.ones(n))
        own = P[np.arange(n), labels].astype(np.float64)
        return Ranking(1 - own, suggested_labels(P, labels))

    return rank


METHODS = {
    method.name: method
    for method in (
        Method(
            "pool",
            "Two-pass pool",
            "Three detectors together, which learn in a second look whom to believe.",
            True,
            _pool,
        ),
        Method(
            "neighbours",
            "Neighbours",
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
    )
}
"""By name; the first is the default."""
