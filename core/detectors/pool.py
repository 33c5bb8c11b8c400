"""The pool of detectors that the suspicion comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.arrays.blocks import block_size, slices
from core.arrays.parallel import in_parallel
from core.detectors.calibration import LOG_FLOOR, CalibratedEvidence, log_softmax
from core.detectors.class_balance import (
    ClassBalance,
    JudgedWithinClasses,
    class_balance,
    raised_for_rare_hits,
)
from core.detectors.discriminant import Discriminant
from core.detectors.entries import Method, Rank, ranked_by
from core.detectors.estimator import (
    Detector,
    Evidence,
    Features,
    IntArray,
    PooledEvidence,
    Progress,
    WeightArray,
)
from core.detectors.opinion_pool import OpinionPool, PoolWithRegions
from core.detectors.probe import Probe
from core.detectors.regions import (
    RegionEvidence,
    Regions,
    at_labels,
    down_weighted,
    own_log_proba,
    plausibility,
    smoothed,
)
from core.detectors.ridge import Ridge
from core.detectors.soft_neighbors import SoftKNN

_MOST_FOR_PROBE = 1_000_000_000
_MOST_NUMBERS_FOR_PROBE = 100_000_000
Task = tuple[Features, IntArray, int]
"""Features, labels and the number of classes."""

_PLAUSIBLE, _IMPLAUSIBLE = np.log(0.5), np.log(0.1)
_USUAL_CONFLICTS = 0.006
_MOST_OF_MEMBERS = 2.5
_LEAST_SHARE, _MOST_SHARE = 0.25, 0.75


def default_members(n: int, d: int, n_classes: int) -> dict[str, Detector]:
    """Return the detectors that are pooled unless others are named.

    The logistic probe takes hundreds of passes over the data, which it copies
    for each core. Where one pass, n d K multiplications, is more than 1e9, or
    the data, n d numbers, are more than 1e8, ridge takes its place.
    """
    affordable = n * d * n_classes <= _MOST_FOR_PROBE and n * d <= _MOST_NUMBERS_FOR_PROBE
    third: dict[str, Detector] = {"probe": Probe()} if affordable else {"ridge": Ridge()}
    return {"neighbors": SoftKNN(), "discriminant": Discriminant(), **third}


class LogPool:
    """A logarithmic opinion pool of detectors with iterative reweighting of labels.

    1. Every member gives calibrated out-of-sample probabilities P_m(c | i).
    2. ``Regions`` gives R(c | i) with whole cells held out, and S(i), the
       log-probability of the given label under R, averaged around the item.
    3. *Conflicts* are labels that are plausible to the neighbors and not under
       S. Uniform label noise makes next to none, clustered label noise many.
       Their share q sets the *region weight*,
       ``v = q^3 / (q^3 + 0.006^3)``.
    4. Items are weighted by the plausibility of their label: its probability
       under the pool of ``a mean_m log P_m + log R``, mixed with S by the
       region weight. a grows from 1 to 2.5 with the
       items that a class has: the closed form of R needs fewer.
    5. The members are fitted again with these weights, and their pool and R
       are pooled: ``(1 - g) sum_m log P_m + g log R``, S standing for R at the
       given label, ``g = (1 + 2 v) / 4``.
    6. Labels of small and mixed classes are judged within their class, and
       their weights in step 4 likewise; see `JudgedWithinClasses` and
       `raised_for_rare_hits`. Clustered label noise looks like mixed classes:
       the shifts are taken times 1 - u, u being the region weight by the
       conflicts outside the class that has the most of them.

    The constants were chosen on the rows of ``tests/benchmarks/detection.py``.

    Parameters
    ----------
    members : mapping of str to Detector, optional
        See `default_members`.
    passes : int
        1 ends with step 1 and pools that; 2 goes on to step 5.
    region_weight : float or None
        Fixes v; None estimates it from the data.
    regions : Regions or None
        None leaves regions out of steps 2 to 5: the two-pass pool by itself.
    within_classes : bool
        Whether small and mixed classes are judged within the class (step 6). Without
        it, an image of a class of one is always suspect.

    Attributes
    ----------
    evidence_ : PooledEvidence
        The last pool.
    members_ : dict of str to CalibratedEvidence
        Each member in the last pass.
    conflicts_ : float
        q above, 0..1.
    weights_ : float64 array (n,)
        The weight of each label in the last pass: its plausibility, 0.02..1, times
        its initial weight; the initial one where that is above 1.
    """

    evidence_: PooledEvidence
    members_: dict[str, Evidence]
    conflicts_: float
    weights_: WeightArray

    def __init__(
        self,
        members: Mapping[str, Detector] | None = None,
        passes: int = 2,
        region_weight: float | None = None,
        regions: Regions | None = Regions(),  # noqa: B008  settings only, it has no state
        within_classes: bool = True,
    ) -> None:
        self.members = members
        self.passes = passes
        self.region_weight = region_weight
        self.regions = regions
        self.within_classes = within_classes

    def fit(
        self,
        features: Features,
        labels: IntArray,
        n_classes: int,
        weights: WeightArray | None = None,
        progress: Progress | None = None,
    ) -> LogPool:
        """Pool the members' evidence on `labels`.

        Parameters
        ----------
        features : Features
            Of n items, all labeled.
        labels : int array (n,)
            Given labels, 0 to `n_classes` - 1.
        n_classes : int
        weights : float array (n,), optional
            Initial weights of the labels; 1 each when left out. One above 1
            marks a label that an auditor has confirmed: it is never
            down-weighted.
        progress : callable, optional
            Called with (steps done, steps in total) after each step.

        Returns
        -------
        LogPool
            Itself.

        Raises
        ------
        ValueError
            When there are no items, or labels are outside 0..`n_classes` - 1,
            or not one a row, or `passes` is neither 1 nor 2.
        """
        _check(features, labels, n_classes, self.passes)
        n, d = features.vectors.shape
        members = self.members or default_members(n, d, n_classes)
        given = np.ones(len(labels)) if weights is None else weights
        steps = _Steps(progress, self.passes * len(members) + 2 * (self.passes - 1))
        task = (features, labels, n_classes)
        self.conflicts_, self.weights_ = 0.0, given
        self.members_ = _fitted(members, task, given, steps)
        self.evidence_ = self._judged(OpinionPool.of(self.members_), labels, n_classes)
        if self.passes == 1:
            return self
        if self.regions is None:
            own = own_log_proba(self.evidence_, labels, n_classes)
            steps.done(2)
            self.weights_ = down_weighted(given, plausibility(own))
            self.members_ = _fitted(members, task, self.weights_, steps)
            self.evidence_ = self._judged(OpinionPool.of(self.members_), labels, n_classes)
            return self
        region = self.regions.fit(features, labels, n_classes, given)
        vote = self.members_.get("neighbors") or CalibratedEvidence(
            SoftKNN().fit(*task, given), labels
        )
        first = _FirstPass(list(self.members_.values()), region, task, vote)
        steps.done()
        self.conflicts_ = first.conflicts
        region_weight = (
            _region_weight(first.conflicts) if self.region_weight is None else self.region_weight
        )
        if region_weight > 0.5:
            # Down-weight implausible clusters in the fit of the regions, too.
            reweighted = down_weighted(given, plausibility(first.around))
            region = self.regions.next_round(region, features, labels, n_classes, reweighted)
            first = _FirstPass(list(self.members_.values()), region, task, vote)
        steps.done()
        mixed = (1 - region_weight) * first.mixed + region_weight * first.around
        scattered = 1 - _region_weight(first.conflicts_elsewhere)
        if self.within_classes:
            mixed = raised_for_rare_hits(mixed, labels, n_classes, scattered)
        self.weights_ = down_weighted(given, plausibility(mixed))
        self.members_ = _fitted(members, task, self.weights_, steps)
        share = _LEAST_SHARE + (_MOST_SHARE - _LEAST_SHARE) * region_weight
        pool = OpinionPool.of(self.members_)
        last = PoolWithRegions(pool, region, first.around, labels, share)
        self.evidence_ = self._judged(last, labels, n_classes, scattered)
        return self

    def _judged(
        self,
        evidence: OpinionPool | PoolWithRegions,
        labels: IntArray,
        n_classes: int,
        strength: float = 0.0,
    ) -> PooledEvidence:
        """Judge labels of small and mixed classes within their class."""
        if not self.within_classes:
            return evidence
        balance = ClassBalance.even(n_classes)
        if strength > 0:
            balance = class_balance(evidence, labels, n_classes, strength)
        return JudgedWithinClasses(evidence, labels, balance)


class _FirstPass:
    """Log-probabilities of the given labels after the first pass.

    Attributes
    ----------
    mixed : float64 array (n,)
        Log-probability under the pool of the members and the regions.
    around : float64 array (n,)
        S of ``LogPool``; the members' pool where the regions have no evidence.
    conflicts : float
        Share of the labels plausible to the neighbors and implausible in `around`.
    conflicts_elsewhere : float
        The same without the class that has the most of them: a mixed class has them
        all, clustered label noise makes them in many.
    """

    def __init__(
        self,
        members: Sequence[Evidence],
        region: RegionEvidence,
        task: Task,
        vote: Evidence,
    ) -> None:
        features, labels, n_classes = task
        n, d = features.vectors.shape
        share = np.clip(2 * n / (n_classes * d), 1, _MOST_OF_MEMBERS) / len(members)
        members_only, self.mixed, regional = np.empty(n), np.empty(n), np.empty(n)
        agrees = np.empty(n, bool)

        def fill(rows: slice) -> None:
            own, evidence = labels[rows], region.evidence.log_proba(rows)
            logs = np.zeros_like(evidence)
            for member in members:
                logs += np.maximum(member.log_proba(rows), LOG_FLOOR)
            members_only[rows] = at_labels(log_softmax(logs), own)
            mixed = np.float32(share) * logs + np.maximum(evidence, LOG_FLOOR)
            self.mixed[rows] = at_labels(log_softmax(mixed), own)
            regional[rows] = at_labels(evidence, own)
            agrees[rows] = evidence.argmax(axis=1) == own

        in_parallel(fill, slices(n, block_size(n_classes)))
        around = smoothed(regional, region.known, labels, features.graph)
        self.around = np.where(region.known, around, members_only)
        self.mixed = np.where(region.known, self.mixed, members_only)
        supported = own_log_proba(vote, labels, n_classes) > _PLAUSIBLE
        conflict = supported & (self.around < _IMPLAUSIBLE) & ~agrees & region.known
        self.conflicts = float(conflict.mean())
        by_class = np.bincount(labels, conflict, minlength=n_classes)
        self.conflicts_elsewhere = float(by_class.sum() - by_class.max()) / n


class _Steps:
    """Counts the steps that are done."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self.progress = progress
        self.total = total
        self.n_done = 0

    def done(self, steps: int = 1) -> None:
        for _ in range(steps):
            self.n_done += 1
            if self.progress is not None:
                self.progress(self.n_done, self.total)


def _fitted(
    members: Mapping[str, Detector],
    task: Task,
    weights: WeightArray,
    steps: _Steps,
) -> dict[str, Evidence]:
    """Return the calibrated evidence of every member."""
    evidence: dict[str, Evidence] = {}
    for name, member in members.items():
        evidence[name] = CalibratedEvidence(member.fit(*task, weights), task[1])
        steps.done()
    return evidence


def _region_weight(conflicts: float) -> float:
    return conflicts**3 / (conflicts**3 + _USUAL_CONFLICTS**3)


def _check(features: Features, labels: IntArray, n_classes: int, passes: int) -> None:
    if len(labels) == 0 or labels.shape != (len(features.vectors),):
        raise ValueError(
            f"Each row needs one label: {labels.shape} labels, {len(features.vectors)} rows."
        )
    if labels.min() < 0 or labels.max() >= n_classes:
        raise ValueError(f"Labels must be 0 to {n_classes - 1}.")
    if passes not in (1, 2):
        raise ValueError(f"`passes` must be 1 or 2, not {passes}.")


def _ranked_by_pool(**settings: Any) -> Rank:
    def fit(
        features: Features,
        labels: IntArray,
        n_classes: int,
        weights: WeightArray,
        progress: Progress | None,
    ) -> tuple[Evidence, WeightArray]:
        pool = LogPool(**settings).fit(features, labels, n_classes, weights, progress)
        return pool.evidence_, pool.weights_

    return ranked_by(fit)


POOL = Method(
    "pool",
    "Pool with regions",
    "Three detectors and held-out regions, pooled in two passes.",
    order=0,
    rank=_ranked_by_pool(),
    takes_predictions=True,
)
TWO_PASS = Method(
    "two-pass",
    "Two-pass pool",
    "Three detectors, pooled in two passes; the second down-weights labels found implausible.",
    order=10,
    rank=_ranked_by_pool(regions=None),
    takes_predictions=True,
)
