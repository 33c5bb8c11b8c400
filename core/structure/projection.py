"""The 2-D map: UMAP from the precomputed neighbor graph."""

from __future__ import annotations

import sys
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.neighbors import Graph

FEWEST_FOR_UMAP = 12


def project(
    vectors: NDArray[np.float32],
    graph: Graph,
    n_neighbors: int = 15,
    min_dist: float = 0.4,
    random_state: int = 0,
) -> NDArray[np.float32]:
    """Project items to two dimensions so that similar items are near each other.

    Parameters
    ----------
    vectors : float32 array (n, d)
        Rows of unit length.
    graph : Graph
        Their nearest neighbors by cosine.
    n_neighbors : int
        Neighbors that UMAP uses, the item included.
    min_dist : float
        Minimum distance between points.
    random_state : int

    Returns
    -------
    float32 array (n, 2)
        Centered, the larger side from -1 to 1.

    References
    ----------
    L. McInnes, J. Healy, J. Melville, "UMAP: Uniform Manifold Approximation
    and Projection for Dimension Reduction", arXiv 1802.03426.
    """
    n = len(vectors)
    if n < FEWEST_FOR_UMAP:
        return _fit_to_square(_leading_directions(vectors))
    n_neighbors = min(n_neighbors, graph.indices.shape[1] + 1)
    own = np.arange(n, dtype=np.int32)[:, None]
    indices = np.hstack([own, graph.indices[:, : n_neighbors - 1]])
    distances = 1 - np.hstack(
        [np.ones((n, 1), np.float32), graph.similarities[:, : n_neighbors - 1]]
    )
    with warnings.catch_warnings():
        # UMAP warns that a seed means one thread, and that a given graph cannot transform.
        warnings.simplefilter("ignore")
        points = (
            _umap()
            .UMAP(
                n_neighbors=n_neighbors,
                min_dist=min_dist,
                metric="cosine",
                spread=1.5,
                precomputed_knn=(indices, distances.clip(0, 2)),
                random_state=random_state,
            )
            .fit_transform(vectors)
        )
    return _fit_to_square(points)


def _umap() -> Any:
    """Import UMAP without its parametric part, which would load TensorFlow for nothing."""
    sys.modules.setdefault("umap.parametric_umap", None)  # type: ignore[arg-type]
    import umap

    return umap


def _leading_directions(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the first two columns; half-whitened vectors have the largest variance first."""
    plane = np.zeros((len(vectors), 2), np.float32)
    plane[:, : min(2, vectors.shape[1])] = vectors[:, :2]
    return plane


def _fit_to_square(points: NDArray[np.floating]) -> NDArray[np.float32]:
    low, high = points.min(axis=0), points.max(axis=0)
    half = float((high - low).max()) / 2 or 1.0
    square: NDArray[np.float32] = ((points - (low + high) / 2) / half).astype(np.float32)
    return square
