"""The noise rate, estimated without a review, in two ways.

Shown as a range and never as the number: on data whose errors are known the
consensus of neighbors gave up to 2.7x the true rate, and what
``tests/benchmarks/calibration.py`` prints for the calibrated suspicion comes near
it on the sets that its constants were chosen on.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.detectors.estimator import IntArray
from core.detectors.evidence_summary import EvidenceSummary
from core.neighbors import Graph

_MOST_CLASSES = 50
_STEPS, _RATE = 600, 0.1
_FIRST_DECAY, _SECOND_DECAY, _TINY = 0.9, 0.999, 1e-8


class NoiseRates(NamedTuple):
    """Estimated shares of wrong labels, 0..1.

    Attributes
    ----------
    calibrated : float
        The mean suspicion, which is calibrated without true labels.
    consensus : float or None
        By `consensus_rate`; None where there are too many classes for it.
    """

    calibrated: float
    consensus: float | None

    @property
    def low(self) -> float:
        """The smaller estimate."""
        return min(self.calibrated, self.calibrated if self.consensus is None else self.consensus)

    @property
    def high(self) -> float:
        """The larger estimate."""
        return max(self.calibrated, self.consensus or 0.0)


def noise_rates(
    summary: EvidenceSummary, graph: Graph, labels: IntArray, n_classes: int
) -> NoiseRates:
    """Return both estimates for `labels`, int (n,), 0 to `n_classes` - 1."""
    consensus = None
    if 2 <= n_classes <= _MOST_CLASSES and graph.indices.shape[1] >= 2:
        consensus = consensus_rate(graph, labels, n_classes)
    return NoiseRates(float(summary.suspicion.mean()), consensus)


def consensus_rate(graph: Graph, labels: IntArray, n_classes: int) -> float:
    """Estimate the share of wrong labels from how often neighbors agree.

    High-order consensus [1]_: if an item and its two nearest neighbors are of
    one true class with prior p_c and each is labeled i with probability
    T_ci, one, two and three labels occur together as sum_c p_c T_ci,
    sum_c p_c T_ci T_cj and sum_c p_c T_ci T_cj T_ck. T and p are fitted to the
    frequencies found, by gradient descent with Adam; the share is
    1 - sum_c p_c T_cc.

    Parameters
    ----------
    graph : Graph
        With two neighbors an item at least.
    labels : int array (n,)
    n_classes : int

    Returns
    -------
    float

    References
    ----------
    .. [1] Z. Zhu, Y. Song, Y. Liu, "Clusterability as an alternative to anchor
       points when learning with noisy labels", ICML 2021.
    """
    K = n_classes
    near = labels[np.asarray(graph.indices[:, :2])]
    cells = (labels * K + near[:, 0]) * K + near[:, 1]
    three = np.bincount(cells, minlength=K**3).reshape(K, K, K) / len(labels)
    two, one = three.sum(axis=2), three.sum(axis=(1, 2))
    parameters = np.concatenate([(5 * np.eye(K) - 1).ravel(), np.zeros(K)])
    momentum, scale = np.zeros_like(parameters), np.zeros_like(parameters)
    for step in range(1, _STEPS + 1):
        gradient = _consensus_gradient(parameters, one, two, three)
        momentum = _FIRST_DECAY * momentum + (1 - _FIRST_DECAY) * gradient
        scale = _SECOND_DECAY * scale + (1 - _SECOND_DECAY) * gradient**2
        mean = momentum / (1 - _FIRST_DECAY**step)
        parameters -= _RATE * mean / (np.sqrt(scale / (1 - _SECOND_DECAY**step)) + _TINY)
    T, p = _unpacked(parameters, K)
    return float(1 - p @ np.diag(T))


def _consensus_gradient(
    parameters: NDArray[np.float64],
    one: NDArray[np.float64],
    two: NDArray[np.float64],
    three: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the gradient of the sum of the norms of the residuals."""
    K = len(one)
    T, p = _unpacked(parameters, K)
    pairs = (T[:, :, None] * T[:, None, :]).reshape(K, K * K)
    miss_1, miss_2, miss_3 = (
        _direction(T.T @ p - one),
        _direction((T.T * p) @ T - two),
        _direction(((T.T * p) @ pairs).reshape(K, K, K) - three),
    )
    # Each factor T_c takes its turn; frequencies of neighbors are not symmetric.
    toward_1 = np.einsum("ijk,cj,ck->ci", miss_3, T, T, optimize=True)
    toward_2 = np.einsum("ijk,ci,ck->cj", miss_3, T, T, optimize=True)
    toward_3 = (pairs @ miss_3.reshape(K * K, K)).reshape(K, K)
    by_T = p[:, None] * (miss_1 + T @ miss_2.T + T @ miss_2 + toward_1 + toward_2 + toward_3)
    by_p = T @ miss_1 + np.einsum("ci,ij,cj->c", T, miss_2, T) + (T * toward_1).sum(axis=1)
    # Back through both softmaxes.
    raw_T = T * (by_T - (by_T * T).sum(axis=1, keepdims=True))
    raw_p = p * (by_p - by_p @ p)
    return np.concatenate([raw_T.ravel(), raw_p])


def _direction(miss: NDArray[np.float64]) -> NDArray[np.float64]:
    direction: NDArray[np.float64] = miss / max(float(np.linalg.norm(miss)), _TINY)
    return direction


def _unpacked(
    parameters: NDArray[np.float64], K: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return T (K, K), rows summing to 1, and p (K,)."""
    raw = np.vstack([parameters[: K * K].reshape(K, K), parameters[None, K * K :]])
    powers = np.exp(raw - raw.max(axis=1, keepdims=True))
    shares = powers / powers.sum(axis=1, keepdims=True)
    return shares[:-1], shares[-1]
