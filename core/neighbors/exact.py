"""Exact search: every query against every vector."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import FloatArray, row_blocks, slices, some_rows

QUERIES = 4096
"""In a block: enough for matrix products at full speed."""

_VECTORS = 32_768


class NeighborLists(NamedTuple):
    """Neighbors of some rows, best first.

    Attributes
    ----------
    indices : int32 array (q, k)
        -1 where there was none.
    similarities : float32 array (q, k)
        Inner products.
    """

    indices: NDArray[np.int32]
    similarities: FloatArray


def exact_lists(
    vectors: NDArray[Any], queries: NDArray[np.intp], k: int
) -> Iterator[tuple[NDArray[np.intp], NeighborLists]]:
    """Find the exact `k` nearest others of some rows, a block of them at a time.

    Parameters
    ----------
    vectors : float array (n, m)
        Rows of unit length; in memory or mapped.
    queries : int array (q,)
        Rows of `vectors`, ascending.
    k : int
        Less than n.

    Yields
    ------
    rows : int array (b,)
        The next of `queries`.
    lists : NeighborLists
        Of (b, k) entries.
    """
    for part in slices(len(queries), QUERIES):
        rows = queries[part]
        block = some_rows(vectors, rows)
        best: NeighborLists | None = None
        first = 0
        for candidates in row_blocks(vectors, size=_VECTORS):
            found = products(block, candidates, k + 1, first)
            best = found if best is None else merged(best, found, k + 1)
            first += len(candidates)
        assert best is not None
        yield rows, without_self(best, rows)


def products(queries: FloatArray, vectors: FloatArray, k: int, first: int = 0) -> NeighborLists:
    """Return the `k` vectors of largest inner product, fewer where there are fewer.

    `first` is added to their numbers.
    """
    import faiss

    similarities, indices = faiss.knn(
        queries, vectors, min(k, len(vectors)), metric=faiss.METRIC_INNER_PRODUCT
    )
    return NeighborLists((indices + first).astype(np.int32), similarities)


def merged(a: NeighborLists, b: NeighborLists, k: int) -> NeighborLists:
    """Return the best `k` of two lists of the same rows; they must not share an entry."""
    indices = np.hstack([a.indices, b.indices])
    similarities = np.hstack([a.similarities, b.similarities])
    best = np.argsort(-similarities, axis=1, kind="stable")[:, :k]
    return NeighborLists(
        np.take_along_axis(indices, best, axis=1), np.take_along_axis(similarities, best, axis=1)
    )


def without_self(found: NeighborLists, rows: NDArray[np.intp]) -> NeighborLists:
    """Drop each row's own number; where duplicates crowded it out, drop the last one instead."""
    n, width = found.indices.shape
    own = found.indices == rows[:, None]
    own[~own.any(axis=1), -1] = True
    others = ~own
    return NeighborLists(
        found.indices[others].reshape(n, width - 1),
        found.similarities[others].reshape(n, width - 1).clip(-1.0, 1.0),
    )
