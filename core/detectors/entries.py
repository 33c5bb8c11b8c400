"""What a detector registers: a method of ranking labels, and its texts as a pool member."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from core.detectors.calibration import CalibratedEvidence
from core.detectors.class_balance import ClassBalance, JudgedWithinClasses
from core.detectors.estimator import (
    Detector,
    Evidence,
    Features,
    IntArray,
    PooledEvidence,
    Progress,
    WeightArray,
)
from core.detectors.evidence_summary import EvidenceSummary, summarize
from core.detectors.fine_tuned_member import FineTunedTrial, with_fine_tuned
from core.detectors.predictions_member import PredictionTrial, with_predictions
from core.detectors.probability_calibration import fit_calibration


class Ranking(NamedTuple):
    """The result of a method.

    Attributes
    ----------
    suspicion : float64 array (n,)
        Larger is more suspect; the calibrated probability that the label is
        wrong where the method gives probabilities.
    suggested : int64 array (n,) or None
        The most probable class other than the given one; None where a method
        suggests no class.
    summary : EvidenceSummary or None
        The summary of the probabilities, where the method gives them.
    weights : float64 array (n,) or None
        The weight of each label in the last pass.
    balance : ClassBalance or None
        What is known of the classes, where labels are judged within them.
    predictions : PredictionTrial or None
        Whether given predictions vote in a pool; None where there are none.
    fine_tuned : FineTunedTrial or None
        Whether a fine-tuned network votes in a pool; None where there is none.
    """

    suspicion: NDArray[np.float64]
    suggested: NDArray[np.int64] | None
    summary: EvidenceSummary | None = None
    weights: WeightArray | None = None
    balance: ClassBalance | None = None
    predictions: PredictionTrial | None = None
    fine_tuned: FineTunedTrial | None = None


class Rank(Protocol):
    """The function of a method."""

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
            The labels to rank, where a review has corrected some of `labels`.
        """
        ...


class Method(NamedTuple):
    """A method of ranking labels.

    Attributes
    ----------
    name : str
        As the command line and the settings have it.
    title : str
        As the pages show it.
    about : str
        One plain sentence.
    order : int
        Methods are listed by it, then by name; the first is the default.
    rank : callable
        See `Rank`; comparators take its first four parameters only.
    selectable : bool
        False for comparators, which never rank an audit.
    takes_predictions : bool
        Whether given predictions are its evidence, or may vote in it.
    """

    name: str
    title: str
    about: str
    order: int
    rank: Callable[..., Ranking]
    selectable: bool = True
    takes_predictions: bool = False


class Member(NamedTuple):
    """What a page shows for one member of a pool.

    Attributes
    ----------
    name : str
        As in a pool.
    title : str
        A few words, such as ``class centers``.
    about : str
        What it computes, for those who do not know the method; no full stop.
    order : int
        Members are listed by it, then by name.
    """

    name: str
    title: str
    about: str
    order: int


Fit = Callable[
    [Features, IntArray, int, WeightArray, Progress | None], tuple[Evidence, WeightArray]
]
"""Returns normalized evidence, and the weight of each label in the last pass."""


def ranked_by(fit: Fit) -> Rank:
    """Return the ranking by the evidence that `fit` returns."""

    def rank(
        features: Features,
        labels: IntArray,
        n_classes: int,
        progress: Progress | None = None,
        weights: WeightArray | None = None,
        given: IntArray | None = None,
    ) -> Ranking:
        initial = np.ones(len(labels)) if weights is None else weights
        evidence, final = fit(features, labels, n_classes, initial, progress)
        ranked = labels if given is None else given
        pool, trials = _with_more_members(evidence, features, ranked, n_classes)
        return _ranking(pool, ranked, n_classes, final)._replace(**trials)

    return rank


def _with_more_members(
    evidence: Evidence, features: Features, labels: IntArray, n_classes: int
) -> tuple[Evidence, dict[str, Any]]:
    """Let a fine-tuned network and given predictions join a pool where they help.

    Returns
    -------
    evidence : Evidence
    trials : dict
        What was found of them, by the names of `Ranking`.
    """
    pool = evidence.evidence if isinstance(evidence, JudgedWithinClasses) else evidence
    if not isinstance(pool, PooledEvidence):
        return evidence, {}
    pool, tuned = with_fine_tuned(pool, features, labels, n_classes)
    pool, predictions = with_predictions(pool, features, labels, n_classes)
    if isinstance(evidence, JudgedWithinClasses):
        evidence = JudgedWithinClasses(pool, evidence.labels, evidence.balance)
    else:
        evidence = pool
    return evidence, {"fine_tuned": tuned, "predictions": predictions}


def ranked_by_detector(detector: Detector) -> Rank:
    """Return the ranking by one detector's calibrated probability of the given label."""

    def fit(
        features: Features, labels: IntArray, n_classes: int, weights: WeightArray, _: object
    ) -> tuple[Evidence, WeightArray]:
        fitted = detector.fit(features, labels, n_classes, weights)
        return CalibratedEvidence(fitted, labels), weights

    return ranked_by(fit)


def _ranking(evidence: Evidence, labels: IntArray, n_classes: int, weights: WeightArray) -> Ranking:
    calibration = fit_calibration(evidence, labels, n_classes)
    summary = summarize(evidence, labels, n_classes, calibration)
    balance = evidence.balance if isinstance(evidence, JudgedWithinClasses) else None
    return Ranking(summary.suspicion, summary.suggested, summary, weights, balance)
