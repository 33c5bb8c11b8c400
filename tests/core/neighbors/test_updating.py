"""An updated graph equals a new one."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.neighbors import graph as graph_module
from core.neighbors import nearest, update_graph, updating
from tests.core.neighbors.making import unit


def random_rows(n: int, seed: int = 0, d: int = 6) -> np.ndarray:
    return unit(np.random.default_rng(seed).standard_normal((n, d)))


def similar(a, b):
    """Whether two graphs hold the same neighbors; ties may be broken either way."""
    np.testing.assert_allclose(a.similarities, b.similarities, atol=1e-5)
    tied = np.isclose(b.similarities[:, :-1], b.similarities[:, 1:], atol=1e-5).any(axis=1)
    np.testing.assert_array_equal(a.indices[~tied], b.indices[~tied])


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_an_updated_graph_equals_a_new_one(data) -> None:
    n_old, n_new = data.draw(st.integers(1, 40)), data.draw(st.integers(0, 12))
    k, old_k = data.draw(st.integers(1, 14)), data.draw(st.integers(1, 20))
    gone = data.draw(st.sets(st.integers(0, n_old - 1), max_size=n_old - 1))
    old_rows = random_rows(n_old, seed=1)
    remaining = np.array([row for row in range(n_old) if row not in gone])
    origin = np.concatenate([remaining, np.full(n_new, -1)]).astype(np.intp)
    rows = np.concatenate([old_rows[remaining], random_rows(max(1, n_new), seed=2)[:n_new]])
    order = np.array(data.draw(st.permutations(range(len(rows)))))
    graph = update_graph(rows[order], nearest(old_rows, old_k), origin[order], k)
    similar(graph, nearest(rows[order], k))


def test_only_rows_that_lost_too_many_neighbors_are_searched_again(monkeypatch) -> None:
    rows = random_rows(300)
    old = nearest(rows, 8)
    removed = 17
    origin = np.delete(np.arange(300), removed)
    searched: list[int] = []
    search = updating.exact_lists

    def counted(vectors, queries, k):
        searched.extend(queries.tolist())
        return search(vectors, queries, k)

    monkeypatch.setattr(updating, "exact_lists", counted)
    similar(update_graph(rows[origin], old, origin, 8), nearest(rows[origin], 8))
    touched = np.flatnonzero((old.indices[origin] == removed).any(axis=1))
    assert searched == touched.tolist()

    searched.clear()
    update_graph(rows[origin], old, origin, 7)
    assert searched == []


def test_an_update_that_costs_more_than_a_new_graph_is_a_new_graph(monkeypatch) -> None:
    def refuse(*_):
        raise AssertionError("searched one by one")

    monkeypatch.setattr(updating, "exact_lists", refuse)
    rows = random_rows(60)
    origin = np.where(np.arange(60) < 20, np.arange(60), -1)
    similar(update_graph(rows, nearest(rows[:20], 5), origin, 5), nearest(rows, 5))


def test_an_update_is_written_to_disk_and_its_progress_counts_rows(tmp_path) -> None:
    rows = random_rows(100)
    origin = np.where(np.arange(100) < 97, np.arange(100), -1)
    counts: list[tuple[int, int]] = []
    graph = update_graph(
        rows, nearest(rows[:97], 5), origin, 5, tmp_path, lambda *done: counts.append(done)
    )
    similar(graph, nearest(rows, 5))
    assert counts[-1] == (100, 100)
    np.testing.assert_array_equal(np.load(tmp_path / "indices.npy"), graph.indices)
    assert isinstance(graph.similarities, np.memmap)


@pytest.mark.parametrize("damage", [False, True])
def test_a_graph_below_the_target_recall_is_rebuilt(monkeypatch, damage) -> None:
    """A graph that was not exact is measured after the update."""
    rows = random_rows(200)
    old = replace(nearest(rows[:190], 5), method="inverted file", recall=0.97)
    if damage:
        old = replace(old, similarities=old.similarities - 0.5)
    origin = np.where(np.arange(200) < 190, np.arange(200), -1)
    graph = update_graph(rows, old, origin, 5)
    assert graph.recall >= graph_module.RECALL
    assert graph.method == ("exact" if damage else "inverted file")
