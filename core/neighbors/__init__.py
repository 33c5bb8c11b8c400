"""Half-whitened embeddings, their graph of nearest neighbors, and near-duplicates in it.

Data flows from ``whitening`` to ``graph``, which searches by ``exact`` or by an
``inverted`` file of measured ``recall``; ``updating`` adds and removes items;
``refreshing`` stores the result in a folder, see ``graph_folder``.
"""

from core.neighbors.graph import LIST_LENGTH, Graph, build_graph, list_length, nearest
from core.neighbors.near_duplicates import (
    IDENTICAL,
    duplicate_groups,
    duplicate_threshold,
    group_pairs,
    near_pairs,
)
from core.neighbors.updating import update_graph
from core.neighbors.whitening import HalfWhitening

__all__ = [
    "IDENTICAL",
    "LIST_LENGTH",
    "Graph",
    "HalfWhitening",
    "build_graph",
    "duplicate_groups",
    "duplicate_threshold",
    "group_pairs",
    "list_length",
    "near_pairs",
    "nearest",
    "update_graph",
]
