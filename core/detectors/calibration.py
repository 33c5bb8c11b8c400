"""From log-probabilities to calibrated probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.detectors.estimator import Evidence, FloatArray, IntArray, Rows, WeightArray

_COLDEST, _HOTTEST = 0.02, 50.0
_FEWEST, _MOST, _CELLS = 4000, 20_000, 2_000_000
_TINY = 1e-12

LOG_FLOOR = np.float32(np.log(1e-4))
"""Of a member's log-probabilities; a lower one lets one member veto the others.

The pool has none: a floor would tie hundreds of items at the top of the queue.
"""


class CalibratedEvidence:
    """Evidence calibrated on the given labels by temperature scaling.

    ``softmax(logits / T)`` with the T under which the given labels are
    likeliest [1]_. A discriminant in hundreds of dimensions is overconfident (T
    is 3 to 6); uncalibrated it dominates the pool and, through the weights of
    the next pass, reinforces its own errors. One number fitted on thousands of
    rows leaks next to nothing of a row's own label.

    Parameters
    ----------
    evidence : Evidence
    labels : int array (n,)

    Attributes
    ----------
    temperature_ : float
        T above.

    References
    ----------
    .. [1] C. Guo, G. Pleiss, Y. Sun, K. Weinberger, "On calibration of modern
       neural networks", ICML 2017, section 4.2.
    """

    def __init__(self, evidence: Evidence, labels: IntArray) -> None:
        self.evidence = evidence
        n_classes = evidence.log_proba(np.zeros(1, np.int64)).shape[1]
        rows = sampled_rows(len(labels), n_classes)
        self.temperature_ = temperature(evidence.log_proba(rows), labels[rows])

    def log_proba(self, rows: Rows) -> FloatArray:
        """Return normalized log-probabilities, float32 (m, K).

        A class without a score gets the share 1 / K.
        """
        logits = self.evidence.log_proba(rows) / np.float32(self.temperature_)
        unknown = np.isnan(logits)
        if not unknown.any():
            return log_softmax(logits)
        known = log_softmax(np.where(unknown, -np.inf, logits))
        K = logits.shape[1]
        part = K - unknown.sum(axis=1, keepdims=True)
        with np.errstate(divide="ignore"):
            shared: FloatArray = known + np.log(part / K, dtype=np.float32)
        return np.where(unknown, np.float32(-np.log(K)), shared)


def temperature(logits: NDArray[np.floating], labels: IntArray) -> float:
    """Return the T, 0.02 to 50, of greatest likelihood; 1 where it cannot be estimated."""
    from scipy.optimize import minimize_scalar

    own = logits[np.arange(len(labels)), labels]
    usable = np.isfinite(own)
    if not usable.any() or logits.shape[1] == 1:
        return 1.0
    # Relative to the own class, minus the log-likelihood is one logsumexp.
    relative = np.where(np.isfinite(logits), logits, -np.inf)[usable] - own[usable, None]

    def loss(log_t: float) -> float:
        return float(_logsumexp(relative / np.float32(np.exp(log_t))).mean(dtype=np.float64))

    bounds = (np.log(_COLDEST), np.log(_HOTTEST))
    found = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 0.02})
    return float(np.exp(found.x))


def noisy_temperature(logits: NDArray[np.floating], labels: IntArray) -> tuple[float, float]:
    """Return the temperature of probabilities of true classes, fitted on noisy labels.

    The given label is taken to be drawn from ``(1 - e) softmax(logits / T) + e / K``;
    T and e are those under which the labels are likeliest. Without e, wrong
    labels would make every probability underconfident.

    Parameters
    ----------
    logits : float array (n, K)
        Out-of-sample log-probabilities, up to a constant of the row.
    labels : int array (n,)

    Returns
    -------
    temperature : float
        0.02 to 50; 1 where it cannot be estimated.
    noise : float
        e above, 0..1: a number of the fit, not an estimate of the wrong labels.
    """
    from scipy.optimize import minimize
    from scipy.special import expit

    own = logits[np.arange(len(labels)), labels]
    K = logits.shape[1]
    if K == 1 or not np.isfinite(own).any():
        return 1.0, 0.0
    relative = logits - own[:, None]

    def loss(parameters: NDArray[np.float64]) -> float:
        log_t, noise = np.clip(parameters[0], *np.log([_COLDEST, _HOTTEST])), expit(parameters[1])
        p_own = np.exp(-_logsumexp(relative / np.float32(np.exp(log_t))), dtype=np.float64)
        return float(-np.log((1 - noise) * p_own + noise / K + _TINY).mean())

    found = minimize(loss, [0.0, -2.0], method="Nelder-Mead", options={"maxiter": 80}).x
    return float(np.exp(found[0]).clip(_COLDEST, _HOTTEST)), float(expit(found[1]))


def sampled_rows(n: int, n_columns: int) -> NDArray[np.int64]:
    """Return rows, evenly spaced, enough of them to fit one or two parameters."""
    size = min(n, max(_FEWEST, min(_MOST, _CELLS // n_columns)))
    return np.linspace(0, n - 1, size).astype(np.int64)


def log_softmax(logits: FloatArray) -> FloatArray:
    """Return the logarithm of exp(logits) divided by the row sums.

    A row without a finite entry stays without one.
    """
    sums = _logsumexp(logits)[:, None]
    normalized: FloatArray = logits - np.where(np.isfinite(sums), sums, np.float32(0))
    return normalized


def softmax(logits: NDArray[np.floating]) -> WeightArray:
    """Return exp(logits) divided by the row sums, float64."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True), dtype=np.float64)
    shares: WeightArray = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _logsumexp(logits: NDArray[np.floating]) -> NDArray[np.floating]:
    top = logits.max(axis=1)
    top = np.where(np.isfinite(top), top, logits.dtype.type(0))
    powers = logits - top[:, None]
    np.exp(powers, out=powers)
    with np.errstate(divide="ignore"):
        sums: NDArray[np.floating] = np.log(powers.sum(axis=1)) + top
    return sums
