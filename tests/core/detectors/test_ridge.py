"""Ridge regression with leave-one-out in closed form."""

import numpy as np
import pytest

from core.detectors import Features, Ridge
from core.neighbors import nearest
from tests.core.detectors.conftest import Noisy


def refitted(noisy: Noisy, weights: np.ndarray, item: int, penalty: float = 0.01) -> np.ndarray:
    """Scores of an item by a fit without it and its copies, the intercept unpenalized."""
    vectors = noisy.features.vectors.astype(np.float64)
    n, d = vectors.shape
    X = np.column_stack([vectors, np.ones(n)])
    rest = noisy.features.groups != noisy.features.groups[item]
    w = np.where(rest, weights, 0)[:, None]
    # The penalty follows the weight of all items; leaving one out does not change it.
    ridge = penalty * weights.sum() / d * np.diag([1.0] * d + [0.0])
    Y = np.eye(noisy.n_classes)[noisy.given]
    return X[item] @ np.linalg.solve(X.T @ (w * X) + ridge, X.T @ (w * Y))


@pytest.fixture(scope="module")
def with_copies(noisy: Noisy) -> Noisy:
    """The noisy items, the first sixty twice and the first ten thrice, some copies mislabeled."""
    rows = np.concatenate([np.arange(300), np.arange(60), np.arange(10)])
    vectors = noisy.features.vectors[rows]
    groups = rows.astype(np.int32)
    given = noisy.given[rows]
    given[300:320] = (given[300:320] + 2) % 5
    features = Features(vectors, nearest(vectors), groups)
    return Noisy(features, noisy.truth[rows], given, 5)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("data", ["noisy", "with_copies"])
def test_scores_are_those_of_a_fit_without_the_item_and_its_copies(
    data: str, weighted: bool, request: pytest.FixtureRequest
) -> None:
    noisy: Noisy = request.getfixturevalue(data)
    n = len(noisy.given)
    weights = np.random.default_rng(2).uniform(0, 1.5, n) if weighted else np.ones(n)
    evidence = Ridge().fit(noisy.features, noisy.given, 5, weights)
    items = np.arange(0, n, 9)
    expected = np.stack([refitted(noisy, weights, item) for item in items])
    np.testing.assert_allclose(evidence.log_proba(items), expected, atol=1e-4)


def test_a_class_of_one_item_has_no_score_without_it(noisy: Noisy) -> None:
    labels = noisy.given.copy()
    labels[7] = 5
    scores = Ridge().fit(noisy.features, labels, 6, np.ones(300)).log_proba(np.array([7]))[0]
    assert scores[5] == pytest.approx(0, abs=1e-4)
    assert scores.sum() == pytest.approx(1, abs=1e-3)


def test_votes_are_sparse(noisy: Noisy) -> None:
    """An entry for each of a thousand classes of each item would fill the memory."""
    votes = Ridge().fit(noisy.features, noisy.given, 1000, np.ones(300)).votes
    assert votes.nnz <= 300
