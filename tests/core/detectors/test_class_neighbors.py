"""Nearest neighbors within the given class."""

import numpy as np
import pytest

from core.detectors import class_neighbors
from core.detectors.class_neighbors import nearest_in_class
from tests.core.detectors.conftest import Noisy


def test_neighbors_are_the_nearest_of_the_same_label(noisy: Noisy) -> None:
    X, found = noisy.features.vectors, nearest_in_class(noisy.features.vectors, noisy.given, 5)
    for item in range(0, 300, 17):
        others = np.flatnonzero((noisy.given == noisy.given[item]) & (np.arange(300) != item))
        expected = np.sort(X[others] @ X[item])[::-1][:5]
        np.testing.assert_allclose(found.similarities[item], expected, atol=1e-5)
        assert set(found.indices[item].tolist()) <= set(others.tolist())
        similar = X[found.indices[item]] @ X[item]
        np.testing.assert_allclose(found.similarities[item], similar, atol=1e-5)


def test_rank_counts_the_items_of_the_class_at_least_as_far(noisy: Noisy) -> None:
    found = nearest_in_class(noisy.features.vectors, noisy.given)
    closeness = found.similarities.mean(axis=1)
    for c in range(5):
        own = noisy.given == c
        assert (found.count[own] == own.sum()).all()
        assert found.rank[own][closeness[own].argmin()] == 1
        assert found.rank[own][closeness[own].argmax()] == own.sum()
        in_order = found.rank[own][np.argsort(closeness[own], kind="stable")]
        assert (np.diff(in_order) >= 0).all()


def test_ties_share_a_rank() -> None:
    found = nearest_in_class(np.eye(4, dtype=np.float32), np.zeros(4, np.int64), 2)
    assert (found.rank == 4).all()


def test_small_classes_have_fewer_neighbors() -> None:
    X = np.eye(4, dtype=np.float32)
    found = nearest_in_class(X, np.array([3, 1, 1, 7]), 2)
    np.testing.assert_array_equal(found.indices, [[-1, -1], [2, -1], [1, -1], [-1, -1]])
    alone, one = [np.nan, np.nan], [0, np.nan]
    np.testing.assert_array_equal(found.similarities, [alone, one, one, alone])
    np.testing.assert_array_equal(found.count, [1, 2, 2, 1])
    np.testing.assert_array_equal(found.rank, [1, 2, 2, 1])


def test_in_a_large_class_candidates_are_a_sample(
    noisy: Noisy, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = nearest_in_class(noisy.features.vectors, noisy.given)
    monkeypatch.setattr(class_neighbors, "_MOST_CANDIDATES", 30)
    monkeypatch.setattr(class_neighbors, "_ROWS", 16)
    found = nearest_in_class(noisy.features.vectors, noisy.given)
    again = nearest_in_class(noisy.features.vectors, noisy.given)
    np.testing.assert_array_equal(found.indices, again.indices)
    assert (found.indices != np.arange(300)[:, None]).all()
    assert (noisy.given[found.indices] == noisy.given[:, None]).all()
    assert (np.diff(found.similarities, axis=1) <= 0).all()
    assert (found.similarities <= exact.similarities + 1e-6).all()
    assert max(len(np.unique(found.indices[noisy.given == c])) for c in range(5)) <= 30
    np.testing.assert_array_equal(found.count, exact.count)


def test_results_do_not_depend_on_the_block_size(
    noisy: Noisy, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = nearest_in_class(noisy.features.vectors, noisy.given)
    monkeypatch.setattr(class_neighbors, "_ROWS", 7)
    parts = nearest_in_class(noisy.features.vectors, noisy.given)
    np.testing.assert_array_equal(whole.indices, parts.indices)
    np.testing.assert_allclose(whole.similarities, parts.similarities, atol=1e-6)
