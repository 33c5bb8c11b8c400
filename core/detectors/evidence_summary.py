"""The summary of evidence: a few numbers for every item."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import block_size, slices
from core.arrays.parallel import in_parallel
from core.detectors.calibration import log_softmax
from core.detectors.estimator import Evidence, FloatArray, IntArray, PooledEvidence

MOST_CLASSES = 8
_LEAST = 1e-13


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

    def record(self, rows: slice, own: IntArray, member: int, logs: FloatArray) -> None:
        """Store one member's log-probabilities for `rows`, whose labels are `own`."""
        at, best = np.arange(len(own)), logs.argmax(axis=1)
        most = logs[at, best]
        self.classes[rows, member] = np.where(np.isnan(most), -1, best)
        self.probabilities[rows, member] = np.exp(most)
        self.given[rows, member] = np.exp(logs[at, own])


class EvidenceSummary(NamedTuple):
    """Suspicion, suggestion and the largest probabilities of every item; rows are items.

    Attributes
    ----------
    suspicion : float64 array (n,)
        One minus the uncalibrated probability of the given label, 1e-13 at
        least: a higher floor ties hundreds of items at the top of the queue.
        For ranking; the probabilities below are calibrated.
    p_given : float64 array (n,)
        Probability of the given label.
    suggested : int64 array (n,)
        The most probable class other than the given one; the given one where
        there is no other.
    p_suggested : float32 array (n,)
    top_classes : int32 array (n, m)
        The m most probable classes, most probable first, m at most 8.
    top_probabilities : float32 array (n, m)
    members : MemberPredictions
        Without names where the evidence is not pooled.
    """

    suspicion: NDArray[np.float64]
    p_given: NDArray[np.float64]
    suggested: NDArray[np.int64]
    p_suggested: FloatArray
    top_classes: NDArray[np.int32]
    top_probabilities: FloatArray
    members: MemberPredictions

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
    evidence: Evidence, labels: IntArray, n_classes: int, temperature: float = 1.0
) -> EvidenceSummary:
    """Summarize `evidence`, whose log-probabilities are normalized, in one pass.

    Parameters
    ----------
    evidence : Evidence
    labels : int array (n,)
    n_classes : int
    temperature : float
        Calibrates the probabilities; the suspicion stays as it is.

    Returns
    -------
    EvidenceSummary
    """
    n, m = len(labels), min(n_classes, MOST_CLASSES)
    pooled = evidence if isinstance(evidence, PooledEvidence) else None
    members = MemberPredictions.empty(n, pooled.names if pooled else ())
    found = EvidenceSummary(
        np.empty(n),
        np.empty(n),
        np.empty(n, np.int64),
        np.empty(n, np.float32),
        np.empty((n, m), np.int32),
        np.empty((n, m), np.float32),
        members,
    )

    def fill(rows: slice) -> None:
        own = labels[rows]
        if pooled is None:
            logs = evidence.log_proba(rows)
        else:
            logs = pooled.log_proba(rows, partial(members.record, rows, own))
        at = np.arange(len(own))
        found.suspicion[rows] = 1 - np.exp(logs[at, own], dtype=np.float64).clip(_LEAST, 1)
        if temperature != 1:
            logs = log_softmax(logs / np.float32(temperature))
        top = _largest(logs, m)
        found.top_classes[rows] = top
        found.top_probabilities[rows] = np.exp(np.take_along_axis(logs, top, axis=1))
        found.p_given[rows] = np.exp(logs[at, own], dtype=np.float64).clip(_LEAST, 1)
        if n_classes > 1:
            logs[at, own] = -np.inf
        suggested = logs.argmax(axis=1)
        found.suggested[rows] = suggested
        found.p_suggested[rows] = np.exp(logs[at, suggested])

    in_parallel(fill, slices(n, block_size(n_classes)))
    return found


def _largest(logs: FloatArray, m: int) -> NDArray[np.intp]:
    """Return the columns of the `m` largest entries of every row, largest first."""
    if m < logs.shape[1]:
        columns = np.argpartition(-logs, m - 1, axis=1)[:, :m]
    else:
        columns = np.broadcast_to(np.arange(m), logs.shape)
    order = np.argsort(-np.take_along_axis(logs, columns, axis=1), axis=1, kind="stable")
    return np.take_along_axis(columns, order, axis=1)
