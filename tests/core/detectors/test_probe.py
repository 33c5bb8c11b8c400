"""The logistic probe."""

import numpy as np

from core.detectors import Probe
from tests.core.detectors.conftest import Noisy


def test_the_seed_decides_the_folds(noisy: Noisy) -> None:
    one, same, other = (
        Probe(random_state=seed).predict_proba_oos(noisy.features, noisy.given, 5, np.ones(300))
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_two_classes_have_two_columns(noisy: Noisy) -> None:
    labels = (noisy.truth > 2).astype(np.int64)
    P = Probe().predict_proba_oos(noisy.features, labels, 2, np.ones(300))
    assert P.shape == (300, 2)
    assert (P.argmax(axis=1) == labels).mean() > 0.9


def test_a_strong_penalty_leaves_it_calibrated(noisy: Noisy) -> None:
    P = Probe(C=1e-3).predict_proba_oos(noisy.features, noisy.truth, 5, np.ones(300))
    right = (P.argmax(axis=1) == noisy.truth).mean()
    assert abs(P.max(axis=1).mean() - right) < 0.1
