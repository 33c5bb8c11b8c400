"""Items placed among others, and layouts by landmarks."""

import numpy as np
import pytest

from core.neighbors import Graph, nearest
from core.structure.neighbors_kept import share_kept
from core.structure.projections import LAYOUTS, LayoutInput, placing
from core.structure.projections.landmarks import among, choose_landmarks, lay_out_by_landmarks
from core.structure.projections.placing import nearest_laid_out, place_among
from tests.core.structure.drawn_audits import graph_input


def line(n=6):
    """Items in a row on an arc: each one's neighbors are the items beside it."""
    angle = np.arange(n) * 0.1
    vectors = np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)
    return LayoutInput(vectors, nearest(vectors, 2))


def test_what_is_placed_stays_and_the_rest_lies_between():
    given = line()
    xy = np.full((6, 2), 9, np.float32)
    xy[[1, 3]] = [[0, 0], [2, 0]]
    is_placed = np.isin(np.arange(6), [1, 3])
    found = place_among(given, xy, is_placed)
    assert np.array_equal(found[[1, 3]], xy[[1, 3]])
    assert np.allclose(found[2], [1, 0], atol=1e-5)  # as far from both
    assert np.allclose(found[0], [0, 0], atol=1e-5)
    assert (xy[2] == 9).all()  # its argument is left alone


def test_items_without_placed_neighbors_follow_those_placed_before():
    given = line(12)
    is_placed = np.arange(12) == 0
    found = place_among(given, np.zeros((12, 2), np.float32) + 5, is_placed)
    assert np.allclose(found, 5)


def test_what_no_list_reaches_lies_beside_the_most_similar():
    """Two lots that do not list each other; nothing of the second is placed."""
    vectors = np.array([[1, 0], [1, 0.01], [0, 1], [0.5, 1]], np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    graph = Graph(np.array([[1], [0], [3], [2]], np.int32), np.ones((4, 1), np.float32))
    xy = np.array([[0, 0], [4, 0], [0, 0], [0, 0]], np.float32)
    is_placed = np.array([True, True, False, False])
    found = place_among(LayoutInput(vectors, graph), xy, is_placed)
    assert found[2:].tolist() == [[4, 0], [4, 0]]
    assert nearest_laid_out(LayoutInput(vectors, graph), is_placed).tolist() == [0, 1, 1, 1]


def test_compared_with_a_sample_of_many(monkeypatch):
    monkeypatch.setattr(placing, "_MOST_COMPARED", 10)
    drawn = graph_input(200, k=1)
    is_placed = np.arange(200) < 150
    found = place_among(drawn.given, np.ones((200, 2), np.float32), is_placed)
    assert np.allclose(found, 1)


def test_nearest_laid_out_is_the_first_in_the_list():
    given = line()
    is_placed = np.isin(np.arange(6), [0, 5])
    nearest_one = nearest_laid_out(given, is_placed)
    assert nearest_one[[0, 5]].tolist() == [0, 5]
    assert nearest_one[[1, 4]].tolist() == [0, 5]


def test_hidden_items_come_back_to_their_class():
    drawn = graph_input(400)
    rng = np.random.default_rng(0)
    xy = rng.normal(size=(4, 2))[np.arange(400) % 4].astype(np.float32) * 10
    is_placed = rng.random(400) < 0.5
    found = place_among(drawn.given, np.where(is_placed[:, None], xy, 0), is_placed)
    assert (np.linalg.norm(found - xy, axis=1) < 2).mean() > 0.8


def test_landmarks_are_the_suspects_and_a_sample():
    suspects = np.array([900, 5, 700])
    chosen = choose_landmarks(1000, suspects, 0, 50)
    assert set(suspects) <= set(chosen)
    assert 47 <= len(chosen) <= 50
    assert chosen.tolist() == sorted(set(chosen.tolist()))
    assert np.array_equal(chosen, choose_landmarks(1000, suspects, 0, 50))
    assert not np.array_equal(chosen, choose_landmarks(1000, suspects, 1, 50))


def test_of_too_many_suspects_the_first_and_still_a_sample():
    suspects = np.arange(800)[::-1].copy()
    chosen = choose_landmarks(1000, suspects, 0, 100)
    assert set(range(700, 800)) <= set(chosen)
    assert 100 < len(chosen) <= 130
    assert (chosen >= 800).any()


def test_a_graph_among_some_rows_is_theirs():
    drawn = graph_input(300, k=299)
    rows = np.sort(np.random.default_rng(0).choice(300, 60, replace=False))
    found = among(drawn.given.graph, rows, 15)
    expected = nearest(drawn.given.vectors[rows], 15)
    assert np.allclose(found.similarities, expected.similarities, atol=1e-5)
    assert (found.indices == expected.indices).mean() > 0.99


def test_a_short_list_is_filled_with_the_row_itself():
    graph = Graph(
        np.array([[1, 2], [2, 0], [0, 1], [0, 1]], np.int32),
        np.array([[0.9, 0.5], [0.8, 0.9], [0.5, 0.8], [0.1, 0.2]], np.float32),
    )
    found = among(graph, np.array([0, 2, 3]), 2)
    assert found.indices.tolist() == [[1, 0], [0, 1], [0, 2]]
    assert found.similarities == pytest.approx(np.array([[0.5, 0.5], [0.5, 0.5], [0.1, 0.1]]))


def test_landmarks_keep_neighbors_and_lay_all_items_out():
    drawn = graph_input(400)
    chosen = choose_landmarks(400, np.empty(0, np.intp), 0, 120)
    xy = lay_out_by_landmarks(LAYOUTS["umap"], drawn.given, chosen, 0, lambda done, total: None)
    assert np.isfinite(xy).all()
    assert share_kept(drawn.given.graph, xy) > 0.2
    again = lay_out_by_landmarks(LAYOUTS["umap"], drawn.given, chosen, 0, lambda done, total: None)
    assert np.array_equal(xy, again)
