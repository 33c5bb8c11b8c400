"""Published scores, against hand-computed values and on synthetic label noise."""

import numpy as np
import pytest

from core.detectors.comparators import COMPARATORS
from core.detectors.estimator import Features
from core.detectors.methods import METHODS
from core.detectors.votes import best_other
from core.neighbors import Graph, nearest
from tests.core.detectors.conftest import Noisy, blobs, features_of


def rank(name, features, labels, n_classes):
    return COMPARATORS[name].rank(features, np.asarray(labels), n_classes, None)


@pytest.fixture
def three():
    """Three items on a line: 0 and 1 near each other, 2 apart."""
    similarities = np.array([[0.8, 0.6], [0.8, 0.5], [0.6, 0.5]], np.float32)
    graph = Graph(np.array([[1, 2], [0, 2], [0, 1]], np.int32), similarities)
    vectors = np.linalg.cholesky(np.array([[1, 0.8, 0.6], [0.8, 1, 0.5], [0.6, 0.5, 1]]))
    return Features.of(vectors.astype(np.float32), graph)


@pytest.fixture(scope="module")
def scattered():
    """300 items in 5 classes, thirty of them mislabeled at random."""
    X, truth = blobs(300, 5, spread=1.6)
    rng = np.random.default_rng(0)
    given = truth.copy()
    wrong = rng.choice(300, 30, replace=False)
    given[wrong] = (truth[wrong] + rng.integers(1, 5, 30)) % 5
    return Noisy(features_of(X), truth, given, 5)


@pytest.mark.parametrize("name", COMPARATORS)
def test_synthetic_errors_come_first(scattered, name):
    ranking = rank(name, scattered.features, scattered.given, scattered.n_classes)
    wrong = scattered.given != scattered.truth
    first = np.argsort(-ranking.suspicion, kind="stable")[: wrong.sum()]
    assert wrong[first].mean() > 0.6


@pytest.mark.parametrize("name", COMPARATORS)
def test_comparators_are_not_selectable(name):
    assert not COMPARATORS[name].selectable
    assert name not in METHODS


@pytest.mark.parametrize("name", COMPARATORS)
def test_suggestions_are_right_and_never_the_given_label(scattered, name):
    suggested = rank(name, scattered.features, scattered.given, scattered.n_classes).suggested
    if name == "selfclean":
        assert suggested is None
        return
    wrong = scattered.given != scattered.truth
    assert (suggested != scattered.given).all()
    assert (suggested[wrong] == scattered.truth[wrong]).mean() > 0.7


@pytest.mark.parametrize("name", COMPARATORS)
@pytest.mark.parametrize(
    "labels",
    [[0], [0, 1], [0, 0, 0], [0, 0, 1], list(range(6)), [0, 0, 0, 3]],
    ids=["one item", "two", "one class", "lone item", "all alone", "absent classes"],
)
def test_tiny_data_are_ranked_without_a_warning(name, labels):
    X = np.random.default_rng(0).standard_normal((len(labels), 4)).astype(np.float32)
    ranking = rank(name, features_of(X), labels, max(labels) + 1)
    assert ranking.suspicion.shape == (len(labels),)
    assert np.isfinite(ranking.suspicion).all()


@pytest.mark.parametrize("name", COMPARATORS)
def test_identical_images_have_finite_scores(name):
    vectors = np.ones((12, 3), np.float32) / np.sqrt(np.float32(3))
    ranking = rank(name, Features.of(vectors, nearest(vectors)), [0, 1] * 6, 2)
    assert np.isfinite(ranking.suspicion).all()


def test_deep_knn_is_the_share_of_neighbors_that_disagree(three):
    ranking = rank("deep-knn", three, [0, 0, 1], 2)
    assert ranking.suspicion == pytest.approx([0.5, 0.5, 1])


def test_simifeat_counts_the_item_itself_at_its_extrapolated_nearness(three):
    ranking = rank("simifeat", three, [0, 0, 1], 2)
    own, other = (2 * 0.8 - 0.6) + 0.8, 0.6
    assert ranking.suspicion[0] == pytest.approx(-np.log(own / np.hypot(own, other)), abs=1e-6)
    own, other = 2 * 0.6 - 0.5, 0.6 + 0.5
    assert ranking.suspicion[2] == pytest.approx(-np.log(own / np.hypot(own, other)), abs=1e-6)


def test_selfclean_compares_squared_distances(three):
    ranking = rank("selfclean", three, [0, 0, 1], 2)
    assert ranking.suspicion[0] == pytest.approx(0.2**2 / (0.2**2 + 0.4**2), abs=1e-5)
    assert ranking.suspicion[2] == pytest.approx(2**2 / (2**2 + 0.4**2), abs=1e-5)


def test_margin_of_two_classes_ranks_as_self_confidence_does():
    X, labels = blobs(120, 2, spread=4)
    features = features_of(X)
    margin = rank("margin", features, labels, 2).suspicion
    self_confidence = METHODS["probe"].rank(features, labels, 2, None).suspicion
    assert (np.argsort(margin) == np.argsort(self_confidence)).mean() > 0.9
    assert 0 <= margin.min() <= margin.max() <= 1


def test_best_other_is_never_the_own_class():
    labels = np.array([0, 1, 2])
    assert (best_other(np.full((3, 3), -np.inf, np.float32), labels) != labels).all()
    assert best_other(np.eye(3)[::-1], labels).tolist() == [2, 0, 0]
    assert best_other(np.zeros((3, 1)), np.zeros(3, np.int64)).tolist() == [0, 0, 0]
