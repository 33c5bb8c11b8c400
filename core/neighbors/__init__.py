"""Half-whitened embeddings, their graph of nearest neighbours, and near-duplicates in it."""

from core.neighbors.duplicates import NEAR_DUPLICATE, duplicate_groups
from core.neighbors.graph import Graph, build_graph, nearest
from core.neighbors.updating import update_graph
from core.neighbors.whitening import HalfWhitening

__all__ = [
    "NEAR_DUPLICATE",
    "Graph",
    "HalfWhitening",
    "build_graph",
    "duplicate_groups",
    "nearest",
    "update_graph",
]
