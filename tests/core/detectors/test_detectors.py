"""What holds for every detector and for their pool."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.detectors import Detector, Discriminant, LogPool, Probe, SoftKNN
from tests.core.detectors.conftest import Noisy, blobs, features_of

DETECTORS = [SoftKNN(), Discriminant(), Probe()]
detectors = pytest.mark.parametrize("detector", DETECTORS, ids=lambda d: type(d).__name__)


def assert_probabilities(P: np.ndarray, n: int, n_classes: int) -> None:
    assert P.shape == (n, n_classes)
    assert P.dtype == np.float32
    assert (P >= 0).all()
    np.testing.assert_allclose(P.sum(axis=1), 1, atol=1e-5)


@detectors
def test_wrong_labels_are_found(detector: Detector, noisy: Noisy) -> None:
    from sklearn.metrics import average_precision_score

    P = detector.predict_proba_oos(noisy.features, noisy.given, 5, np.ones(300))
    assert_probabilities(P, 300, 5)
    own = P[np.arange(300), noisy.given]
    assert average_precision_score(noisy.given != noisy.truth, -own) > 0.8


@detectors
def test_items_of_little_weight_teach_little(detector: Detector, noisy: Noisy) -> None:
    """Where wrong labels weigh nothing, their items are given to the true class more."""
    wrong = noisy.given != noisy.truth
    of_truth = {}
    for weight in (1.0, 1e-9):
        weights = np.where(wrong, weight, 1.0)
        P = detector.predict_proba_oos(noisy.features, noisy.given, 5, weights)
        of_truth[weight] = P[wrong, noisy.truth[wrong]].mean()
    assert of_truth[1e-9] > of_truth[1.0]


# What data sets really bring: one item, one class, a class of one or two, no
# class at all between two labels, the same picture many times.
LABELS = {
    "one item": [0],
    "two items": [0, 1],
    "two items of a class": [1, 1],
    "three items": [0, 1, 1],
    "one class": [0] * 9,
    "a class of one": [0] * 8 + [1],
    "classes of one": list(range(7)),
    "an empty class": [0, 2] * 6,
}
edge_cases = pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
spread = pytest.mark.parametrize("spread", [1.0, 0.0], ids=["spread", "all alike"])


@detectors
@edge_cases
@spread
def test_edge_cases_give_probabilities_without_a_warning(
    detector: Detector, labels: list[int], spread: float
) -> None:
    y = np.array(labels)
    features = features_of(np.random.default_rng(0).standard_normal((len(y), 4)) * spread + 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        P = detector.predict_proba_oos(features, y, y.max() + 1, np.ones(len(y)))
    assert_probabilities(P, len(y), y.max() + 1)


@edge_cases
@spread
def test_the_pool_takes_edge_cases(labels: list[int], spread: float) -> None:
    y = np.array(labels)
    features = features_of(np.random.default_rng(0).standard_normal((len(y), 4)) * spread + 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pool = LogPool().fit(features, y, y.max() + 1)
    assert_probabilities(pool.probabilities_, len(y), y.max() + 1)
    assert ((pool.suspicion_ >= 0) & (pool.suspicion_ <= 1)).all()
    assert (pool.suggested_ != y).all() or y.max() == 0


@settings(deadline=None, max_examples=6)
@given(st.integers(2, 40), st.integers(1, 6), st.integers(0, 5))
def test_any_small_data_set_can_be_pooled(n: int, n_classes: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, _ = blobs(n, n_classes, seed=seed)
    labels = rng.integers(n_classes, size=n)
    pool = LogPool().fit(features_of(X), labels, n_classes)
    assert_probabilities(pool.probabilities_, n, n_classes)
    assert np.isfinite(pool.suspicion_).all()
