"""The graph of nearest neighbors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import FloatArray, Progress, RowWriter, row_blocks, slices, some_rows
from core.neighbors.exact import QUERIES, NeighborLists, exact_lists, products, without_self
from core.neighbors.inverted import InvertedFile, n_cells
from core.neighbors.recall import SAMPLED, GroundTruth

LIST_LENGTH = 100
"""Neighbors of an item that a graph lists."""

LIST_LENGTH_OF_MANY = 50

MANY = 200_000
"""Items beyond which lists are shorter: those of 100 would take more than 160 MB."""

RECALL = 0.95
"""Target recall: the share of the true neighbors that a graph holds, measured on a sample."""

AFFORDABLE = 4e12
"""Multiply-adds that an exact graph may cost: 125,000 vectors of 256 entries, about a minute."""

_TRAINING = 3000
"""Products of two vectors that the training of an inverted file costs for each of them."""

_AIM = RECALL + 0.01
"""Target on the sample that settings are tuned on, where recall is biased upward."""


@dataclass(frozen=True)
class Graph:
    """The nearest neighbors of every item, best first, the item itself left out.

    Attributes
    ----------
    indices : int32 array (n, k)
    similarities : float32 array (n, k)
        Cosine, in -1..1.
    method : str
        ``exact`` or ``inverted file``.
    recall : float
        Share of the true neighbors it holds, measured on a sample where it is not exact.
    """

    indices: NDArray[np.int32]
    similarities: FloatArray
    method: str = "exact"
    recall: float = 1.0


def list_length(n: int) -> int:
    """Return how many neighbors the graph of `n` items lists for each."""
    return LIST_LENGTH if n <= MANY else LIST_LENGTH_OF_MANY


def nearest(features: NDArray[Any], k: int = 100) -> Graph:
    """Find the exact `k` nearest neighbors of every row by inner product, in memory.

    Parameters
    ----------
    features : float array (n, m)
        Rows of unit length, so that the inner product is the cosine.
    k : int
        Neighbors of a row; n - 1 where there are fewer.

    Returns
    -------
    Graph
    """
    k = max(0, min(k, len(features) - 1))
    return graph_of(_exact(features, k), len(features), k, None, None)


def build_graph(
    vectors: NDArray[Any],
    k: int = 100,
    folder: Path | None = None,
    progress: Progress | None = None,
    random_state: int = 0,
) -> Graph:
    """Find the `k` nearest neighbors of every row, exactly where that is affordable.

    The rule: an exact graph costs n * n * m multiply-adds. It is built when
    that is no more than `AFFORDABLE`, or than what the inverted file is
    estimated to cost (`inverted_cost`). Otherwise an inverted file probes more
    and more cells until it finds `RECALL` of the true neighbors of a seeded
    sample; where that costs as much as the exact graph, the exact graph is
    built.

    Parameters
    ----------
    vectors : float array (n, m)
        Rows of unit length; float16 or float32, in memory or mapped.
    k : int
        Neighbors of a row; n - 1 where there are fewer.
    folder : Path, optional
        Where ``indices.npy`` and ``similarities.npy`` are written, a block at
        a time; the graph is then a map of them.
    progress : callable, optional
        Called with rows done and rows in all.
    random_state : int

    Returns
    -------
    Graph
    """
    n, m = vectors.shape
    k = max(0, min(k, n - 1))
    if building_cost(n, m, k) < n * n * m:
        index = InvertedFile(vectors, random_state)
        for recall in index.tuned(GroundTruth(vectors, k, random_state)):
            if inverted_cost(n, m, k, index.probes, index.factor) > n * n * m:
                break
            if recall >= _AIM:
                lists = _approximate(index, vectors, k)
                graph = measured(
                    graph_of(lists, n, k, folder, progress, "inverted file"), vectors, random_state
                )
                if graph.recall >= RECALL:
                    return graph
    return graph_of(_exact(vectors, k), n, k, folder, progress)


def inverted_cost(n: int, m: int, k: int, probes: int = 4, factor: int = 2) -> float:
    """Estimate the multiply-adds of a graph from an inverted file.

    For every vector, in products of two vectors: its share in the training;
    its cell, found when it is added and again when it is searched; the exact
    search for two samples; the codes that it is compared with, each at the cost
    of a product; and the products that are done once more, each at the cost of
    forty, as they lie scattered in memory. The weights are measured.
    """
    cells = n_cells(n)
    codes = probes * n / cells
    return n * m * (_TRAINING + 2 * cells + 2 * SAMPLED + codes + 40 * factor * k)


def building_cost(n: int, m: int, k: int) -> float:
    """Return the multiply-adds of the way that `build_graph` would take at first."""
    exact, inverted = n * n * m, inverted_cost(n, m, k)
    return exact if exact <= max(AFFORDABLE, inverted) else inverted


def measured(graph: Graph, vectors: NDArray[Any], random_state: int = 0) -> Graph:
    """Return `graph` with its recall, measured on another sample than settings are chosen on."""
    k = graph.indices.shape[1]
    truth = GroundTruth(vectors, k, random_state + 1)
    return replace(graph, recall=truth.recall(some_rows(graph.similarities, truth.rows)))


def _exact(vectors: NDArray[Any], k: int) -> Iterator[NeighborLists]:
    rows = np.ascontiguousarray(vectors, dtype=np.float32)
    for part in slices(len(rows), QUERIES):
        yield without_self(products(rows[part], rows, k + 1), np.arange(part.start, part.stop))


def _approximate(index: InvertedFile, vectors: NDArray[Any], k: int) -> Iterator[NeighborLists]:
    first = 0
    for block in row_blocks(vectors):
        rows = np.arange(first, first + len(block))
        found = index.search(rows, block, k)
        # Where the cells held fewer than k.
        short = rows[(found.indices < 0).any(axis=1)]
        for some, lists in exact_lists(vectors, short, k):
            found.indices[some - first] = lists.indices
            found.similarities[some - first] = lists.similarities
        yield found
        first += len(block)


def graph_of(
    lists: Iterable[NeighborLists],
    n: int,
    k: int,
    folder: Path | None,
    progress: Progress | None,
    method: str = "exact",
) -> Graph:
    """Put the lists of rows 0, 1, ... into a graph."""
    indices = RowWriter(folder and folder / "indices.npy", (n, k), np.int32)
    similarities = RowWriter(folder and folder / "similarities.npy", (n, k), np.float32)
    done = 0
    for block in lists:
        indices.append(block.indices)
        similarities.append(block.similarities)
        done += len(block.indices)
        if progress is not None:
            progress(done, n)
    return Graph(indices.finish(), similarities.finish(), method)
