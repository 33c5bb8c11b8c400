"""From log-odds to the suspicion that is shown."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.detectors.suspicion_scale import SuspicionScale, fitted_scale

LOG_ODDS = np.linspace(-60, 60, 4001)
lines = st.builds(
    lambda slope, shift: SuspicionScale(np.array([0.0, 1.0]), np.array([shift, shift + slope])),
    st.floats(0.1, 4),
    st.floats(-12, 12),
)


def reviewed(scale: SuspicionScale, seed: int, n_reviews: int, rate: float) -> SuspicionScale:
    rng = np.random.default_rng(seed)
    rows = rng.choice(len(LOG_ODDS), n_reviews, replace=False)
    return scale.corrected_by(LOG_ODDS, rows, (rng.random(n_reviews) < rate).astype(float))


@given(lines, st.integers(0, 9), st.integers(0, 2000), st.floats(0, 1))
def test_whatever_a_review_finds_the_order_stays_and_nothing_ties(
    line: SuspicionScale, seed: int, n_reviews: int, rate: float
) -> None:
    scale = reviewed(line, seed, n_reviews, rate)
    shown = scale.suspicion(LOG_ODDS)
    assert (np.diff(shown) > 0).all()
    assert shown.min() > 0
    assert shown.max() < 1


@given(lines, st.integers(0, 9), st.integers(0, 2000))
def test_log_odds_are_found_again(line: SuspicionScale, seed: int, n_reviews: int) -> None:
    scale = reviewed(line, seed, n_reviews, 0.5)
    found = scale.log_odds(scale.suspicion(LOG_ODDS))
    np.testing.assert_allclose(found, LOG_ODDS, atol=1e-3)
    stored = SuspicionScale.from_array(scale.to_array())
    np.testing.assert_array_equal(stored.suspicion(LOG_ODDS), scale.suspicion(LOG_ODDS))


def test_without_knots_it_is_the_logistic_function() -> None:
    scale = SuspicionScale.from_array(SuspicionScale().to_array())
    x = np.linspace(-25, 25, 101)
    np.testing.assert_allclose(scale.suspicion(x), 1 / (1 + np.exp(-x)))
    np.testing.assert_allclose(scale.log_odds(scale.suspicion(x)), x, atol=1e-3)
    unchanged = scale.corrected_by(x, np.arange(50), np.ones(50))
    np.testing.assert_array_equal(unchanged.suspicion(x), scale.suspicion(x))


def test_the_curve_that_probabilities_lie_on_is_found() -> None:
    x = np.random.default_rng(0).normal(0, 5, 5000)
    scale = fitted_scale(x, 1 / (1 + np.exp(-(0.6 * x - 2))))
    np.testing.assert_allclose(scale.values, [-2, -1.4], atol=0.02)


def test_of_labels_that_are_never_wrong_none_is_suspect() -> None:
    x = np.random.default_rng(0).normal(0, 5, 5000)
    assert fitted_scale(x, np.zeros(5000)).suspicion(x).mean() < 0.01


LINE = SuspicionScale(np.array([0.0, 1.0]), np.array([0.0, 0.5]))
DRAWN = np.sort(np.random.default_rng(0).normal(-5, 5, 10_000))
TOP = np.arange(len(DRAWN) - 400, len(DRAWN))


@pytest.mark.parametrize("rate", [0.3, 0.6])
def test_many_verdicts_on_the_first_items_outweigh_the_expectation(rate: float) -> None:
    errors = (np.arange(400) % 10 < 10 * rate).astype(float)
    shown = LINE.corrected_by(DRAWN, TOP, errors).suspicion(DRAWN)
    assert LINE.suspicion(DRAWN)[TOP].mean() > 0.8
    assert shown[TOP].mean() == pytest.approx(rate, abs=0.15)


def test_where_nothing_was_reviewed_little_changes() -> None:
    errors = (np.arange(400) % 2).astype(float)
    shown = LINE.corrected_by(DRAWN, TOP, errors).suspicion(DRAWN)
    far = DRAWN < -10
    np.testing.assert_allclose(shown[far], LINE.suspicion(DRAWN)[far], atol=0.01)


def test_a_few_picked_items_say_little_of_their_band() -> None:
    picked = TOP[::40]
    all_right = np.zeros(len(picked))
    few = LINE.corrected_by(DRAWN, picked, all_right).suspicion(DRAWN)[TOP].mean()
    whole = LINE.corrected_by(DRAWN, TOP, np.zeros(400)).suspicion(DRAWN)[TOP].mean()
    assert few > 0.75
    assert whole < 0.4
