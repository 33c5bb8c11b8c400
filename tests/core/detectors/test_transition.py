"""The model of label noise, and what labels are worth as evidence."""

import numpy as np
import pytest

from core.detectors import transition
from core.detectors.calibration import log_softmax
from core.detectors.transition import NoiseModel, fit_noise

K, N = 5, 8000


def drawn(matrix: np.ndarray, heat: float = 1.0, seed: int = 0) -> tuple[np.ndarray, ...]:
    """Draw evidence, true classes from it, and labels of these by a transition matrix."""
    rng = np.random.default_rng(seed)
    P = rng.dirichlet(np.full(K, 0.15), N)
    truth = (P.cumsum(axis=1) > rng.random((N, 1))).argmax(axis=1)
    labels = (matrix[truth].cumsum(axis=1) > rng.random((N, 1))).argmax(axis=1)
    logs = log_softmax((np.log(np.maximum(P, 1e-7)) * heat).astype(np.float32))
    return logs, labels, truth


def one_way(rate: float) -> np.ndarray:
    return (1 - rate) * np.eye(K) + rate * np.roll(np.eye(K), 1, axis=1)


def uniform(rate: float) -> np.ndarray:
    return (1 - rate) * np.eye(K) + rate / (K - 1) * (1 - np.eye(K))


@pytest.fixture
def class_conditional(monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors as the model has them, no more frequent where pictures are hard."""
    monkeypatch.setattr(transition, "HARDER", 1.0)


@pytest.mark.parametrize("matrix", [one_way(0.3), uniform(0.1), uniform(0.5)])
@pytest.mark.parametrize("heat", [0.7, 2.0])
def test_noise_and_temperature_are_found_without_true_labels(
    matrix: np.ndarray, heat: float
) -> None:
    model = fit_noise(*drawn(matrix, heat)[:2])
    assert model.transition is not None
    np.testing.assert_allclose(model.transition, matrix, atol=0.06)
    assert model.temperature == pytest.approx(heat, rel=0.15)
    np.testing.assert_allclose(model.transition.sum(axis=1), 1)


@pytest.mark.usefixtures("class_conditional")
@pytest.mark.parametrize("matrix", [one_way(0.3), uniform(0.1), uniform(0.5)])
def test_probabilities_are_those_of_true_classes(matrix: np.ndarray) -> None:
    logs, labels, truth = drawn(matrix)
    P = fit_noise(logs, labels).posterior(logs, labels)
    np.testing.assert_allclose(P.sum(axis=1), 1, atol=1e-5)
    right = P[np.arange(N), labels]
    for low in (0, 0.2, 0.4, 0.6, 0.8):
        band = (right >= low) & (right < low + 0.2)
        if band.sum() > 200:
            assert right[band].mean() == pytest.approx((labels == truth)[band].mean(), abs=0.06)


def test_a_class_that_is_never_mistaken_for_the_label_is_improbable() -> None:
    logs, labels, _ = drawn(one_way(0.3))
    P = fit_noise(logs, labels).posterior(np.full((1, K), -np.log(K), np.float32), np.array([1]))
    assert P[0].argsort()[::-1][:2].tolist() == [1, 0]
    assert P[0, 2:].sum() < 0.05


def test_the_odds_of_an_error_are_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    logs, labels, _ = drawn(uniform(0.1))
    model, rows = fit_noise(logs, labels), np.arange(N)
    raised = model.posterior(logs, labels)[rows, labels]
    monkeypatch.setattr(transition, "HARDER", 1.0)
    plain = model.posterior(logs, labels)[rows, labels]
    some = (plain > 0.01) & (plain < 0.99)
    odds = ((1 - raised) / raised)[some] / ((1 - plain) / plain)[some]
    np.testing.assert_allclose(odds, 2, rtol=0.01)


def test_with_many_classes_noise_is_uniform(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transition, "_MOST_CLASSES_FOR_PAIRS", K)
    model = fit_noise(*drawn(uniform(0.2))[:2])
    assert model.transition is None
    assert model.rate == pytest.approx(0.2, abs=0.03)


def test_another_temperature_is_fitted_to_the_same_noise() -> None:
    logs, labels, _ = drawn(uniform(0.2))
    model = fit_noise(logs, labels)
    other = model.with_temperature_of(log_softmax(logs * 3), labels)
    assert other.temperature == pytest.approx(3 * model.temperature, rel=0.1)
    assert other.transition is model.transition


def test_a_missing_member_stays_missing() -> None:
    logs, labels, _ = drawn(uniform(0.2))
    model = fit_noise(logs, labels)
    missing = np.full_like(logs, np.nan)
    assert model.with_temperature_of(missing, labels) is model
    assert np.isnan(model.posterior(missing[:3], labels[:3])).all()


def test_one_class_has_no_noise() -> None:
    assert fit_noise(np.zeros((3, 1), np.float32), np.zeros(3, np.int64)) == NoiseModel(1, 0, None)


def test_a_class_without_labels_and_a_few_items_do_no_harm() -> None:
    logs, labels, _ = drawn(uniform(0.1))
    few = np.flatnonzero(labels < 3)[:12]
    P = fit_noise(logs[few], labels[few]).posterior(logs[few], labels[few])
    assert np.isfinite(P).all()
