"""Suspicion judged within the class, where a class is small or mixed.

A class of few images, or one of whatever fits no other, is predicted for few of
its own images: all of them are suspect, right or wrong, and take the first places
of the queue. What tells them from classes with label errors is that their images
are missed one and all, not some of them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import block_size, slices
from core.arrays.parallel import in_parallel
from core.detectors.calibration import log_softmax
from core.detectors.estimator import (
    Evidence,
    FloatArray,
    IntArray,
    MemberCallback,
    PooledEvidence,
    Rows,
    WeightArray,
    positions,
)
from core.detectors.log_odds import log_odds
from core.terms import FEWEST_JUDGED

_MIXED_SHARE = 2 / 3
_PRIOR_ITEMS = 2
_LEAST_RATE = 0.02
_MOST_HIT = 0.5
_MOST_MISSED_BY = 10.0
_ROWS_PER_CLASS = 300


class ClassBalance(NamedTuple):
    """What is known of the classes of a data set; K of them.

    Attributes
    ----------
    shifts : float64 array (K,)
        By how much the log-odds of their given labels are raised, at least 0.
    is_mixed : bool array (K,)
        Which classes are hit by less than two thirds as many of their own items
        as is usual: of those that are not too small to judge.
    """

    shifts: WeightArray
    is_mixed: NDArray[np.bool_]

    @classmethod
    def even(cls, n_classes: int) -> ClassBalance:
        """Return that of classes of which none is judged otherwise than the rest."""
        return cls(np.zeros(n_classes), np.zeros(n_classes, np.bool_))


class JudgedWithinClasses:
    """Evidence with the given label of small and mixed classes made more plausible.

    The log-odds of a given label are raised by the shift of its class, see
    `class_balance`. Where a class has fewer than three images, its label counts
    as one half more, whatever the evidence says: such an image comes after all
    suspects, and keeps its place among its like.

    Parameters
    ----------
    evidence : PooledEvidence
    labels : int array (n,)
        Given labels, 0 to K - 1.
    balance : ClassBalance
        Without shifts only classes too small to judge are changed.
    """

    def __init__(self, evidence: PooledEvidence, labels: IntArray, balance: ClassBalance) -> None:
        self.evidence = evidence
        self.labels = labels
        self.balance = balance
        self.names = evidence.names
        self._too_small = is_too_small(labels, len(balance.shifts))

    def is_set_apart(self) -> NDArray[np.bool_]:
        """Return which items are of a class that is mixed or too small to judge, bool (n,)."""
        apart: NDArray[np.bool_] = self._too_small | self.balance.is_mixed[self.labels]
        return apart

    def log_proba(self, rows: Rows, on_member: MemberCallback | None = None) -> FloatArray:
        """Return normalized log-probabilities; see ``PooledEvidence``."""
        logs = self.evidence.log_proba(rows, on_member)
        own = self.labels[rows]
        logs[np.arange(len(own)), own] += self.balance.shifts[own].astype(np.float32)
        logs = log_softmax(logs)
        few = np.flatnonzero(self._too_small[rows])
        if len(few):
            logs[few] -= np.log(np.float32(2))
            at = few, own[few]
            logs[at] = np.logaddexp(logs[at], -np.log(np.float32(2)))
        return logs


def is_too_small(labels: IntArray, n_classes: int) -> NDArray[np.bool_]:
    """Return which items are of a class with too few images to judge, bool (n,)."""
    sizes = np.bincount(labels, minlength=n_classes)
    few: NDArray[np.bool_] = sizes[labels] < FEWEST_JUDGED
    return few


def class_balance(
    evidence: Evidence, labels: IntArray, n_classes: int, strength: float = 1.0
) -> ClassBalance:
    """Tell mixed classes from others, and by how much to raise each one's given labels.

    A class is *hit* by an item when it is the most probable one for an item of
    its own, out of sample. With r_c the hit rate of class c, shrunk by two items
    toward that of all, and r the median of the classes, the shift is the larger of

    - ``log-odds(r) - log-odds(r_c)``: as much as a hit is rarer than elsewhere;
    - what makes the share ``min(r, 1/2)`` of the class hit, but 10 at most.
      Where right labels are the majority, half of a class cannot be wrong, and
      what is missed by a factor of e^10 is no hard case but an error.

    A class with some wrong labels is hit by the others and hardly moves, one of
    which all are missed comes down as a whole, the most suspect still first.

    Parameters
    ----------
    evidence : Evidence
        Normalized, out of sample.
    labels : int array (n,)
        Given labels, 0 to `n_classes` - 1.
    n_classes : int
    strength : float
        0..1, times which the shifts are taken; below one half no class is called mixed.
    """
    rows = _rows_of_each(labels, n_classes)
    leads, own = _leads(evidence, labels, rows, n_classes), labels[rows]
    sizes = np.bincount(labels, minlength=n_classes)
    looked_at = np.maximum(np.bincount(own, minlength=n_classes), 1)
    shrunk = _shrunk(np.bincount(own, leads < 0, minlength=n_classes) / looked_at, sizes)
    usual = float(np.median(shrunk[sizes > 0]))
    rarer = log_odds(np.array(usual), _LEAST_RATE) - log_odds(shrunk, _LEAST_RATE)
    missed_by = _quantile_of_each(leads, own, n_classes, min(usual, _MOST_HIT))
    missed_by = np.minimum(missed_by, _MOST_MISSED_BY)
    shifts = strength * np.maximum(np.maximum(rarer, missed_by), 0)
    is_mixed = (shrunk < _MIXED_SHARE * usual) & (sizes >= FEWEST_JUDGED) & (strength >= 0.5)
    return ClassBalance(shifts, is_mixed)


def raised_for_rare_hits(
    own: WeightArray, labels: IntArray, n_classes: int, strength: float
) -> WeightArray:
    """Raise the log-odds of given labels by as much as a hit of their class is rarer than usual.

    Weighted by how plausible its labels are, a mixed class would all but vanish from
    the second pass, which would then find its labels less plausible still.

    Parameters
    ----------
    own : float64 array (n,)
        Log-probabilities of the given labels; more than one half is a hit.
    labels, n_classes, strength
        See `class_balance`.

    Returns
    -------
    float64 array (n,)
        Log-probabilities again, none lower than before.
    """
    sizes = np.bincount(labels, minlength=n_classes)
    hits = np.bincount(labels, own > np.log(0.5), minlength=n_classes)
    odds = log_odds(_shrunk(hits / np.maximum(sizes, 1), sizes), _LEAST_RATE)
    shifts = strength * np.maximum(np.median(odds[sizes > 0]) - odds, 0)[labels]
    raised: WeightArray = own + shifts - np.log1p(np.exp(own) * np.expm1(shifts))
    return raised


def _shrunk(rates: WeightArray, sizes: NDArray[np.integer]) -> WeightArray:
    """Return the hit rates of classes, shrunk by two items toward that of all."""
    overall = float((rates * sizes).sum() / sizes.sum())
    shrunk: WeightArray = (rates * sizes + _PRIOR_ITEMS * overall) / (sizes + _PRIOR_ITEMS)
    return shrunk


def _leads(
    evidence: Evidence, labels: IntArray, rows: IntArray, n_classes: int
) -> NDArray[np.float64]:
    """Return by how much the log-probability of the best other class exceeds the given one's."""
    leads = np.full(len(rows), -np.inf)
    if n_classes == 1:
        return leads

    def fill(part: slice) -> None:
        own = labels[rows[part]]
        logs = evidence.log_proba(rows[part])
        at = positions(slice(0, len(own))), own
        given = logs[at]
        logs[at] = -np.inf
        leads[part] = logs.max(axis=1) - given

    in_parallel(fill, slices(len(rows), block_size(n_classes)))
    return leads


def _rows_of_each(labels: IntArray, n_classes: int) -> IntArray:
    """Return the rows of every class, evenly spaced where there are more than 300."""
    order = np.argsort(labels, kind="stable")
    sizes = np.bincount(labels, minlength=n_classes)
    place = np.arange(len(labels)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    size = sizes[labels[order]]
    step = np.maximum(size / _ROWS_PER_CLASS, 1)
    kept = np.floor(place / step) != np.floor((place - 1) / step)
    return np.sort(order[kept])


def _quantile_of_each(
    values: NDArray[np.float64], classes: IntArray, n_classes: int, q: float
) -> WeightArray:
    """Return the quantile `q` of the values of every class; 0 for a class without any."""
    quantiles = np.zeros(n_classes)
    order = np.argsort(classes, kind="stable")
    for part in np.split(order, np.flatnonzero(np.diff(classes[order])) + 1):
        finite = np.maximum(values[part], -1e3)
        quantiles[classes[part[0]]] = np.quantile(finite, q)
    return quantiles
