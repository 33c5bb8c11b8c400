"""The log-odds of probabilities, finite at both ends."""

import numpy as np
import pytest

from core.detectors.log_odds import log_odds


def test_log_odds_are_the_logarithm_of_the_odds():
    p = np.array([0.1, 0.5, 0.75])
    np.testing.assert_allclose(log_odds(p, 1e-15), np.log([1 / 9, 1, 3]), atol=1e-15)


@pytest.mark.parametrize("least", [1e-15, 1e-13, 0.05])
def test_the_log_odds_of_0_and_1_are_those_of_the_bounds(least):
    ends = np.log(least / (1 - least))
    np.testing.assert_allclose(log_odds(np.array([0.0, 1.0]), least), [ends, -ends], rtol=1e-3)


def test_single_precision_does_not_lose_the_bound():
    """1 - 1e-13 is 1 in single precision, whose log-odds would be infinite."""
    assert np.isfinite(log_odds(np.array([0, 1], np.float32), 1e-13)).all()


def test_a_missing_probability_has_no_log_odds():
    assert np.isnan(log_odds(np.nan, 1e-15))
