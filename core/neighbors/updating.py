"""Updating a graph: only the rows that added and removed items affect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import FloatArray, Progress, row_blocks, slices, some_rows
from core.neighbors.exact import QUERIES, NeighborLists, exact_lists, merged, products
from core.neighbors.graph import RECALL, Graph, build_graph, building_cost, graph_of, measured


def update_graph(
    vectors: NDArray[Any],
    old: Graph,
    origin: NDArray[np.intp],
    k: int = 100,
    folder: Path | None = None,
    progress: Progress | None = None,
    random_state: int = 0,
) -> Graph:
    """Build the graph of `vectors` from that of another set which shares most of its rows.

    New rows are searched among all. An old row keeps its neighbors, and new
    ones are merged in; only where so many of its neighbors are gone that
    fewer than `k` are left is it searched again. All of this is exact: from an
    exact graph comes what `build_graph` would give, ties aside. Where it costs
    more than a new graph, or where a graph that is not exact would hold less
    than `RECALL`, a new one is built.

    Parameters
    ----------
    vectors : float array (n, m)
        Rows of unit length; in memory or mapped.
    old : Graph
        Of the other set; its lists may be longer than `k`.
    origin : int array (n,)
        The row of `old` that each row was, with the same vector; -1 for a new one.
    k, folder, progress, random_state
        See `build_graph`; `folder` must not be where `old` lies.

    Returns
    -------
    Graph
    """
    n, m = vectors.shape
    k = max(0, min(k, n - 1))
    lists = _OldLists(old, origin, k)
    again = lists.rows_to_search()
    new = np.flatnonzero(origin < 0)
    if (len(again) + len(new)) * n * m >= building_cost(n, m, k):
        return build_graph(vectors, k, folder, progress, random_state)

    def report(searched: int) -> None:
        if progress is not None:
            progress(n - len(again) + searched, n)

    searched = _searched(vectors, again, k, report)
    blocks = _updated(vectors, lists, again, searched, some_rows(vectors, new), new)
    graph = graph_of(blocks, n, k, folder, None, old.method)
    if old.method != "exact":
        graph = measured(graph, vectors, random_state)
        if graph.recall < RECALL:
            return build_graph(vectors, k, folder, progress, random_state)
    return graph


class _OldLists:
    """The lists of an old graph, as rows of the new one."""

    def __init__(self, old: Graph, origin: NDArray[np.intp], k: int) -> None:
        remaining = np.flatnonzero(origin >= 0)
        self._old = old
        self._origin = origin
        self._row = np.full(len(old.indices), -1, np.int32)
        self._row[origin[remaining]] = remaining
        # Among so few, a list that lost some still names all that are left.
        self.length = max(0, min(k, len(remaining) - 1))

    def rows_to_search(self) -> NDArray[np.intp]:
        """Return the rows, ascending, that are new or have too few neighbors left."""
        whole = np.zeros(len(self._origin), bool)
        for part in slices(len(whole), QUERIES):
            rows = np.arange(part.start, part.stop)
            rows = rows[self._origin[rows] >= 0]
            left = (self._row[self._old.indices[self._origin[rows]]] >= 0).sum(axis=1)
            whole[rows] = left >= self.length
        return np.flatnonzero(~whole)

    def of(self, rows: NDArray[np.intp]) -> NeighborLists:
        """Return the neighbors that are left of rows that have enough of them."""
        origin = self._origin[rows]
        indices = self._row[self._old.indices[origin]]
        first = np.argsort(indices < 0, axis=1, kind="stable")[:, : self.length]
        similarities = np.take_along_axis(self._old.similarities[origin], first, axis=1)
        return NeighborLists(np.take_along_axis(indices, first, axis=1), similarities)


def _searched(
    vectors: NDArray[Any], rows: NDArray[np.intp], k: int, report: Callable[[int], None]
) -> NeighborLists:
    found = NeighborLists(np.empty((len(rows), k), np.int32), np.empty((len(rows), k), np.float32))
    done = 0
    for some, lists in exact_lists(vectors, rows, k):
        found.indices[done : done + len(some)] = lists.indices
        found.similarities[done : done + len(some)] = lists.similarities
        done += len(some)
        report(done)
    return found


def _updated(
    vectors: NDArray[Any],
    lists: _OldLists,
    again: NDArray[np.intp],
    searched: NeighborLists,
    newcomers: FloatArray,
    new: NDArray[np.intp],
) -> Iterator[NeighborLists]:
    """Yield the lists of all rows in order: those that were searched again, or the old, merged."""
    k = searched.indices.shape[1]
    first = 0
    for block in row_blocks(vectors, size=QUERIES):
        rows = np.arange(first, first + len(block))
        result = NeighborLists(
            np.empty((len(rows), k), np.int32), np.empty((len(rows), k), np.float32)
        )
        places = slice(*np.searchsorted(again, [first, first + len(block)]))
        again_here = NeighborLists(searched.indices[places], searched.similarities[places])
        _put(result, again[places] - first, again_here)
        reused = np.setdiff1d(rows, again[places], assume_unique=True)
        if len(reused):
            left = lists.of(reused)
            if len(new):
                found = products(block[reused - first], newcomers, k)
                left = merged(
                    left, NeighborLists(new[found.indices].astype(np.int32), found.similarities), k
                )
            _put(result, reused - first, left)
        yield result
        first += len(block)


def _put(into: NeighborLists, rows: NDArray[np.intp], lists: NeighborLists) -> None:
    into.indices[rows] = lists.indices
    into.similarities[rows] = lists.similarities.clip(-1.0, 1.0)
