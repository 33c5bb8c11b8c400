"""Similarity-weighted nearest neighbors."""

import numpy as np

from core.detectors import Features, SoftKNN
from core.neighbors import Graph, nearest
from tests.core.detectors.conftest import Noisy


def vote(
    features: Features,
    labels: np.ndarray,
    weights: np.ndarray | None = None,
    **settings_: float,
) -> np.ndarray:
    weights = np.ones(len(labels)) if weights is None else weights
    evidence = SoftKNN(**settings_).fit(features, labels, int(labels.max()) + 1, weights)
    return np.exp(evidence.log_proba(slice(0, len(labels))))


def test_votes_follow_the_formula() -> None:
    graph = Graph(
        np.array([[1, 2], [0, 2], [0, 1]], np.int32),
        np.array([[0.5, 0.4], [0.5, 0.3], [0.4, 0.3]], np.float32),
    )
    features = Features.of(np.zeros((3, 1), np.float32), graph)
    P = vote(features, np.array([0, 0, 1]), temperature=0.1)
    lesser = np.exp(-0.1 / 0.1)
    np.testing.assert_allclose(P[0], [1 / (1 + lesser), lesser / (1 + lesser)], rtol=1e-5)


def test_copies_share_one_vote_no_stronger_than_the_nearest_other() -> None:
    # Items 0 to 2 are one picture under label 0; 3 and 4 are others under label 1.
    rows = np.array([[1, 0, 0]] * 3 + [[0.8, 0.6, 0], [0.8, 0, 0.6]], np.float32)
    features = Features.of(rows, nearest(rows))
    labels = np.array([0, 0, 0, 1, 1])
    np.testing.assert_allclose(vote(features, labels)[0], [1 / 3, 2 / 3], rtol=1e-4)
    no_copies = features._replace(groups=np.arange(5))
    assert vote(no_copies, labels)[0, 0] > 0.95


def test_where_all_are_copies_shares_do_not_depend_on_other_rows() -> None:
    graph = Graph(
        np.array([[1, 2], [0, 2], [0, 1], [4, 5], [3, 5], [3, 4]], np.int32),
        np.array([[0.9, 0.9]] * 3 + [[1, 1]] * 3, np.float32),
    )
    groups = np.array([0, 0, 0, 1, 1, 1])
    features = Features(np.zeros((6, 1), np.float32), graph, groups)
    evidence = SoftKNN().fit(features, np.array([0, 1, 1, 0, 1, 1]), 2, np.ones(6))
    np.testing.assert_allclose(evidence.shares(slice(0, 6))[1], 0.5)


def test_weights_scale_votes(noisy: Noisy) -> None:
    whole = vote(noisy.features, noisy.given)
    half = vote(noisy.features, noisy.given, np.full(300, 0.5))
    np.testing.assert_allclose(whole, half, atol=1e-6)


def test_a_row_whose_neighbors_weigh_zero_is_uniform(noisy: Noisy) -> None:
    np.testing.assert_allclose(vote(noisy.features, noisy.given, np.zeros(300)), 0.2)


def test_only_k_neighbors_vote(noisy: Noisy) -> None:
    P = vote(noisy.features, noisy.given, k=1)
    nearest_label = noisy.given[noisy.features.graph.indices[:, 0]]
    np.testing.assert_array_equal(P.argmax(axis=1), nearest_label)
