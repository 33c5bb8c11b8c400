"""The shrinkage discriminant, against its formula and scikit-learn's."""

import numpy as np
import pytest

from core.arrays import blocks
from core.detectors import Discriminant, Features
from core.detectors.calibration import softmax
from core.detectors.discriminant import fold_sums
from tests.core.detectors.conftest import Noisy


def of_the_rest(
    noisy: Noisy, rows: np.ndarray, weights: np.ndarray, shrinkage: float, labels: np.ndarray
) -> np.ndarray:
    """Log-probabilities of all items by a discriminant fitted on `rows`, up to a constant."""
    features = Features(
        np.concatenate([noisy.features.vectors[rows], noisy.features.vectors]),
        noisy.features.graph,
        noisy.features.groups,
    )
    n, n_rest = len(noisy.given), len(rows)
    folds = np.repeat([0, 1], [n_rest, n])  # all items are scored by the first fold
    evidence = Discriminant(shrinkage).fit(
        features,
        np.concatenate([labels[rows], labels]),
        noisy.n_classes,
        np.concatenate([weights, np.ones(n)]),
        folds,
    )
    return evidence.log_proba(slice(n_rest, n_rest + n))


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
    ours = softmax(of_the_rest(noisy, np.arange(300), np.ones(300), 0.3, y))
    np.testing.assert_allclose(ours, theirs.predict_proba(X), atol=1e-4)


def test_follows_the_formula_with_weights(noisy: Noisy) -> None:
    X, y = noisy.features.vectors.astype(np.float64), noisy.given
    w = np.random.default_rng(0).uniform(0.02, 1.5, 300)
    priors = np.bincount(y, w) / w.sum()
    means = np.stack([np.average(X[y == c], axis=0, weights=w[y == c]) for c in range(5)])
    centered = (X - means[y]) * np.sqrt(w)[:, None]
    within = centered.T @ centered / w.sum()
    shrunk = 0.8 * within + 0.2 * np.trace(within) / len(within) * np.eye(len(within))
    gaps = X[:, None, :] - means
    distances = np.einsum("ncd,de,nce->nc", gaps, np.linalg.inv(shrunk), gaps)
    expected = softmax(np.log(priors) - distances / 2)
    ours = softmax(of_the_rest(noisy, np.arange(300), w, 0.2, y))
    np.testing.assert_allclose(ours, expected, atol=1e-4)


def test_a_weight_of_two_is_an_item_twice(noisy: Noisy) -> None:
    weights = np.where(np.arange(300) < 40, 2.0, 1.0)
    twice = np.concatenate([np.arange(300), np.arange(40)])
    np.testing.assert_allclose(
        softmax(of_the_rest(noisy, np.arange(300), weights, 0.2, noisy.given)),
        softmax(of_the_rest(noisy, twice, np.ones(340), 0.2, noisy.given)),
        atol=1e-5,
    )


@pytest.mark.parametrize("entries", [blocks._ENTRIES, 16 * 23])
def test_fold_sums_equal_direct_sums(
    noisy: Noisy, monkeypatch: pytest.MonkeyPatch, entries: int
) -> None:
    monkeypatch.setattr(blocks, "_ENTRIES", entries)
    X, y = noisy.features.vectors.astype(np.float64), noisy.given
    w = np.random.default_rng(1).uniform(0, 1.5, 300)
    folds = np.arange(300) * 7 % 4
    sums = fold_sums(noisy.features.vectors, y, 6, w, folds, 4)  # no item is of class 5
    for fold in range(4):
        for c in range(6):
            own = (folds == fold) & (y == c)
            assert sums.items[fold, c] == own.sum()
            np.testing.assert_allclose(sums.weight[fold, c], w[own].sum())
            np.testing.assert_allclose(sums.first[fold, c], w[own] @ X[own], atol=1e-5)
        own = folds == fold
        np.testing.assert_allclose(sums.second[fold], (X[own].T * w[own]) @ X[own], atol=1e-5)


def test_a_class_held_out_entirely_has_no_score(noisy: Noisy) -> None:
    held_out = noisy.given == 2
    folds = np.where(held_out, 0, 1)
    evidence = Discriminant().fit(noisy.features, noisy.given, 5, np.ones(300), folds)
    unknown = np.isnan(evidence.log_proba(slice(0, 300)))
    assert (unknown[held_out] == (np.arange(5) == 2)).all()
    assert (unknown[~held_out] == (np.arange(5) != 2)).all()


def test_the_seed_decides_the_folds(noisy: Noisy) -> None:
    one, same, other = (
        Discriminant(random_state=seed)
        .fit(noisy.features, noisy.given, 5, np.ones(300))
        .log_proba(slice(0, 300))
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()
