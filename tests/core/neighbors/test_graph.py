"""The graph of nearest neighbours."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.neighbors import HalfWhitening, nearest
from tests.core.neighbors.making import tables, unit


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
