"""The noise rate that is estimated without a review."""

import numpy as np
import pytest

from core.detectors.noise_rates import NoiseRates, consensus_rate, noise_rates
from core.neighbors import Graph
from tests.core.detectors.test_evidence_summary import summary

K, N = 4, 6000


def neighborhoods(rate: float, seed: int = 0) -> tuple[Graph, np.ndarray]:
    """Items among two others of their true class, a share of the labels wrong."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(K, size=N)
    near = np.empty((N, 2), np.int32)
    for one in range(K):
        rows = np.flatnonzero(truth == one)
        near[rows] = np.stack([np.roll(rows, 1), np.roll(rows, 2)], axis=1)
    wrong = rng.random(N) < rate
    labels = np.where(wrong, (truth + rng.integers(1, K, N)) % K, truth)
    return Graph(near, np.ones((N, 2), np.float32)), labels


@pytest.mark.parametrize("rate", [0.05, 0.2, 0.4])
def test_consensus_of_neighbors_finds_the_rate_where_neighbors_are_of_one_class(rate):
    graph, labels = neighborhoods(rate)
    assert consensus_rate(graph, labels, K) == pytest.approx(rate, abs=0.02)


def test_calibrated_rate_is_the_mean_suspicion():
    graph, labels = neighborhoods(0.1)
    P = np.full((N, K), 0.1 / (K - 1), np.float32)
    P[np.arange(N), labels] = 0.9
    found = noise_rates(summary(P, labels), graph, labels, K)
    assert found.calibrated == pytest.approx(0.1, abs=1e-4)
    assert (found.low, found.high) == tuple(sorted([found.calibrated, found.consensus]))


def test_with_too_many_classes_or_one_the_suspicion_alone_estimates():
    graph, labels = neighborhoods(0.1)
    P = np.full((N, 60), 1 / 60, np.float32)
    found = noise_rates(summary(P, labels), graph, labels, 60)
    assert found.consensus is None
    assert found.low == found.high == pytest.approx(1 - 1 / 60, abs=1e-4)
    assert (NoiseRates(0.3, 0.1).low, NoiseRates(0.3, 0.1).high) == (0.1, 0.3)
