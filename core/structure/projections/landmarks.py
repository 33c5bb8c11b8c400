"""Layouts of more items than a method lays out at once: landmarks, and the others among them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import Progress, slices, some_rows
from core.neighbors import Graph
from core.structure.projections.layout_method import LayoutInput, LayoutMethod, Plane
from core.structure.projections.placing import place_among

LANDMARKS = 100_000

_LEAST_AT_RANDOM = 0.3
"""Share of the landmarks that is drawn from all items, however many are suspect."""


def lay_out_by_landmarks(
    method: LayoutMethod,
    given: LayoutInput,
    landmarks: NDArray[np.intp],
    seed: int,
    progress: Progress,
) -> Plane:
    """Lay landmarks out, and place all other items among them.

    Parameters
    ----------
    method : LayoutMethod
    given : LayoutInput
        Of all n items.
    landmarks : int array (m,)
        Rows, ascending.
    seed : int
    progress : callable
        Called with what the method counts.

    Returns
    -------
    float32 array (n, 2)
    """
    n = len(given.vectors)
    is_landmark = np.zeros(n, bool)
    is_landmark[landmarks] = True
    own = LayoutInput(
        some_rows(given.vectors, landmarks).astype(np.float16),
        among(given.graph, landmarks, method.neighbors),
    )
    xy = np.zeros((n, 2), np.float32)
    xy[landmarks] = method.lay_out(own, seed, progress)
    return place_among(given, xy, is_landmark)


def choose_landmarks(n: int, suspects: NDArray[np.intp], seed: int, count: int) -> NDArray[np.intp]:
    """Return the rows that are laid out: the suspects, and a random sample of all items.

    Parameters
    ----------
    n : int
        Items.
    suspects : int array
        Rows, the most suspect first; the first of too many.
    seed : int
        Of the sample.
    count : int
        Landmarks, as far as the suspects leave room for a sample.

    Returns
    -------
    int array
        Ascending.
    """
    at_random = max(count - len(suspects), int(_LEAST_AT_RANDOM * count))
    drawn = np.random.default_rng(seed).choice(n, min(n, at_random), replace=False)
    return np.union1d(suspects[:count], drawn)


def among(graph: Graph, rows: NDArray[np.intp], k: int) -> Graph:
    """Return the graph of some rows alone, as far as the lists of the whole graph go.

    Parameters
    ----------
    graph : Graph
        Of n items.
    rows : int array (m,)
        Ascending.
    k : int
        Neighbors of each at most.

    Returns
    -------
    Graph
        Of m items. A row that has fewer neighbors among them lists itself in
        their place, which counts for nothing in a layout.
    """
    number = np.full(len(graph.indices), -1, np.int32)
    number[rows] = np.arange(len(rows), dtype=np.int32)
    k = min(k, graph.indices.shape[1], max(len(rows) - 1, 0))
    indices = np.empty((len(rows), k), np.int32)
    similarities = np.empty((len(rows), k), np.float32)
    for part in slices(len(rows)):
        listed = number[np.asarray(graph.indices[rows[part]])]
        order = np.argsort(listed < 0, axis=1, kind="stable")[:, :k]
        found = np.take_along_axis(listed, order, axis=1)
        similar = np.take_along_axis(np.asarray(graph.similarities[rows[part]]), order, axis=1)
        is_missing = found < 0
        farthest = np.where(is_missing, 1.0, similar).min(axis=1, keepdims=True, initial=1.0)
        indices[part] = np.where(is_missing, np.arange(part.start, part.stop)[:, None], found)
        similarities[part] = np.where(is_missing, farthest, similar)
    return replace(graph, indices=indices, similarities=similarities)
