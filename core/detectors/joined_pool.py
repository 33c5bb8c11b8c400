"""A pool that one more member has joined: class probabilities that were made elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.detectors.calibration import LOG_FLOOR, CalibratedEvidence, log_softmax
from core.detectors.estimator import FloatArray, MemberCallback, PooledEvidence, Rows


@dataclass(frozen=True)
class GivenEvidence:
    """Given probabilities as evidence.

    Attributes
    ----------
    probabilities : float array (n, K)
        Rows of zeros where there are none.
    """

    probabilities: NDArray[np.floating]

    def log_proba(self, rows: Rows) -> FloatArray:
        """Return their logarithms, NaN in rows of zeros; see ``Evidence``."""
        given = np.asarray(self.probabilities[rows], dtype=np.float32)
        missing = given.sum(axis=1, keepdims=True) <= 0
        smallest = np.finfo(np.float16).tiny
        logs: FloatArray = np.where(missing, np.nan, np.log(np.maximum(given, smallest)))
        return logs


class JoinedPool:
    """A pool and one more member: ``log P + a log Q``, normalized.

    Parameters
    ----------
    pool : PooledEvidence
        P above.
    name : str
        Of the member.
    member : CalibratedEvidence
        Q above; items without it keep the pool's probabilities.
    known : bool array (n,)
        Which items it has probabilities of.
    share : float
        a above: what its vote counts, where each other member's counts one.
    """

    def __init__(
        self,
        pool: PooledEvidence,
        name: str,
        member: CalibratedEvidence,
        known: NDArray[np.bool_],
        share: float,
    ) -> None:
        self.pool = pool
        self.member = member
        self.known = known
        self.share = share
        self.names = (*pool.names, name)

    def log_proba(self, rows: Rows, on_member: MemberCallback | None = None) -> FloatArray:
        """Return normalized log-probabilities; see ``PooledEvidence``."""
        pool = self.pool.log_proba(rows, on_member)
        found = self.member.log_proba(rows)
        known = self.known[rows][:, None]
        if on_member is not None:
            on_member(len(self.pool.names), np.where(known, found, np.float32(np.nan)))
        return np.where(known, joined(pool, found, self.share), pool)


def joined(pool: FloatArray, member: FloatArray, share: float) -> FloatArray:
    """Return normalized log-probabilities of both, (m, K); the member's have a floor."""
    both = pool + np.float32(share) * np.maximum(member, LOG_FLOOR)
    return log_softmax(both.astype(np.float32, copy=False))
