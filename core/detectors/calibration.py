"""From log-probabilities to calibrated probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.detectors.base import FloatArray, IntArray, WeightArray

_COLDEST, _HOTTEST = 0.05, 25.0


def calibrated(logits: NDArray[np.floating], labels: IntArray) -> FloatArray:
    """Return softmax(logits / T) with the T under which the given labels are likeliest.

    Temperature scaling [1]_. A discriminant in hundreds of dimensions is far
    too sure of itself (T is 3 to 6); uncorrected it outvotes the other
    detectors and, as weights, teaches the next pass its own mistakes. One
    number fitted on all rows tells next to nothing of a row's own label.

    Parameters
    ----------
    logits : float array (n, K)
        Out-of-sample log-probabilities, up to a constant of the row. NaN for
        a class of which nothing is known: it gets the share 1 / K.
    labels : int array (n,)

    Returns
    -------
    float32 array (n, K)
        Rows sum to 1.

    References
    ----------
    .. [1] C. Guo, G. Pleiss, Y. Sun, K. Weinberger, "On calibration of modern
       neural networks", ICML 2017, section 4.2.
    """
    known = np.isfinite(logits)
    shares = softmax(np.where(known, logits, -np.inf) / temperature(logits, labels))
    part = known.mean(axis=1, keepdims=True)
    filled: WeightArray = np.where(known, shares * part, 1 / logits.shape[1])
    return filled.astype(np.float32)


def temperature(logits: NDArray[np.floating], labels: IntArray) -> float:
    """Return the T, 0.05 to 25, of greatest likelihood; 1 where nothing can be told."""
    from scipy.optimize import minimize_scalar

    own = logits[np.arange(len(labels)), labels]
    usable = np.isfinite(own)
    if not usable.any() or logits.shape[1] == 1:
        return 1.0
    # Relative to the own class, minus the log-likelihood is one logsumexp.
    relative = np.where(np.isfinite(logits), logits, -np.inf)[usable] - own[usable, None]

    def loss(log_t: float) -> float:
        return float(_logsumexp(relative / np.exp(log_t)).mean())

    bounds = (np.log(_COLDEST), np.log(_HOTTEST))
    found = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 0.01})
    return float(np.exp(found.x))


def softmax(logits: NDArray[np.floating]) -> WeightArray:
    """Return exp(logits) divided by the row sums; a row without a finite entry is all zeros."""
    top = logits.max(axis=1, keepdims=True)
    powers = np.exp(logits - np.where(np.isfinite(top), top, 0.0), dtype=np.float64)
    sums = powers.sum(axis=1, keepdims=True)
    shares: WeightArray = np.divide(powers, sums, out=powers, where=sums > 0)
    return shares


def _logsumexp(logits: NDArray[np.floating]) -> WeightArray:
    top = logits.max(axis=1)
    sums: WeightArray = np.log(np.exp(logits - top[:, None]).sum(axis=1)) + top
    return sums
