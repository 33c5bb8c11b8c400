"""Small data sets for the detectors."""

from typing import NamedTuple

import numpy as np
import pytest

from core.detectors import Features
from core.neighbors import HalfWhitening, nearest


class Noisy(NamedTuple):
    features: Features
    truth: np.ndarray
    given: np.ndarray
    n_classes: int


def features_of(X: np.ndarray) -> Features:
    vectors = HalfWhitening().fit_transform(X)
    return Features(vectors, nearest(vectors))


def blobs(n: int, n_classes: int, spread: float = 1.0, seed: int = 0) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((n_classes, 16)) * 2
    labels = np.arange(n) % n_classes
    return centres[labels] + spread * rng.standard_normal((n, 16)), labels


@pytest.fixture(scope="session")
def noisy() -> Noisy:
    """300 items in 5 classes, one label in ten wrong."""
    X, truth = blobs(300, 5, spread=1.6)
    given = truth.copy()
    given[::10] = (truth[::10] + 1 + np.arange(30) % 4) % 5
    return Noisy(features_of(X), truth, given, 5)
