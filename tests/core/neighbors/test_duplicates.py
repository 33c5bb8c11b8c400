"""Groups of near-duplicates."""

import numpy as np

from core.neighbors import Graph, duplicate_groups, nearest
from tests.core.neighbors.making import unit


def test_near_duplicates_are_grouped_through_others() -> None:
    angles = np.radians([0, 10, 20, 90, 180])
    graph = nearest(unit(np.column_stack([np.cos(angles), np.sin(angles)])))
    groups = duplicate_groups(graph, threshold=np.cos(np.radians(11)))
    assert groups[0] == groups[1] == groups[2]
    assert len(set(groups.tolist())) == 3


def test_without_neighbours_every_item_is_its_own_group() -> None:
    graph = Graph(np.empty((2, 0), np.int32), np.empty((2, 0), np.float32))
    assert len(set(duplicate_groups(graph).tolist())) == 2
