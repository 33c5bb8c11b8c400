"""The user's own classifier as a detector."""

import numpy as np
import pytest

from core.detectors import CalibratedEvidence, Predictions
from tests.core.detectors.conftest import Noisy, assert_probabilities, proba


def test_given_probabilities_are_unchanged(noisy: Noisy) -> None:
    P = np.random.default_rng(0).dirichlet(np.ones(5), 300).astype(np.float16)
    features = noisy.features._replace(predictions=P)
    evidence = Predictions().fit(features, noisy.given, 5, np.ones(300))
    np.testing.assert_allclose(proba(evidence, 300), np.maximum(P, 6.2e-5), rtol=0.01)


def test_a_row_of_zeros_is_missing(noisy: Noisy) -> None:
    P = np.zeros((300, 5), np.float16)
    P[:100, 1] = 1
    features = noisy.features._replace(predictions=P)
    evidence = Predictions().fit(features, noisy.given, 5, np.ones(300))
    assert np.isnan(evidence.log_proba(slice(100, 300))).all()
    calibrated = proba(CalibratedEvidence(evidence, noisy.given), 300)
    assert_probabilities(calibrated, 300, 5)
    np.testing.assert_allclose(calibrated[100:], 0.2)
    assert (calibrated[:100, 1] > 0.2).all()


def test_missing_predictions_raise(noisy: Noisy) -> None:
    with pytest.raises(ValueError, match=r"This audit has no predictions; .*\.$"):
        Predictions().fit(noisy.features, noisy.given, 5, np.ones(300))
