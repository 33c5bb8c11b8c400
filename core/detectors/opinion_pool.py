"""Pooling of evidence: the logarithmic opinion pool, and the pool of it with held-out regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from core.detectors.calibration import LOG_FLOOR, log_softmax
from core.detectors.estimator import (
    Evidence,
    FloatArray,
    IntArray,
    MemberCallback,
    Rows,
    WeightArray,
)
from core.detectors.regions import REGIONS, RegionEvidence


class OpinionPool:
    """The logarithmic opinion pool [1]_: ``softmax(sum_m a_m log P_m)``.

    Parameters
    ----------
    members : sequence of Evidence
        Normalized.
    shares : sequence of float, optional
        a above; 1 each when left out.
    names : sequence of str
        Of the members; without names there is no callback for single members.

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
    def of(cls, members: Mapping[str, Evidence]) -> OpinionPool:
        """Pool `members` to equal shares."""
        return cls(list(members.values()), names=list(members))

    def log_proba(self, rows: Rows, on_member: MemberCallback | None = None) -> FloatArray:
        """Return normalized log-probabilities; see ``PooledEvidence``."""
        total: FloatArray = np.zeros(1, np.float32)
        for number, (member, share) in enumerate(zip(self.members, self.shares, strict=True)):
            logs = member.log_proba(rows)
            if on_member is not None and self.names:
                on_member(number, logs)
            weighted: FloatArray = np.float32(share) * np.maximum(logs, LOG_FLOOR)
            total = total + weighted
        return log_softmax(total)


class PoolWithRegions:
    """The last pool and the regions, pooled: ``(1 - g) sum_m log P_m + g log R``.

    Parameters
    ----------
    pool : OpinionPool
    region : RegionEvidence
        R above.
    around : float array (n,)
        Takes the place of log R at the given label.
    labels : int array (n,)
        Given labels.
    share : float
        g above, 0..1.
    """

    def __init__(
        self,
        pool: OpinionPool,
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

    def log_proba(self, rows: Rows, on_member: MemberCallback | None = None) -> FloatArray:
        """Return normalized log-probabilities; see ``PooledEvidence``."""
        pool = self.pool.log_proba(rows, on_member)
        region = np.maximum(self.region.evidence.log_proba(rows), LOG_FLOOR)
        region[np.arange(len(pool)), self.labels[rows]] = self.around[rows]
        known = self.region.known[rows][:, None]
        if on_member is not None:
            on_member(
                len(self.pool.names), np.where(known, log_softmax(region), np.float32(np.nan))
            )
        # Where the regions have no evidence, the pool stays as it is.
        region = np.where(known, region, pool)
        share = np.float32(self.share)
        total = (1 - share) * pool + share * region
        return log_softmax(total.astype(np.float32, copy=False))
