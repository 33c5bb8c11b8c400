"""Half-whitened embeddings, their graph of nearest neighbours, and near-duplicates in it."""

from core.neighbors.duplicates import NEAR_DUPLICATE, duplicate_groups
from core.neighbors.graph import Graph, nearest
from core.neighbors.whitening import HalfWhitening

__all__ = ["NEAR_DUPLICATE", "Graph", "HalfWhitening", "duplicate_groups", "nearest"]
