"""The summary of evidence: a few numbers for every item."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import block_size, slices
from core.arrays.parallel import in_parallel
from core.detectors.estimator import Evidence, FloatArray, IntArray, PooledEvidence
from core.detectors.probability_calibration import Calibration, odds_against
from core.detectors.suspicion_scale import SuspicionScale

MOST_CLASSES = 8
_LEAST = 1e-30


class MemberPredictions(NamedTuple):
    """The predictions of each member of a pool; rows are items, columns are members.

    Attributes
    ----------
    names : tuple of str (v,)
    classes : int32 array (n, v)
        The most probable class; -1 where the member is missing.
    probabilities : float16 array (n, v)
        Of that class; NaN where there is none.
    given : float16 array (n, v)
        Of the given label; NaN likewise.
    """

    names: tuple[str, ...]
    classes: NDArray[np.int32]
    probabilities: NDArray[np.float16]
    given: NDArray[np.float16]

    @classmethod
    def empty(cls, n: int, names: tuple[str, ...] = ()) -> MemberPredictions:
        """Return arrays to be filled for `n` items and the members `names`."""
        shape = (n, len(names))
        none = np.full(shape, np.nan, np.float16)
        return cls(names, np.full(shape, -1, np.int32), none, none.copy())

    def record(self, rows: slice, own: IntArray, member: int, shown: FloatArray) -> None:
        """Store one member's probabilities for `rows`, whose labels are `own`."""
        at, best = np.arange(len(own)), shown.argmax(axis=1)
        most = shown[at, best]
        self.classes[rows, member] = np.where(np.isnan(most), -1, best)
        self.probabilities[rows, member] = most
        self.given[rows, member] = shown[at, own]


class EvidenceSummary(NamedTuple):
    """Suspicion, suggestion and the largest probabilities of every item; rows are items.

    Attributes
    ----------
    log_odds : float64 array (n,)
        That the label is wrong, of the evidence as it is: what orders the items.
    suspicion : float64 array (n,)
        The calibrated probability that the given label is wrong; in the same order.
    is_suspect : bool array (n,)
        Whether the evidence of the picture alone finds another class more probable than
        the given one. Less than half of these labels may be wrong: the given label
        is evidence, too, and where few are wrong it outweighs a slight lead.
    suggested : int64 array (n,)
        The most probable class other than the given one; the given one where
        there is no other.
    p_suggested : float32 array (n,)
    top_classes : int32 array (n, m)
        The m most probable classes, most probable first, m at most 8.
    top_probabilities : float32 array (n, m)
    members : MemberPredictions
        Without names where the evidence is not pooled.
    scale : SuspicionScale
        From `log_odds` to `suspicion`.
    """

    log_odds: NDArray[np.float64]
    suspicion: NDArray[np.float64]
    is_suspect: NDArray[np.bool_]
    suggested: NDArray[np.int64]
    p_suggested: FloatArray
    top_classes: NDArray[np.int32]
    top_probabilities: FloatArray
    members: MemberPredictions
    scale: SuspicionScale

    @property
    def p_given(self) -> NDArray[np.float64]:
        """Probability of the given label, float64 (n,)."""
        return 1 - self.suspicion

    @property
    def ambiguity(self) -> FloatArray:
        """How close the two most probable classes are, float32 (n,), 0..1.

        ``4 p_1 p_2``: 1 where both have one half, near 0 where one class
        dominates or many are about as probable.
        """
        p = self.top_probabilities
        if p.shape[1] < 2:
            return np.zeros(len(p), np.float32)
        shared: FloatArray = 4 * p[:, 0] * p[:, 1]
        return shared


def summarize(
    evidence: Evidence,
    labels: IntArray,
    n_classes: int,
    calibration: Calibration | None = None,
) -> EvidenceSummary:
    """Summarize `evidence`, whose log-probabilities are normalized, in one pass.

    Parameters
    ----------
    evidence : Evidence
    labels : int array (n,)
    n_classes : int
    calibration : Calibration, optional
        Of all probabilities; without it they are those of the evidence. It
        leaves the order as it is, and may suggest another class: one that is often
        given the label of the item.

    Returns
    -------
    EvidenceSummary
    """
    n, m = len(labels), min(n_classes, MOST_CLASSES)
    calibration = calibration or Calibration()
    pooled = evidence if isinstance(evidence, PooledEvidence) else None
    members = MemberPredictions.empty(n, pooled.names if pooled else ())
    found = EvidenceSummary(
        np.empty(n),
        np.empty(n),
        np.zeros(n, np.bool_),
        np.empty(n, np.int64),
        np.empty(n, np.float32),
        np.empty((n, m), np.int32),
        np.empty((n, m), np.float32),
        members,
        calibration.scale,
    )

    def record(rows: slice, own: IntArray, member: int, logs: FloatArray) -> None:
        members.record(rows, own, member, calibration.of_member(member, logs, own))

    def fill(rows: slice) -> None:
        own = labels[rows]
        if pooled is None:
            logs = evidence.log_proba(rows)
        else:
            logs = pooled.log_proba(rows, partial(record, rows, own))
        at = np.arange(len(own))
        found.log_odds[rows] = odds_against(logs, own)
        if n_classes > 1:
            found.is_suspect[rows] = _leads(logs, own) > 0
        suspicion = calibration.scale.suspicion(found.log_odds[rows])
        if n_classes == 1:
            suspicion[:] = 0
        found.suspicion[rows] = suspicion
        P = calibration.of_classes(logs, own, suspicion)
        top = _largest(P, m)
        found.top_classes[rows] = top
        found.top_probabilities[rows] = np.take_along_axis(P, top, axis=1)
        if n_classes > 1:
            P[at, own] = -1
        found.p_suggested[rows] = P.max(axis=1)
        found.suggested[rows] = P.argmax(axis=1)

    in_parallel(fill, slices(n, block_size(n_classes)))
    return found


def _leads(logs: FloatArray, labels: IntArray) -> FloatArray:
    """Return by how much the best other class exceeds the given one, float32 (m,)."""
    at = np.arange(len(labels)), labels
    others = logs.copy()
    others[at] = -np.inf
    leads: FloatArray = others.max(axis=1) - logs[at]
    return leads


def _largest(values: FloatArray, m: int) -> NDArray[np.intp]:
    """Return the columns of the `m` largest entries of every row, largest first."""
    if m < values.shape[1]:
        columns = np.argpartition(-values, m - 1, axis=1)[:, :m]
    else:
        columns = np.broadcast_to(np.arange(m), values.shape)
    order = np.argsort(-np.take_along_axis(values, columns, axis=1), axis=1, kind="stable")
    return np.take_along_axis(columns, order, axis=1)


def recalibrated(
    summary: EvidenceSummary, labels: IntArray, scale: SuspicionScale
) -> EvidenceSummary:
    """Return `summary` on another scale; other classes keep their shares of the rest.

    Parameters
    ----------
    summary : EvidenceSummary
    labels : int array (n,)
        Given labels.
    scale : SuspicionScale
        Such as `SuspicionScale.corrected_by` returns.
    """
    suspicion = scale.suspicion(summary.log_odds)
    change = (suspicion / np.maximum(summary.suspicion, _LEAST)).astype(np.float32)
    given = summary.top_classes == labels[:, None]
    top = np.where(given, (1 - suspicion)[:, None], summary.top_probabilities * change[:, None])
    order = np.argsort(-top, axis=1, kind="stable")
    return summary._replace(
        suspicion=suspicion,
        p_suggested=summary.p_suggested * change,
        top_classes=np.take_along_axis(summary.top_classes, order, axis=1),
        top_probabilities=np.take_along_axis(top, order, axis=1).astype(np.float32),
        scale=scale,
    )
