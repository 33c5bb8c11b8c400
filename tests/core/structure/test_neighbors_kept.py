"""The share of true neighbors kept."""

import numpy as np
import pytest

from core.neighbors import Graph, nearest
from core.structure import neighbors_kept
from core.structure.neighbors_kept import share_kept


def on_a_circle(n=200):
    angle = np.sort(np.random.default_rng(0).uniform(0, 2 * np.pi, n))
    return np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)


def test_a_plane_keeps_all_and_chance_keeps_little():
    points = on_a_circle()
    graph = nearest(points, 50)
    assert share_kept(graph, points) == 1
    shuffled = np.random.default_rng(1).permutation(points)
    assert share_kept(graph, shuffled) == pytest.approx(15 / 199, abs=0.03)


def test_it_is_what_a_slow_count_gives():
    rng = np.random.default_rng(2)
    vectors = rng.normal(size=(120, 6)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    xy = vectors[:, :2]
    graph = nearest(vectors, 30)
    kept = []
    for row in range(120):
        order = np.argsort(np.linalg.norm(xy - xy[row], axis=1))
        shown = [other for other in order if other != row][:15]
        kept.append(len(set(graph.indices[row, :14].tolist()) & set(shown)) / 14)
    assert share_kept(graph, xy) == pytest.approx(np.mean(kept))


def test_an_item_is_no_neighbor_of_its_own_where_many_lie_on_it():
    graph = nearest(on_a_circle(40), 20)
    assert 0.2 < share_kept(graph, np.zeros((40, 2), np.float32)) < 0.6


def test_a_fixed_sample_of_many(monkeypatch):
    points = on_a_circle(300)
    shuffled = np.where(np.arange(300)[:, None] % 2, points, -points)
    graph = nearest(points, 20)
    whole = share_kept(graph, shuffled)
    monkeypatch.setattr(neighbors_kept, "SAMPLE", 100)
    part = share_kept(graph, shuffled)
    assert part == share_kept(graph, shuffled)
    assert part != whole
    assert part == pytest.approx(whole, abs=0.1)


@pytest.mark.parametrize("n", [1, 2, 3, 10])
def test_few_items(n):
    points = on_a_circle(n)
    assert share_kept(nearest(points), points) == 1


def test_a_list_filled_with_the_item_itself_has_fewer_neighbors():
    graph = Graph(np.array([[1, 0], [0, 1], [2, 2]], np.int32), np.ones((3, 2), np.float32))
    assert share_kept(graph, np.array([[0, 0], [1, 0], [9, 0]], np.float32)) == 1
