"""The logistic probe."""

import numpy as np

from core.detectors import CalibratedEvidence, Probe
from core.detectors.calibration import softmax
from tests.core.detectors.conftest import Noisy, proba


def fitted(noisy: Noisy, labels: np.ndarray, n_classes: int = 5, **settings: float) -> np.ndarray:
    evidence = Probe(**settings).fit(noisy.features, labels, n_classes, np.ones(300))
    return proba(CalibratedEvidence(evidence, labels), 300)


def test_the_seed_decides_the_folds(noisy: Noisy) -> None:
    one, same, other = (fitted(noisy, noisy.given, random_state=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_two_classes_have_two_columns(noisy: Noisy) -> None:
    labels = (noisy.truth > 2).astype(np.int64)
    P = fitted(noisy, labels, 2)
    assert P.shape == (300, 2)
    assert (P.argmax(axis=1) == labels).mean() > 0.9


def test_two_classes_out_of_three_are_those_that_are_there(noisy: Noisy) -> None:
    labels = np.where(noisy.truth > 2, 2, 0)
    P = fitted(noisy, labels, 3)
    assert (P.argmax(axis=1) == labels).mean() > 0.9


def test_agrees_with_scikit_learn_on_the_same_fold(noisy: Noisy) -> None:
    from sklearn.linear_model import LogisticRegression

    X = noisy.features.vectors * np.sqrt(noisy.features.vectors.shape[1])
    evidence = Probe(C=0.1).fit(noisy.features, noisy.given, 5, np.ones(300))
    rest = evidence.folds != 0
    model = LogisticRegression(C=0.1, tol=1e-6, max_iter=1000).fit(X[rest], noisy.given[rest])
    ours = softmax(evidence.log_proba(np.flatnonzero(~rest)))
    np.testing.assert_allclose(ours, model.predict_proba(X[~rest]), atol=0.01)


def test_a_strong_penalty_leaves_it_calibrated(noisy: Noisy) -> None:
    P = fitted(noisy, noisy.truth, C=1e-3)
    right = (P.argmax(axis=1) == noisy.truth).mean()
    assert abs(P.max(axis=1).mean() - right) < 0.1
