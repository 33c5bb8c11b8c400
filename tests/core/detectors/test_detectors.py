"""Properties of every detector, with and without calibration."""

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.detectors import CalibratedEvidence, Detector, Discriminant, Probe, Ridge, SoftKNN, probe
from core.detectors.folds import stratified_folds
from tests.core.detectors.conftest import (
    Noisy,
    assert_probabilities,
    average_precision,
    blobs,
    features_of,
    proba,
)

DETECTORS = [SoftKNN(), Discriminant(), Probe(), Ridge()]
detectors = pytest.mark.parametrize("detector", DETECTORS, ids=lambda d: type(d).__name__)


def predicted(detector: Detector, noisy: Noisy, weights: np.ndarray | None = None) -> np.ndarray:
    weights = np.ones(len(noisy.given)) if weights is None else weights
    evidence = detector.fit(noisy.features, noisy.given, noisy.n_classes, weights)
    return proba(CalibratedEvidence(evidence, noisy.given), len(noisy.given))


@detectors
def test_wrong_labels_are_found(detector: Detector, noisy: Noisy) -> None:
    P = predicted(detector, noisy)
    assert_probabilities(P, 300, 5)
    assert average_precision(noisy.wrong, -P[np.arange(300), noisy.given]) > 0.8


@detectors
def test_down_weighting_wrong_labels_raises_the_probability_of_true_classes(
    detector: Detector, noisy: Noisy
) -> None:
    """Where wrong labels count for nothing, the true class gets more probability."""
    of_truth = {}
    for weight in (1.0, 1e-9):
        P = predicted(detector, noisy, np.where(noisy.wrong, weight, 1.0))
        of_truth[weight] = P[noisy.wrong, noisy.truth[noisy.wrong]].mean()
    assert of_truth[1e-9] > of_truth[1.0]


@detectors
def test_labels_of_zero_weight_have_no_effect(detector: Detector, noisy: Noisy) -> None:
    weights = np.where(noisy.wrong, 0.0, 1.0)
    folds = stratified_folds(noisy.truth, 5, 0)
    given_, true = (
        raw(detector, noisy, labels, folds, weights) for labels in (noisy.given, noisy.truth)
    )
    np.testing.assert_allclose(given_, true, atol=2e-3)


@detectors
@pytest.mark.parametrize("rows", [np.array([299, 0, 150]), np.array([], np.int64), slice(40, 90)])
def test_log_proba_of_some_rows_equals_that_of_all(
    detector: Detector, noisy: Noisy, rows: Any
) -> None:
    evidence = detector.fit(noisy.features, noisy.given, 5, np.ones(300))
    everything = evidence.log_proba(slice(0, 300))
    np.testing.assert_allclose(evidence.log_proba(rows), everything[rows], atol=1e-4)


# Out of sample: without the own label -------------------------------------------------------------


def raw(
    detector: Detector,
    noisy: Noisy,
    labels: np.ndarray,
    folds: np.ndarray,
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """Uncalibrated log-probabilities, with folds that do not follow the labels."""
    more: dict[str, Any] = {"folds": folds} if isinstance(detector, Discriminant) else {}
    weights = np.ones(len(labels)) if weights is None else weights
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(probe, "stratified_folds", lambda *_: folds)
        evidence = detector.fit(noisy.features, labels, noisy.n_classes, weights, **more)
    return evidence.log_proba(slice(0, len(labels)))


@detectors
@settings(deadline=None, max_examples=5)
@given(item=st.integers(0, 299), label=st.integers(0, 4), weight=st.sampled_from([0.02, 1.0, 1.5]))
def test_log_proba_does_not_depend_on_the_own_label(
    detector: Detector, noisy: Noisy, item: int, label: int, weight: float
) -> None:
    weights = np.ones(300)
    weights[item] = weight
    changed = noisy.given.copy()
    changed[item] = label
    folds = stratified_folds(noisy.given, 5, 0, noisy.features.groups)
    before, after = (
        raw(detector, noisy, labels, folds, weights)[item] for labels in (noisy.given, changed)
    )
    np.testing.assert_allclose(before, after, atol=1e-3)


@pytest.mark.parametrize("detector", [Discriminant(), Probe()], ids=lambda d: type(d).__name__)
def test_copies_are_held_out_together(detector: Discriminant | Probe) -> None:
    X, labels = blobs(90, 3, spread=1.5)
    twice = features_of(np.concatenate([X, X[:30]]))
    y = np.concatenate([labels, (labels[:30] + 1) % 3])
    np.testing.assert_array_equal(twice.groups[:30], twice.groups[90:])
    folds = detector.fit(twice, y, 3, np.ones(120)).folds
    np.testing.assert_array_equal(folds[:30], folds[90:])


# Edge cases of real data sets ---------------------------------------------------------------------

# One item, one class, a class of one or two, no class at all between two
# labels, the same picture many times.
LABELS = {
    "one item": [0],
    "two items": [0, 1],
    "two items of a class": [1, 1],
    "three items": [0, 1, 1],
    "one class": [0] * 9,
    "a class of one": [0] * 8 + [1],
    "classes of one": list(range(7)),
    "an empty class": [0, 2] * 6,
    "hardly two items of each class": [*range(30), *range(15)],
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
        P = predicted(detector, Noisy(features, y, y, y.max() + 1))
    assert_probabilities(P, len(y), y.max() + 1)


@detectors
@settings(deadline=None, max_examples=8)
@given(
    n=st.integers(1, 40),
    n_classes=st.integers(1, 6),
    seed=st.integers(0, 5),
    weight=st.sampled_from([0.0, 0.02, 1.0, 1.5]),
)
def test_any_small_data_set_gives_probabilities(
    detector: Detector, n: int, n_classes: int, seed: int, weight: float
) -> None:
    rng = np.random.default_rng(seed)
    X, _ = blobs(n, n_classes, seed=seed)
    labels = rng.integers(n_classes, size=n)
    weights = np.where(rng.random(n) < 0.4, weight, 1.0)
    P = predicted(detector, Noisy(features_of(X), labels, labels, n_classes), weights)
    assert_probabilities(P, n, n_classes)
