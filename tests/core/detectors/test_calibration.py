"""Temperatures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.detectors.calibration import calibrated, softmax, temperature


@pytest.mark.parametrize("heat", [0.5, 1.0, 4.0])
def test_the_temperature_that_labels_were_drawn_with_is_found(heat: float) -> None:
    rng = np.random.default_rng(0)
    logits = 3 * rng.standard_normal((20_000, 4))
    gumbel = rng.gumbel(size=logits.shape)
    labels = (logits + gumbel).argmax(axis=1)
    assert temperature(logits * heat, labels) == pytest.approx(heat, rel=0.05)


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
    P = calibrated(logits, np.array([0, 1]))
    np.testing.assert_allclose(P, 0.25)


def test_softmax_of_nothing_is_nothing() -> None:
    np.testing.assert_array_equal(softmax(np.array([[-np.inf, -np.inf]])), [[0, 0]])
