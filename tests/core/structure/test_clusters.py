"""Clusters: how many, which items, the largest first, the same every time."""

import numpy as np
import pytest

from core.structure.clusters import cluster_count, find_clusters
from tests.core.structure.drawn_audits import graph_input


@pytest.mark.parametrize(
    ("n", "count", "of_class"),
    [(1, 1, 1), (30, 1, 1), (100, 5, 5), (1573, 19, 12), (10_000, 50, 12), (1_000_000, 200, 12)],
)
def test_number_of_clusters(n, count, of_class):
    assert cluster_count(n) == count
    assert cluster_count(n, of_class=True) == of_class


def test_classes_apart_are_found():
    drawn = graph_input(400)
    clusters = find_clusters(drawn.given.vectors, 8)
    assert clusters.dtype == np.int32
    counts = np.array(
        [
            [np.sum((clusters == one) & (drawn.labels == f"c{k}")) for k in range(4)]
            for one in range(8)
        ]
    )
    assert counts.max(axis=1).sum() / 400 > 0.97


def test_the_largest_is_first_and_the_seed_decides():
    vectors = graph_input(500).given.vectors
    clusters = find_clusters(vectors, 12)
    counts = np.bincount(clusters, minlength=12)
    assert counts.tolist() == sorted(counts.tolist(), reverse=True)
    assert np.array_equal(clusters, find_clusters(vectors, 12))


def test_one_cluster_holds_all():
    assert find_clusters(np.ones((3, 2), np.float32), 1).tolist() == [0, 0, 0]
