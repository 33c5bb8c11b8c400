"""Small data sets for the detectors."""

from typing import NamedTuple

import numpy as np
import pytest

from core.detectors import Evidence, Features
from core.neighbors import HalfWhitening, nearest


class Noisy(NamedTuple):
    features: Features
    truth: np.ndarray
    given: np.ndarray
    n_classes: int

    @property
    def wrong(self) -> np.ndarray:
        return self.given != self.truth


def features_of(X: np.ndarray) -> Features:
    vectors = HalfWhitening().fit_transform(X)
    return Features.of(vectors, nearest(vectors))


def blobs(n: int, n_classes: int, spread: float = 1.0, seed: int = 0) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    centers = rng.standard_normal((n_classes, 16)) * 2
    labels = np.arange(n) % n_classes
    return centers[labels] + spread * rng.standard_normal((n, 16)), labels


def proba(evidence: Evidence, n: int) -> np.ndarray:
    """Probabilities of all rows, for evidence that is normalized."""
    return np.exp(evidence.log_proba(slice(0, n)))


def average_precision(wrong: np.ndarray, suspicion: np.ndarray) -> float:
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(wrong, suspicion))


def assert_probabilities(P: np.ndarray, n: int, n_classes: int) -> None:
    assert P.shape == (n, n_classes)
    assert P.dtype == np.float32
    assert (P >= 0).all()
    np.testing.assert_allclose(P.sum(axis=1), 1, atol=1e-5)


@pytest.fixture(scope="session")
def noisy() -> Noisy:
    """300 items in 5 classes, one label in ten wrong."""
    X, truth = blobs(300, 5, spread=1.6)
    given = truth.copy()
    given[::10] = (truth[::10] + 1 + np.arange(30) % 4) % 5
    return Noisy(features_of(X), truth, given, 5)


@pytest.fixture(scope="session")
def clumped() -> Noisy:
    """1,200 items in 4 classes; four tight groups of 30 have the label of another class."""
    rng = np.random.default_rng(1)
    X, truth = blobs(1200, 4, spread=1.2, seed=3)
    given = truth.copy()
    for c in range(4):
        clump = np.flatnonzero(truth == c)[:30]
        X[clump] += 2 * rng.standard_normal(16)
        given[clump] = (c + 1) % 4
    return Noisy(features_of(X), truth, given, 4)
