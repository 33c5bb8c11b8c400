"""The probabilities that are shown beside labels: of a pool and of each of its members."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from core.detectors.calibration import sampled_rows
from core.detectors.class_balance import JudgedWithinClasses
from core.detectors.estimator import (
    Evidence,
    FloatArray,
    IntArray,
    PooledEvidence,
    WeightArray,
)
from core.detectors.suspicion_scale import SuspicionScale, fitted_scale
from core.detectors.transition import NoiseModel, fit_noise

_MOST_LOG_ODDS = 100.0
_TINY = np.float32(1e-30)


@dataclass(frozen=True)
class Calibration:
    """Calibrates the evidence of pictures to probabilities of true classes.

    These count the given label as evidence, too: where one label in ten is
    wrong, a picture that looks like a dog and is labeled cat is a cat more
    often than one without a label. Pool and members share one model of the
    labels' noise, so that their percentages can be compared.

    Attributes
    ----------
    scale : SuspicionScale
        Of the probability that a label is wrong; with it alone, evidence stays as it is.
    noise : NoiseModel or None
    members : tuple of NoiseModel
        The same for each member, at its own temperature.
    """

    scale: SuspicionScale = field(default_factory=SuspicionScale)
    noise: NoiseModel | None = None
    members: tuple[NoiseModel, ...] = ()

    def of_classes(self, logs: FloatArray, labels: IntArray, suspicion: WeightArray) -> FloatArray:
        """Return the probability of each true class, float32 (m, K).

        That of the given label is one minus `suspicion`; the others share the
        rest as the model of the noise has it.

        Parameters
        ----------
        logs : float32 array (m, K)
            Normalized log-probabilities of the evidence.
        labels : int array (m,)
        suspicion : float64 array (m,)
        """
        at = np.arange(len(labels))
        P: FloatArray = np.exp(logs)
        if self.noise is not None:
            P = self.noise.posterior(logs, labels)
        P[at, labels] = 0
        P *= (suspicion / np.maximum(P.sum(axis=1), _TINY)).astype(np.float32)[:, None]
        P[at, labels] = 1 - suspicion
        return P

    def of_member(self, member: int, logs: FloatArray, labels: IntArray) -> FloatArray:
        """Return the probability of each true class by one member alone; NaN where it has none."""
        if not self.members:
            P: FloatArray = np.exp(logs)
            return P
        return self.members[member].posterior(logs, labels)


def odds_against(logs: FloatArray, labels: IntArray) -> WeightArray:
    """Return the log-odds that each label is wrong, float64 (m,), from -100 to 100.

    In log space, so that labels that are all but certain do not tie.
    """
    at = np.arange(len(labels))
    own = logs[at, labels].astype(np.float64)
    others = logs.copy()
    others[at, labels] = -np.inf
    top = others.max(axis=1)
    top = np.where(np.isfinite(top), top, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        rest = np.log(np.exp(others - top[:, None]).sum(axis=1, dtype=np.float64)) + top
        odds = rest - own
    found: WeightArray = np.nan_to_num(
        np.clip(odds, -_MOST_LOG_ODDS, _MOST_LOG_ODDS), nan=_MOST_LOG_ODDS
    )
    return found


def fit_calibration(evidence: Evidence, labels: IntArray, n_classes: int) -> Calibration:
    """Calibrate `evidence` on given labels, without any that are known to be true.

    The noise is fitted with the pool, as are the probabilities that labels are
    wrong; these are then smoothed along the order of the evidence, which they
    must not change. Classes that are judged within themselves take no part in
    either: their own images are missed one and all, which a model of the noise takes
    for errors.
    """
    rows = sampled_rows(len(labels), n_classes)
    if isinstance(evidence, JudgedWithinClasses):
        rows = rows[~evidence.is_set_apart()[rows]]
    if n_classes == 1 or not len(rows):
        return Calibration()
    own = labels[rows]
    ordering = evidence.log_proba(rows)
    if isinstance(evidence, JudgedWithinClasses):
        # By how much a class is raised moves its labels in the order; it is no evidence on them.
        evidence = evidence.evidence
    of_members: dict[int, FloatArray] = {}
    if isinstance(evidence, PooledEvidence):
        logs = evidence.log_proba(rows, of_members.__setitem__)
    else:
        logs = ordering
    noise = fit_noise(logs, own)
    members = tuple(
        noise.with_temperature_of(of_members[number], own) for number in sorted(of_members)
    )
    wrong = 1 - noise.posterior(logs, own)[np.arange(len(own)), own].astype(np.float64)
    return Calibration(fitted_scale(odds_against(ordering, own), wrong), noise, members)
