"""What all detectors share: their input, their interface, and walking through rows in blocks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from core.neighbors import Graph, duplicate_groups

FloatArray = NDArray[np.float32]
WeightArray = NDArray[np.float64]
IntArray = NDArray[np.integer]
Rows = slice | IntArray
"""Which rows of a data set: a slice, or their positions."""
Progress = Callable[[int, int], None]
"""Called with steps done and steps in all."""

_CELLS_IN_BLOCK = 2_000_000
_MOST_ROWS_IN_BLOCK = 16_384


class Features(NamedTuple):
    """What detectors look at; rows are items.

    Attributes
    ----------
    vectors : float array (n, d)
        Half-whitened embeddings, rows of unit length; may be a memory map.
    graph : Graph
        Their nearest neighbors.
    groups : int array (n,)
        The group of near-duplicates of every item.
    predictions : float array (n, K) or None
        Class probabilities by a classifier of the user's own, zeros where it
        says nothing.
    """

    vectors: NDArray[np.floating]
    graph: Graph
    groups: IntArray
    predictions: NDArray[np.floating] | None = None

    @classmethod
    def of(
        cls,
        vectors: NDArray[np.floating],
        graph: Graph,
        predictions: NDArray[np.floating] | None = None,
    ) -> Features:
        """Return the features with near-duplicates grouped."""
        return cls(vectors, graph, duplicate_groups(graph), predictions)


class Evidence(Protocol):
    """What a fitted detector says of every item, asked for some rows at a time.

    All probabilities of a million items in a thousand classes would fill the
    memory; what follows from them does not.
    """

    def log_proba(self, rows: Rows) -> FloatArray:
        """Return out-of-sample class log-probabilities.

        Parameters
        ----------
        rows : slice or int array
            m rows.

        Returns
        -------
        float32 array (m, K)
            Up to a constant of the row. NaN for a class of which nothing is known.
            New: who asked may write to it.
        """
        ...


Hear = Callable[[int, FloatArray], None]
"""Called with the number of a voice and its normalized log-probabilities, (m, K)."""


@runtime_checkable
class PooledEvidence(Evidence, Protocol):
    """Evidence pooled from several voices, which can be heard one by one.

    Attributes
    ----------
    names : tuple of str
        Of the voices.
    """

    names: tuple[str, ...]

    def log_proba(self, rows: Rows, hear: Hear | None = None) -> FloatArray:
        """Return what `Evidence` does; `hear` is told on the way what each voice says.

        A row of NaN is of a voice that cannot speak for that item.
        """
        ...


class Detector(Protocol):
    """Anything that gives class probabilities without using a row's own label."""

    def fit(
        self, features: Features, labels: IntArray, n_classes: int, weights: WeightArray
    ) -> Evidence:
        """Learn from the given labels.

        Parameters
        ----------
        features : Features
            Of n items.
        labels : int array (n,)
            Given labels, 0 to `n_classes` - 1.
        n_classes : int
        weights : float array (n,)
            How far each item's label is to be believed, at least 0.

        Returns
        -------
        Evidence
        """
        ...


def blocks(n: int, n_columns: int) -> Iterator[slice]:
    """Yield slices that cover `n` rows, each few enough for an array of `n_columns`."""
    size = max(1, min(_MOST_ROWS_IN_BLOCK, _CELLS_IN_BLOCK // max(1, n_columns)))
    for start in range(0, n, size):
        yield slice(start, min(start + size, n))


def each_block(n: int, n_columns: int, work: Callable[[slice], None]) -> None:
    """Call `work` with every slice of `blocks`, on as many threads as there are cores.

    Each thread does its matrix products alone: threads that share one wait for
    each other most of the time.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(work, blocks(n, n_columns)):
            pass


def positions(rows: Rows) -> IntArray:
    """Return `rows`, which must have ends if they are a slice, as positions."""
    return np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows


def as_float32(vectors: NDArray[np.floating], rows: Rows) -> FloatArray:
    """Return some rows as float32: on disk they are float16."""
    return np.asarray(vectors[rows], dtype=np.float32)
