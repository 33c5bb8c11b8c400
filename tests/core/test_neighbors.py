"""Half-whitening, the neighbour graph and groups of near-duplicates."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from core.neighbors import Graph, HalfWhitening, duplicate_groups, nearest

tables = hnp.arrays(
    np.float16,
    st.tuples(st.integers(1, 12), st.integers(1, 6)),
    elements=st.floats(-8, 8, width=16),
)


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@settings(deadline=None, max_examples=60)
@given(tables)
def test_rows_have_unit_length_or_none(X: np.ndarray) -> None:
    rows = HalfWhitening().fit_transform(X)
    lengths = np.linalg.norm(rows, axis=1)
    assert rows.dtype == np.float32
    assert rows.shape == (len(X), max(1, min(X.shape[1], len(X) - 1)))
    assert (np.isclose(lengths, 1, atol=1e-4) | (lengths == 0)).all()


@pytest.mark.parametrize("value", [0.0, 0.1, 3.3, 6e4])
def test_constant_rows_become_zeros(value: float) -> None:
    rows = HalfWhitening().fit_transform(np.full((40, 30), value, np.float32))
    assert not rows.any()


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
def test_scale_is_divided_out_to_the_power(power: float) -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((4000, 2)) * [9.0, 1.0]
    rows = HalfWhitening(power=power).fit_transform(X)
    expected = unit(X / np.array([9.0, 1.0]) ** power)
    overlap = np.abs((rows * expected).sum(axis=1))
    swapped = np.abs((rows * expected * [1, -1]).sum(axis=1))
    assert np.maximum(overlap, swapped).mean() > 0.99


def test_scale_of_the_embedding_does_not_matter() -> None:
    X = np.random.default_rng(1).standard_normal((50, 8)).astype(np.float32)
    np.testing.assert_allclose(
        HalfWhitening().fit_transform(X), HalfWhitening().fit_transform(X * 4), atol=1e-4
    )


def test_directions_come_from_a_seeded_sample() -> None:
    X = np.random.default_rng(2).standard_normal((300, 5)).astype(np.float32)
    first, second = (HalfWhitening(sample_size=100).fit(X) for _ in range(2))
    np.testing.assert_array_equal(first.components_, second.components_)
    np.testing.assert_array_equal(first.mean_, second.mean_)
    assert first.transform(X).shape == (300, 5)


@pytest.mark.parametrize(
    "X", [np.empty((0, 3)), np.zeros(3), np.array([[np.nan, 1.0]]), np.array([[np.inf], [1.0]])]
)
def test_unusable_embeddings_are_refused(X: np.ndarray) -> None:
    with pytest.raises(ValueError, match="Embeddings must"):
        HalfWhitening().fit(X)


@settings(deadline=None, max_examples=60)
@given(tables, st.integers(1, 15))
def test_graph_holds_the_most_similar_others(X: np.ndarray, k: int) -> None:
    rows = HalfWhitening().fit_transform(X)
    graph = nearest(rows, k)
    n = len(rows)
    assert graph.indices.shape == graph.similarities.shape == (n, min(k, n - 1))
    assert graph.indices.dtype == np.int32
    assert not (graph.indices == np.arange(n)[:, None]).any()
    assert all(len(set(row)) == len(row) for row in graph.indices.tolist())
    cosines = rows @ rows.T
    np.fill_diagonal(cosines, -np.inf)
    best = -np.sort(-cosines, axis=1)[:, : graph.indices.shape[1]]
    np.testing.assert_allclose(graph.similarities, best, atol=1e-5)


def test_exact_copies_neither_let_an_item_in_nor_crowd_its_neighbours_out() -> None:
    rows = unit(np.array([[1.0, 0.0]] * 6 + [[0.0, 1.0]]))
    graph = nearest(rows, 3)
    assert graph.indices.shape == (7, 3)
    assert not (graph.indices == np.arange(7)[:, None]).any()
    np.testing.assert_allclose(graph.similarities[:6], 1)


def test_one_item_has_no_neighbours() -> None:
    graph = nearest(np.ones((1, 4), np.float32))
    assert graph.indices.shape == (1, 0)


def test_near_duplicates_are_grouped_through_others() -> None:
    angles = np.radians([0, 10, 20, 90, 180])
    graph = nearest(unit(np.column_stack([np.cos(angles), np.sin(angles)])))
    groups = duplicate_groups(graph, threshold=np.cos(np.radians(11)))
    assert groups[0] == groups[1] == groups[2]
    assert len(set(groups.tolist())) == 3


def test_without_neighbours_every_item_is_its_own_group() -> None:
    graph = Graph(np.empty((2, 0), np.int32), np.empty((2, 0), np.float32))
    assert len(set(duplicate_groups(graph).tolist())) == 2
