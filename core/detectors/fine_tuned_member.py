"""The fine-tuned network as a member of a pool: whether it votes is decided by the labels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.detectors.calibration import (
    CalibratedEvidence,
    log_softmax,
    sampled_rows,
    temperature,
)
from core.detectors.estimator import Features, FloatArray, IntArray, PooledEvidence
from core.detectors.joined_pool import GivenEvidence, JoinedPool, joined

FINE_TUNED = "fine-tuned"
"""Name of the fine-tuned network as a member."""
SHARE = 1.0
"""What its vote counts, where each other member's counts one."""
LEAST_GAIN = 3.0
"""Standard errors by which a pool must predict the given labels better with its vote."""
TRIED = 0.5
"""Of a vote, in the trial: surer probabilities are punished for every wrong label, so that a
whole vote that ranks errors better may predict the labels of which many are wrong no better."""


class FineTunedTrial(NamedTuple):
    """What was found of the fine-tuned network.

    Attributes
    ----------
    gain : float
        Of the mean log-likelihood of the given labels, each predicted by what was
        fitted without it, by half a vote of the network.
    errors : float
        The gain in units of its standard error.
    """

    gain: float
    errors: float

    @property
    def votes(self) -> bool:
        """Whether the network votes."""
        return self.errors >= LEAST_GAIN

    def message(self) -> str:
        """Return one sentence for the user."""
        if self.votes:
            return (
                "The fine-tuned network votes: together with it, the detectors predict labels"
                " that they have not seen better."
            )
        return (
            "The fine-tuned network does not vote: with it, the detectors would predict labels"
            " that they have not seen no better."
        )


def with_fine_tuned(
    pool: PooledEvidence, features: Features, labels: IntArray, n_classes: int
) -> tuple[PooledEvidence, FineTunedTrial | None]:
    """Let the fine-tuned network vote in a pool where the given labels are predicted better then.

    No label is predicted by what was fitted to it, neither by the pool's members
    nor by the network, so that it takes no truth to tell. The pool is not fitted
    again.

    Parameters
    ----------
    pool : PooledEvidence
        Fitted without the network.
    features : Features
    labels : int array (n,)
        Given labels.
    n_classes : int

    Returns
    -------
    pool : PooledEvidence
    trial : FineTunedTrial or None
        None where there is no network.
    """
    if features.fine_tuned is None or n_classes == 1:
        return pool, None
    known = np.asarray(features.fine_tuned.any(axis=1))
    if not known.any():
        return pool, None
    network = CalibratedEvidence(GivenEvidence(features.fine_tuned), labels)
    rows = np.flatnonzero(known)
    rows = rows[sampled_rows(len(rows), n_classes)]
    trial = _trial(pool.log_proba(rows), network.log_proba(rows), labels[rows])
    return JoinedPool(pool, FINE_TUNED, network, known, SHARE) if trial.votes else pool, trial


def _trial(pool: FloatArray, network: FloatArray, labels: IntArray) -> FineTunedTrial:
    with_it, without = (_own_log_proba(one, labels) for one in (joined(pool, network, TRIED), pool))
    gains = with_it - without
    error = float(gains.std()) / np.sqrt(len(gains))
    gain = float(gains.mean())
    return FineTunedTrial(gain, gain / error if error > 0 else 0.0)


def _own_log_proba(logs: FloatArray, labels: IntArray) -> NDArray[np.float64]:
    """Return the calibrated log-probability of every given label."""
    calibrated = log_softmax(logs / np.float32(temperature(logs, labels)))
    return calibrated[np.arange(len(labels)), labels].astype(np.float64)
