"""Temperature scaling."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.detectors import CalibratedEvidence
from core.detectors.calibration import log_softmax, noisy_temperature, softmax, temperature
from core.detectors.estimator import Rows


@dataclass
class FixedEvidence:
    """Evidence from a given array."""

    logits: np.ndarray

    def log_proba(self, rows: Rows) -> np.ndarray:
        return self.logits[rows].astype(np.float32)


def calibrated(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return np.exp(
        CalibratedEvidence(FixedEvidence(logits), labels).log_proba(slice(0, len(labels)))
    )


def drawn(n: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    logits = 3 * rng.standard_normal((n, 4))
    return logits, (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)


@pytest.mark.parametrize("heat", [0.5, 1.0, 4.0])
def test_the_temperature_that_labels_were_drawn_with_is_found(heat: float) -> None:
    logits, labels = drawn()
    assert temperature(logits * heat, labels) == pytest.approx(heat, rel=0.05)


def test_the_temperature_is_estimated_from_a_sample_of_rows() -> None:
    logits, labels = drawn(50_000)
    assert CalibratedEvidence(FixedEvidence(logits * 2), labels).temperature_ == pytest.approx(
        2, rel=0.05
    )


def test_rows_without_a_score_for_their_label_do_not_affect_the_temperature() -> None:
    logits, labels = drawn()
    logits *= 2
    rows = np.arange(len(labels))
    logits[rows[::2], labels[::2]] = np.nan
    assert temperature(logits, labels) == temperature(logits[1::2], labels[1::2])


@pytest.mark.parametrize("logits", [np.full((3, 2), np.nan), np.zeros((3, 1))])
def test_the_temperature_is_one_where_it_cannot_be_estimated(logits: np.ndarray) -> None:
    assert temperature(logits, np.zeros(3, np.int64)) == 1


@given(st.floats(-50, 50), st.floats(0.5, 2))
def test_neither_shift_nor_scale_matters(shift: float, scale: float) -> None:
    rng = np.random.default_rng(1)
    labels = rng.integers(3, size=200)
    logits = rng.standard_normal((200, 3)) + 2 * np.eye(3)[labels]
    np.testing.assert_allclose(
        calibrated(logits, labels), calibrated(logits * scale + shift, labels), atol=0.01
    )


def test_unknown_classes_get_an_equal_share() -> None:
    logits = np.array([[0.0, 0.0, np.nan, np.nan], [np.nan] * 4])
    np.testing.assert_allclose(calibrated(logits, np.array([0, 1])), 0.25)


def test_the_known_classes_share_the_rest_as_they_would_alone() -> None:
    logits = np.tile([[1.0, 0.0, np.nan]], (10, 1))
    P = calibrated(logits, np.array([0, 0, 0, 0, 0, 0, 0, 1, 1, 1]))
    np.testing.assert_allclose(P, np.tile([[0.7 * 2 / 3, 0.3 * 2 / 3, 1 / 3]], (10, 1)), atol=0.02)
    np.testing.assert_allclose(P.sum(axis=1), 1, atol=1e-6)


def test_log_softmax_is_the_logarithm_of_softmax() -> None:
    logits, _ = drawn(50)
    np.testing.assert_allclose(np.exp(log_softmax(logits)), softmax(logits), atol=1e-12)


def test_a_row_without_a_finite_entry_stays_so() -> None:
    nothing = np.full((1, 2), -np.inf, np.float32)
    np.testing.assert_array_equal(log_softmax(nothing), nothing)


def test_label_noise_does_not_bias_the_temperature() -> None:
    """Labels are drawn from the probabilities, three in ten of them replaced at random."""
    rng = np.random.default_rng(0)
    P = rng.dirichlet(np.full(5, 0.3), 6000)
    drawn = (P.cumsum(axis=1) > rng.random((6000, 1))).argmax(axis=1)
    labels = np.where(rng.random(6000) < 0.3, rng.integers(5, size=6000), drawn)
    logits = np.log(np.maximum(P, 1e-9)).astype(np.float32)
    found, noise = noisy_temperature(logits * 2, labels)
    assert found == pytest.approx(2, rel=0.1)
    assert noise == pytest.approx(0.3, abs=0.04)
    assert temperature(logits * 2, labels) > 2.5


def test_one_class_has_no_temperature() -> None:
    assert noisy_temperature(np.zeros((3, 1), np.float32), np.zeros(3, np.int64)) == (1.0, 0.0)
