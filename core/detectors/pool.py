"""The pool of all detectors, and the suspicion that the queue is sorted by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from core.detectors.calibration import Calibrated, log_softmax
from core.detectors.discriminant import Discriminant
from core.detectors.estimator import (
    Detector,
    Evidence,
    Features,
    FloatArray,
    Hear,
    IntArray,
    Progress,
    Rows,
    WeightArray,
    each_block,
)
from core.detectors.probe import Probe
from core.detectors.regions import (
    RegionEvidence,
    Regions,
    belief,
    doubted,
    of_own,
    own_log_proba,
    smoothed,
)
from core.detectors.ridge import Ridge
from core.detectors.soft_neighbors import SoftKNN

# A lower floor lets one member veto the others. What is pooled has none: it
# would tie hundreds of items at the top of the queue.
_FLOOR = np.float32(np.log(1e-4))

_MOST_FOR_PROBE = 1_000_000_000
_MOST_NUMBERS_FOR_PROBE = 100_000_000
REGIONS = "regions"
"""Name of the voice of `Regions` in a pool."""
Task = tuple[Features, IntArray, int]
"""Features, labels and the number of classes."""

_BELIEVED, _DOUBTED = np.log(0.5), np.log(0.1)
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


class Pooled:
    """The logarithmic opinion pool [1]_: ``softmax(sum_m a_m log P_m)``.

    Parameters
    ----------
    members : sequence of Evidence
        Normalized.
    shares : sequence of float, optional
        a above; 1 each when left out.
    names : sequence of str
        Of the members; without names nobody can hear them one by one.

    References
    ----------
    .. [1] C. Genest, J. Zidek, "Combining probability distributions: a
       critique and an annotated bibliography", Statistical Science 1, 1986.
    """

    def __init__(
        self,
        members: Sequence[Evidence],
        shares: Sequence[float] | None = None,
        names: Sequence[str] = (),
    ) -> None:
        self.members = members
        self.shares = shares or [1.0] * len(members)
        self.names = tuple(names)

    @classmethod
    def of(cls, members: Mapping[str, Evidence]) -> Pooled:
        """Pool `members` to equal shares."""
        return cls(list(members.values()), names=list(members))

    def log_proba(self, rows: Rows, hear: Hear | None = None) -> FloatArray:
        """Return normalized log-probabilities; see ``PooledEvidence``."""
        total: FloatArray = np.zeros(1, np.float32)
        for number, (member, share) in enumerate(zip(self.members, self.shares, strict=True)):
            logs = member.log_proba(rows)
            if hear is not None and self.names:
                hear(number, logs)
            spoken: FloatArray = np.float32(share) * np.maximum(logs, _FLOOR)
            total = total + spoken
        return log_softmax(total)


class LogPool:
    """Detectors pooled in log space, in passes that learn whom to believe.

    1. Every member gives calibrated out-of-sample probabilities P_m(c | i).
    2. ``Regions`` gives R(c | i) with whole clumps held out, and S(i), the
       log-probability of the given label that R finds round the item.
    3. *Conflicts* are labels that the neighbors vouch for and S rejects. Where
       errors are scattered there are next to none; where they sit together
       there are many. Their share q makes the regions' *voice*,
       ``v = q^3 / (q^3 + 0.006^3)``.
    4. Items are weighted by how far their label is believed: by its
       probability under the pool of ``a mean_m log P_m + log R``, and by S
       instead as far as the regions have a voice. a grows from 1 to 2.5 with the
       items that a class has: the regions' closed form needs fewer.
    5. The members are fitted again with these weights, and their pool and R
       are pooled: ``(1 - g) sum_m log P_m + g log R``, S standing for R at the
       given label, ``g = (1 + 2 v) / 4``.

    The constants were chosen on the rows of ``tests/benchmarks/detection.py``.

    Parameters
    ----------
    members : mapping of str to Detector, optional
        See `default_members`.
    passes : int
        1 ends with step 1 and pools that; 2 goes on to step 5.
    voice : float or None
        Fixes v; None lets the data decide.
    regions : Regions or None
        None leaves regions out of all steps: the two-pass pool by itself.

    Attributes
    ----------
    evidence_ : Evidence
        The last pool.
    members_ : dict of str to Calibrated
        Each member in the last pass.
    conflicts_ : float
        q above, 0..1.
    weights_ : float64 array (n,)
        How far each label is believed, 0.02..1 times what it counted to begin
        with; as it was where that is above 1.
    """

    evidence_: Evidence
    members_: dict[str, Evidence]
    conflicts_: float
    weights_: WeightArray

    def __init__(
        self,
        members: Mapping[str, Detector] | None = None,
        passes: int = 2,
        voice: float | None = None,
        regions: Regions | None = Regions(),  # noqa: B008  settings only, nothing is kept in it
    ) -> None:
        self.members = members
        self.passes = passes
        self.voice = voice
        self.regions = regions

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
            What labels count to begin with; 1 each when left out. One above 1
            is of a label that a person has confirmed: it stays as it is,
            whatever the passes believe.
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
        self.evidence_ = Pooled.of(self.members_)
        if self.passes == 1:
            return self
        if self.regions is None:
            own = own_log_proba(self.evidence_, labels, n_classes)
            steps.done(2)
            self.weights_ = doubted(given, belief(own))
            self.members_ = _fitted(members, task, self.weights_, steps)
            self.evidence_ = Pooled.of(self.members_)
            return self
        region = self.regions.fit(features, labels, n_classes, given)
        vote = self.members_.get("neighbors") or Calibrated(SoftKNN().fit(*task, given), labels)
        opinions = _Opinions(list(self.members_.values()), region, task, vote)
        steps.done()
        self.conflicts_ = opinions.conflicts
        voice = _voice(opinions.conflicts) if self.voice is None else self.voice
        if voice > 0.5:
            # Clumps that are disbelieved now lose their hold on the rest.
            doubting = doubted(given, belief(opinions.around))
            region = self.regions.next_round(region, features, labels, n_classes, doubting)
            opinions = _Opinions(list(self.members_.values()), region, task, vote)
        steps.done()
        mixed = (1 - voice) * opinions.mixed + voice * opinions.around
        self.weights_ = doubted(given, belief(mixed))
        self.members_ = _fitted(members, task, self.weights_, steps)
        share = _LEAST_SHARE + (_MOST_SHARE - _LEAST_SHARE) * voice
        pool = Pooled.of(self.members_)
        self.evidence_ = _WithRegions(pool, region, opinions.around, labels, share)
        return self


class _Opinions:
    """What members and regions say of the given labels after the first pass.

    Attributes
    ----------
    mixed : float64 array (n,)
        Log-probability under the pool of the members and the regions.
    around : float64 array (n,)
        S of ``LogPool``; what the members say where the regions cannot speak.
    conflicts : float
        Share of the labels that the neighbors believe and `around` rejects.
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
        alone, self.mixed, regional = np.empty(n), np.empty(n), np.empty(n)
        agrees = np.empty(n, bool)

        def look(rows: slice) -> None:
            own, evidence = labels[rows], region.evidence.log_proba(rows)
            logs = np.zeros_like(evidence)
            for member in members:
                logs += np.maximum(member.log_proba(rows), _FLOOR)
            alone[rows] = of_own(log_softmax(logs), own)
            mixed = np.float32(share) * logs + np.maximum(evidence, _FLOOR)
            self.mixed[rows] = of_own(log_softmax(mixed), own)
            regional[rows] = of_own(evidence, own)
            agrees[rows] = evidence.argmax(axis=1) == own

        each_block(n, n_classes, look)
        around = smoothed(regional, region.known, labels, features.graph)
        self.around = np.where(region.known, around, alone)
        self.mixed = np.where(region.known, self.mixed, alone)
        vouched = own_log_proba(vote, labels, n_classes) > _BELIEVED
        conflict = vouched & (self.around < _DOUBTED) & ~agrees & region.known
        self.conflicts = float(conflict.mean())


class _WithRegions:
    """The last pool and the regions, pooled; see step 5 of ``LogPool``."""

    def __init__(
        self,
        pool: Pooled,
        region: RegionEvidence,
        around: WeightArray,
        labels: IntArray,
        share: float,
    ) -> None:
        self.pool = pool
        self.region = region
        self.around = around
        self.labels = labels
        self.share = float(share)
        self.names = (*pool.names, REGIONS)

    def log_proba(self, rows: Rows, hear: Hear | None = None) -> FloatArray:
        """Return normalized log-probabilities; see ``PooledEvidence``."""
        pool = self.pool.log_proba(rows, hear)
        region = np.maximum(self.region.evidence.log_proba(rows), _FLOOR)
        region[np.arange(len(pool)), self.labels[rows]] = self.around[rows]
        known = self.region.known[rows][:, None]
        if hear is not None:
            hear(len(self.pool.names), np.where(known, log_softmax(region), np.float32(np.nan)))
        # Where the regions cannot speak, they agree.
        region = np.where(known, region, pool)
        share = np.float32(self.share)
        total = (1 - share) * pool + share * region
        return log_softmax(total.astype(np.float32, copy=False))


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
        evidence[name] = Calibrated(member.fit(*task, weights), task[1])
        steps.done()
    return evidence


def _voice(conflicts: float) -> float:
    return conflicts**3 / (conflicts**3 + _USUAL_CONFLICTS**3)


def _check(features: Features, labels: IntArray, n_classes: int, passes: int) -> None:
    if len(labels) == 0 or labels.shape != (len(features.vectors),):
        raise ValueError(
            f"One label a row is needed: {labels.shape} labels, {len(features.vectors)} rows."
        )
    if labels.min() < 0 or labels.max() >= n_classes:
        raise ValueError(f"Labels must be 0 to {n_classes - 1}.")
    if passes not in (1, 2):
        raise ValueError("There is one pass, or there are two.")
