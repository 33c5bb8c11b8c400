"""The graph of nearest neighbors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.neighbors import Graph, HalfWhitening, build_graph, nearest
from core.neighbors import graph as graph_module
from core.neighbors.inverted import InvertedFile
from core.neighbors.recall import GroundTruth
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


def test_exact_duplicates_neither_list_an_item_itself_nor_displace_its_neighbors() -> None:
    rows = unit(np.array([[1.0, 0.0]] * 6 + [[0.0, 1.0]]))
    graph = nearest(rows, 3)
    assert graph.indices.shape == (7, 3)
    assert not (graph.indices == np.arange(7)[:, None]).any()
    np.testing.assert_allclose(graph.similarities[:6], 1)


def test_one_item_has_no_neighbors() -> None:
    graph = nearest(np.ones((1, 4), np.float32))
    assert graph.indices.shape == (1, 0)


# -- exact or not ------------------------------------------------------------------------------


@pytest.fixture
def never_affordable(monkeypatch) -> None:
    """Make exact search unaffordable for a small set, as it is for a large one."""
    monkeypatch.setattr(graph_module, "AFFORDABLE", 0)
    monkeypatch.setattr(graph_module, "_TRAINING", 0)


def in_clusters(n: int = 12_000, d: int = 15, spread: float = 0.5) -> np.ndarray:
    rng = np.random.default_rng(0)
    centers = rng.standard_normal((60, d))
    rows = centers[rng.integers(0, 60, n)] + spread * rng.standard_normal((n, d))
    return unit(rows).astype(np.float16)


def share_found(graph: Graph, rows: np.ndarray) -> float:
    """How many of the true neighbors of every tenth row are in its list."""
    exact = nearest(rows, graph.indices.shape[1])
    shares = [np.isin(exact.indices[i], graph.indices[i]).mean() for i in range(0, len(rows), 10)]
    return float(np.mean(shares))


def is_sound(graph: Graph, rows: np.ndarray) -> None:
    n = len(graph.indices)
    assert (graph.indices.dtype, graph.similarities.dtype) == (np.int32, np.float32)
    assert graph.indices.min() >= 0
    assert graph.indices.max() < n
    assert not (graph.indices == np.arange(n)[:, None]).any()
    assert (np.diff(np.sort(graph.indices, axis=1), axis=1) > 0).all()
    assert (np.diff(graph.similarities, axis=1) <= 0).all()
    some = slice(0, n, 37)
    cosines = (rows[some, None].astype(np.float32) * rows[graph.indices[some]]).sum(axis=2)
    np.testing.assert_allclose(graph.similarities[some], cosines, atol=2e-3)


def test_the_search_is_chosen_by_its_estimated_cost() -> None:
    few, many = 100_000, 1_000_000
    assert graph_module.building_cost(few, 256, 50) == few * few * 256
    assert graph_module.building_cost(many, 256, 50) < many * many * 256 / 50
    # What is affordable counts entries as well as vectors, ...
    assert graph_module.building_cost(many, 2, 50) == many * many * 2
    # ... and nothing else is tried where it would cost more.
    assert graph_module.building_cost(1000, 10**9, 50) == 1000 * 1000 * 10**9


def test_an_affordable_graph_is_exact(tmp_path) -> None:
    rows = in_clusters(300)
    graph = build_graph(rows, 10, tmp_path)
    assert (graph.method, graph.recall) == ("exact", 1.0)
    np.testing.assert_array_equal(graph.indices, nearest(rows, 10).indices)
    np.testing.assert_array_equal(np.load(tmp_path / "indices.npy"), graph.indices)
    np.testing.assert_array_equal(np.load(tmp_path / "similarities.npy"), graph.similarities)


def test_a_graph_that_is_not_exact_reaches_the_target_recall_and_reports_it(
    never_affordable, tmp_path
) -> None:
    np.save(tmp_path / "vectors.npy", in_clusters())
    rows = np.load(tmp_path / "vectors.npy", mmap_mode="r")
    counts: list[tuple[int, int]] = []
    graph = build_graph(rows, 10, tmp_path, lambda *done: counts.append(done))
    assert graph.method == "inverted file"
    is_sound(graph, rows)
    assert 0.95 <= graph.recall < 1
    assert share_found(graph, rows) == pytest.approx(graph.recall, abs=0.015)
    assert counts[-1] == (12_000, 12_000)
    again = build_graph(rows, 10)
    np.testing.assert_array_equal(again.indices, graph.indices)


def test_probes_are_increased_until_the_target_recall_is_reached(never_affordable) -> None:
    rows = in_clusters(spread=1.0)
    truth = GroundTruth(rows, 10)
    at_first = truth.recall(InvertedFile(rows).search(truth.rows, truth.vectors, 10).similarities)
    graph = build_graph(rows, 10)
    assert at_first < 0.9
    assert graph.method == "inverted file"
    assert graph.recall >= 0.95
    assert share_found(graph, rows) >= 0.94


def test_where_the_target_recall_costs_as_much_as_exact_search_the_graph_is_exact(
    never_affordable,
) -> None:
    rows = unit(np.random.default_rng(0).standard_normal((6000, 64)))
    graph = build_graph(rows, 10)
    assert (graph.method, graph.recall) == ("exact", 1.0)
    assert share_found(graph, rows) == 1


def test_an_inverted_file_finds_more_duplicates_than_a_list_holds(never_affordable) -> None:
    rows = in_clusters()
    rows[:400] = rows[0]
    graph = build_graph(rows, 10)
    is_sound(graph, rows)
    np.testing.assert_allclose(graph.similarities[:400], 1, atol=1e-3)


def test_lists_are_filled_where_the_probed_cells_hold_too_few(never_affordable) -> None:
    rows = in_clusters(4000)
    index = InvertedFile(rows)
    index.probes = 1
    first = index.search(np.arange(4000), rows, 200)
    assert (first.indices < 0).any()
    graph = graph_module.graph_of(
        graph_module._approximate(index, rows, 200), 4000, 200, None, None
    )
    is_sound(graph, rows)
