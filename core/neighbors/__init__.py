"""Half-whitened embeddings, their graph of nearest neighbours, and near-duplicates in it."""

from core.neighbors.duplicates import (
    IDENTICAL,
    NEAR_DUPLICATE,
    duplicate_groups,
    duplicate_threshold,
)
from core.neighbors.graph import Graph, nearest
from core.neighbors.whitening import HalfWhitening

__all__ = [
    "IDENTICAL",
    "NEAR_DUPLICATE",
    "Graph",
    "HalfWhitening",
    "duplicate_groups",
    "duplicate_threshold",
    "nearest",
]
