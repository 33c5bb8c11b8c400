"""The shrinkage discriminant, against scikit-learn's."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.detectors import Discriminant
from core.detectors.calibration import softmax
from core.detectors.discriminant import discriminant_logits
from core.detectors.folds import stratified_folds
from tests.core.detectors.conftest import Noisy


def test_agrees_with_scikit_learn_where_weights_are_equal(noisy: Noisy) -> None:
    from sklearn.covariance import shrunk_covariance
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    class Shrunk:
        def fit(self, X: np.ndarray) -> "Shrunk":
            # scikit-learn averages the covariances of the classes by prior.
            self.covariance_ = shrunk_covariance(np.cov(X.T, bias=True), shrinkage=0.3)
            return self

    X, y = noisy.features.vectors, noisy.given
    theirs = LinearDiscriminantAnalysis(solver="lsqr", covariance_estimator=Shrunk()).fit(X, y)
    ours = softmax(discriminant_logits(X, y, np.ones(len(y)), X, 0.3))
    np.testing.assert_allclose(ours, theirs.predict_proba(X), atol=1e-4)


def test_a_weight_of_two_is_an_item_twice(noisy: Noisy) -> None:
    X, y = noisy.features.vectors, noisy.given
    weights = np.where(np.arange(len(y)) < 40, 2.0, 1.0)
    twice = np.concatenate([np.arange(len(y)), np.arange(40)])
    np.testing.assert_allclose(
        softmax(discriminant_logits(X, y, weights, X, 0.2)),
        softmax(discriminant_logits(X[twice], y[twice], np.ones(len(twice)), X, 0.2)),
        atol=1e-8,
    )


@settings(deadline=None, max_examples=10)
@given(item=st.integers(0, 299), label=st.integers(0, 4))
def test_own_label_only_moves_the_temperature(noisy: Noisy, item: int, label: int) -> None:
    """With the folds fixed, a row's ratios of logarithms do not depend on its label."""
    folds, weights = stratified_folds(noisy.given, 10, random_state=0), np.ones(300)
    changed = noisy.given.copy()
    changed[item] = label
    before, after = (
        np.log(Discriminant().predict_proba_oos(noisy.features, labels, 5, weights, folds)[item])
        for labels in (noisy.given, changed)
    )
    scale = (before - before.max()).min() / (after - after.max()).min()
    np.testing.assert_allclose(before - before.max(), scale * (after - after.max()), atol=1e-3)
