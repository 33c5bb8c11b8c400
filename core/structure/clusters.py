"""Clusters of a map: k-means cells of the embedding, which need no map to be true."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import row_blocks, some_rows

MOST, MOST_OF_CLASS = 200, 12

LEAST_IN_CLUSTER = 20
"""Items of a cluster on average, at least."""

SAMPLE_OF_CLUSTER = 256
"""Items of each that centers are fitted on, on average."""


def cluster_count(n: int, of_class: bool = False) -> int:
    """Return how many clusters `n` items are divided into.

    Half the square root of their number: about five a class where ten classes
    have a thousand each. Of one class alone only a few, its sub-classes.
    """
    most = MOST_OF_CLASS if of_class else MOST
    return int(max(1, min(most, n // LEAST_IN_CLUSTER, np.sqrt(n) / 2)))


def find_clusters(vectors: NDArray[Any], count: int, random_state: int = 0) -> NDArray[np.int32]:
    """Divide items into clusters by spherical k-means.

    Parameters
    ----------
    vectors : float array (n, d)
        Rows of unit length; in memory or mapped.
    count : int
        Clusters.
    random_state : int

    Returns
    -------
    int32 array (n,)
        The cluster of every item, the largest is 0.

    References
    ----------
    I. Dhillon, D. Modha, "Concept decompositions for large sparse text data
    using clustering", Machine Learning 42, 2001.
    """
    import faiss

    n = len(vectors)
    if count < 2:
        return np.zeros(n, np.int32)
    rng = np.random.default_rng(random_state)
    rows = np.sort(rng.choice(n, min(n, count * SAMPLE_OF_CLUSTER), replace=False))
    kmeans = faiss.Kmeans(
        vectors.shape[1], count, niter=15, seed=random_state, spherical=True,
        min_points_per_centroid=1, max_points_per_centroid=SAMPLE_OF_CLUSTER,
    )  # fmt: skip
    kmeans.train(some_rows(vectors, rows))
    assert kmeans.centroids is not None
    centers = kmeans.centroids.T
    cells = np.concatenate([(block @ centers).argmax(axis=1) for block in row_blocks(vectors)])
    order = np.argsort(-np.bincount(cells, minlength=count), kind="stable")
    rank = np.empty(count, np.int32)
    rank[order] = np.arange(count)
    ranked: NDArray[np.int32] = rank[cells]
    return ranked
