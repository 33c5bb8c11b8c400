"""The graph of nearest neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.neighbors.whitening import FloatArray


@dataclass(frozen=True)
class Graph:
    """The nearest neighbours of every item, best first, the item itself left out.

    Attributes
    ----------
    indices : int32 array (n, k)
    similarities : float32 array (n, k)
        Cosine, in -1..1.
    """

    indices: NDArray[np.int32]
    similarities: FloatArray


def nearest(features: NDArray[Any], k: int = 100) -> Graph:
    """Find the exact `k` nearest neighbours of every row by inner product.

    Parameters
    ----------
    features : float array (n, m)
        Rows of unit length, so that the inner product is the cosine.
    k : int
        Neighbours wanted; n - 1 where there are fewer.

    Returns
    -------
    Graph
    """
    import faiss

    vectors = np.ascontiguousarray(features, dtype=np.float32)
    n = len(vectors)
    k = max(0, min(k, n - 1))
    if k == 0:
        return Graph(np.empty((n, 0), np.int32), np.empty((n, 0), np.float32))
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    similarities, indices = index.search(vectors, k + 1)
    return _without_self(indices.astype(np.int32), similarities.clip(-1.0, 1.0))


def _without_self(indices: NDArray[np.int32], similarities: FloatArray) -> Graph:
    """Drop each row's own index; where duplicates crowded it out, drop the last one instead."""
    n, width = indices.shape
    own = indices == np.arange(n, dtype=np.int32)[:, None]
    own[~own.any(axis=1), -1] = True
    kept = ~own
    return Graph(indices[kept].reshape(n, width - 1), similarities[kept].reshape(n, width - 1))
