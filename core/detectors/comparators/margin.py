"""Normalized margin: the given class against the best other one."""

from __future__ import annotations

import numpy as np

from core.detectors.calibration import CalibratedEvidence, softmax
from core.detectors.entries import Method, Ranking
from core.detectors.estimator import Features, IntArray, WeightArray
from core.detectors.probe import Probe
from core.detectors.votes import best_other


def rank(features: Features, labels: IntArray, n_classes: int, progress: object = None) -> Ranking:
    """Rank by ``(1 + max_{c != y} p_c - p_y) / 2`` of the logistic probe [1]_.

    cleanlab's ``normalized_margin``, with its sign changed so that larger is more suspect.

    References
    ----------
    .. [1] C. Northcutt, L. Jiang, I. Chuang, "Confident learning: estimating
       uncertainty in dataset labels", J. Artificial Intelligence Research 70, 2021.
    """
    rows = np.arange(len(labels))
    P = _probabilities(features, labels, n_classes)
    suggested = best_other(P, labels)
    other = np.where(suggested == labels, 0.0, P[rows, suggested])
    return Ranking((1 + other - P[rows, labels]) / 2, suggested)


def _probabilities(features: Features, labels: IntArray, n_classes: int) -> WeightArray:
    n = len(labels)
    evidence = CalibratedEvidence(Probe().fit(features, labels, n_classes, np.ones(n)), labels)
    return softmax(evidence.log_proba(slice(0, n)))


MARGIN = Method(
    "margin",
    "Normalized margin",
    "The probe's probability of the best other class minus that of the given one (cleanlab, 2021).",
    order=40,
    rank=rank,
    selectable=False,
)
