"""The neighbours' vote."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.detectors import Features, SoftKNN
from core.neighbors import Graph, nearest
from tests.core.detectors.conftest import Noisy


def vote(features: Features, labels: np.ndarray, **settings_: float) -> np.ndarray:
    return SoftKNN(**settings_).predict_proba_oos(
        features, labels, labels.max() + 1, np.ones(len(labels))
    )


@settings(deadline=None, max_examples=20)
@given(item=st.integers(0, 299), label=st.integers(0, 4))
def test_own_label_has_no_part(noisy: Noisy, item: int, label: int) -> None:
    changed = noisy.given.copy()
    changed[item] = label
    before, after = (vote(noisy.features, labels)[item] for labels in (noisy.given, changed))
    np.testing.assert_array_equal(before, after)


def test_votes_follow_the_formula() -> None:
    graph = Graph(
        np.array([[1, 2], [0, 2], [0, 1]], np.int32),
        np.array([[0.5, 0.4], [0.5, 0.3], [0.4, 0.3]], np.float32),
    )
    P = vote(Features(np.zeros((3, 1), np.float32), graph), np.array([0, 0, 1]), temperature=0.1)
    lesser = np.exp(-0.1 / 0.1)
    np.testing.assert_allclose(P[0], [1 / (1 + lesser), lesser / (1 + lesser)], rtol=1e-5)


def test_copies_share_one_vote_no_stronger_than_the_nearest_other() -> None:
    # Items 0 to 2 are one picture under label 0; 3 and 4 are others under label 1.
    rows = np.array([[1, 0, 0]] * 3 + [[0.8, 0.6, 0], [0.8, 0, 0.6]], np.float32)
    features = Features(rows, nearest(rows))
    labels = np.array([0, 0, 0, 1, 1])
    np.testing.assert_allclose(vote(features, labels)[0], [1 / 3, 2 / 3], rtol=1e-4)
    assert vote(features, labels, duplicate_threshold=2)[0, 0] > 0.95


def test_weights_scale_votes(noisy: Noisy) -> None:
    detector, labels = SoftKNN(), noisy.given
    whole = detector.predict_proba_oos(noisy.features, labels, 5, np.ones(300))
    half = detector.predict_proba_oos(noisy.features, labels, 5, np.full(300, 0.5))
    np.testing.assert_allclose(whole, half, atol=1e-6)


def test_only_k_neighbours_vote(noisy: Noisy) -> None:
    P = vote(noisy.features, noisy.given, k=1)
    nearest_label = noisy.given[noisy.features.graph.indices[:, 0]]
    np.testing.assert_array_equal(P.argmax(axis=1), nearest_label)
