"""The user's own classifier as a member of a pool: whether it may vote, and how much."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.detectors.calibration import CalibratedEvidence, sampled_rows
from core.detectors.estimator import (
    Features,
    FloatArray,
    IntArray,
    PooledEvidence,
    WeightArray,
)
from core.detectors.joined_pool import GivenEvidence, JoinedPool, joined
from core.detectors.probability_calibration import fit_calibration, odds_against

PREDICTIONS = "predictions"
"""Name of given predictions as a method and as a member."""
SHARE = 0.5
"""What its vote counts, where each other member's counts one."""
LEAST_GAIN = 1e-4
"""Mean log-likelihood of the given labels that a vote must gain."""
MOST_LOSS = 0.005
"""Average precision on planted errors that it may cost."""
MOST_MEMORIZED = 0.4
"""Share of the suspect labels that predictions may have learned by heart."""
FEWEST_SUSPECTS = 20.0

_PLANTED = 0.05
_SUSPECT = 0.5

IN_SAMPLE, UNTESTED, NO_GAIN, MEMBER_NOW = "in-sample", "untested", "no gain", "member"


class PredictionTrial(NamedTuple):
    """What was found of given predictions.

    Attributes
    ----------
    outcome : str
        ``member``; ``no gain``; ``in-sample``, where they repeat the given
        labels, wrong ones included; or ``untested``, where too few labels are
        suspect to tell.
    memorized : float
        How far they repeat suspect labels: 0 as often as these are expected to
        be right, 1 always.
    gain : float
        Of the mean log-likelihood of the given labels, by the vote; NaN where not tried.
    before, after : float
        Average precision on planted errors without and with the vote; NaN likewise.
    """

    outcome: str
    memorized: float = float("nan")
    gain: float = float("nan")
    before: float = float("nan")
    after: float = float("nan")

    def message(self) -> str:
        """Return one sentence for the user."""
        return {
            IN_SAMPLE: (
                f"Your predictions repeat {self.memorized:.0%} of the labels that look wrong, as"
                " those of a model do that was trained on these very labels, so they do not"
                " vote: give predictions by cross-validation instead."
            ),
            UNTESTED: (
                "Too few labels look wrong to tell whether your predictions were made by a model"
                " that was trained on these labels, so they do not vote."
            ),
            NO_GAIN: (
                "Your predictions do not vote: with them, the detectors would tell right labels"
                " from wrong no better."
            ),
            MEMBER_NOW: (
                "Your predictions vote beside the detectors, with half the weight of one, since"
                " together they tell right labels from wrong better."
            ),
        }[self.outcome]


def with_predictions(
    pool: PooledEvidence, features: Features, labels: IntArray, n_classes: int
) -> tuple[PooledEvidence, PredictionTrial | None]:
    """Let given predictions vote in `pool` where that helps, and tell what was found.

    They are never trusted blindly. First, labels that the pool finds wrong are looked
    up: predictions that repeat these as well were made by a model that has
    seen them, and would confirm every error. Then the given labels, of which
    `NoiseModel` expects some to be wrong, must become likelier by the vote, and errors
    planted in a copy of them, as in a bake-off, must be ranked no worse: half
    of them at random, and half to a class that the pool confuses with the own.
    Planted errors alone would take in predictions that are no better than the
    pool's members. The pool is not fitted again for that: its evidence on an item
    does not use the item's own label.

    Parameters
    ----------
    pool : PooledEvidence
        Fitted without the predictions.
    features : Features
    labels : int array (n,)
        Given labels.
    n_classes : int

    Returns
    -------
    evidence : PooledEvidence
        `pool` itself where they do not vote.
    trial : PredictionTrial or None
        None where there are no predictions.
    """
    if features.predictions is None or n_classes == 1:
        return pool, None
    known = np.asarray(features.predictions.sum(axis=1) > 0)
    rows = np.flatnonzero(known)
    rows = rows[sampled_rows(len(rows), n_classes)] if len(rows) else rows
    if not len(rows):
        return pool, PredictionTrial(UNTESTED)
    given = GivenEvidence(features.predictions)
    logs, own = pool.log_proba(rows), labels[rows]
    calibration = fit_calibration(pool, labels, n_classes)
    suspicion = calibration.scale.suspicion(odds_against(logs, own))
    suspect = suspicion >= _SUSPECT
    if calibration.noise is None or suspicion[suspect].sum() < FEWEST_SUSPECTS:
        return pool, PredictionTrial(UNTESTED)
    agreed = given.log_proba(rows).argmax(axis=1) == own
    memorized = memorization(agreed[suspect], suspicion[suspect])
    if memorized > MOST_MEMORIZED:
        return pool, PredictionTrial(IN_SAMPLE, memorized)
    predictions = CalibratedEvidence(given, labels)
    both = joined(logs, predictions.log_proba(rows), SHARE)
    likelihoods = [calibration.noise.log_likelihood(one, own) for one in (logs, both)]
    gain = likelihoods[1] - likelihoods[0]
    before, after = _planted(logs, both, own)
    helps = gain >= LEAST_GAIN and after >= before - MOST_LOSS
    trial = PredictionTrial(MEMBER_NOW if helps else NO_GAIN, memorized, gain, before, after)
    if not helps:
        return pool, trial
    return JoinedPool(pool, PREDICTIONS, predictions, known, SHARE), trial


def memorization(agreed: NDArray[np.bool_], suspicion: WeightArray) -> float:
    """Return how far predictions repeat labels that are probably wrong.

    0 where they agree with as many as are expected to be right, 1 where they
    agree with all.

    Parameters
    ----------
    agreed : bool array (m,)
        Whether the predicted class is the given label, of suspect labels.
    suspicion : float64 array (m,)
        Their probability to be wrong.
    """
    expected = 1 - suspicion.mean()
    return float(np.clip((agreed.mean() - expected) / max(1 - expected, 1e-9), 0, 1))


def _planted(logs: FloatArray, both: FloatArray, labels: IntArray) -> tuple[float, float]:
    """Return average precision on planted errors without and with the vote."""
    from sklearn.metrics import average_precision_score

    planted, noisy = _with_errors(logs, labels)
    before, after = (
        float(average_precision_score(planted, odds_against(one, noisy))) for one in (logs, both)
    )
    return before, after


def _with_errors(logs: FloatArray, labels: IntArray) -> tuple[NDArray[np.bool_], IntArray]:
    """Plant errors; return where they are, and the labels with them."""
    n, K = logs.shape
    rng = np.random.default_rng(0)
    chosen = rng.permutation(n)[: max(1, round(_PLANTED * n))]
    uniform, confused = np.array_split(chosen, 2)
    noisy = labels.copy()
    noisy[uniform] = (labels[uniform] + rng.integers(1, K, len(uniform))) % K
    P = np.exp(logs[confused])
    P[np.arange(len(confused)), labels[confused]] = 0
    sums = P.cumsum(axis=1)
    noisy[confused] = (sums > rng.random((len(confused), 1)) * sums[:, -1:]).argmax(axis=1)
    return noisy != labels, noisy
