"""What all detectors share: their input and their interface."""

from __future__ import annotations

from collections.abc import Callable
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


class Features(NamedTuple):
    """The input of detectors; rows are items.

    Attributes
    ----------
    vectors : float array (n, d)
        Half-whitened embeddings, rows of unit length; may be a memory map.
    graph : Graph
        Their nearest neighbors.
    groups : int array (n,)
        The group of near-duplicates of every item.
    predictions : float array (n, K) or None
        Class probabilities by the user's own classifier, rows of zeros where
        there are none.
    fine_tuned : float array (n, K) or None
        Out-of-fold class probabilities by a fine-tuned network, likewise.
    """

    vectors: NDArray[np.floating]
    graph: Graph
    groups: IntArray
    predictions: NDArray[np.floating] | None = None
    fine_tuned: NDArray[np.floating] | None = None

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
    """Class log-probabilities of a fitted detector, computed for some rows at a time.

    All probabilities of a million items in a thousand classes would fill the
    memory; a summary of them does not.
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
            Up to a constant of the row. NaN for a class without a score.
            A new array: the caller may write to it.
        """
        ...


MemberCallback = Callable[[int, FloatArray], None]
"""Callback: the number of a pool member and its normalized log-probabilities, (m, K)."""


@runtime_checkable
class PooledEvidence(Evidence, Protocol):
    """Evidence pooled from several members, each of which is available, too.

    Attributes
    ----------
    names : tuple of str
        Of the members.
    """

    names: tuple[str, ...]

    def log_proba(self, rows: Rows, on_member: MemberCallback | None = None) -> FloatArray:
        """Return what `Evidence` does; call `on_member` with each member's log-probabilities.

        A row of NaN means that the member is missing for that item.
        """
        ...


class Detector(Protocol):
    """An estimator of class probabilities that does not use a row's own label."""

    def fit(
        self, features: Features, labels: IntArray, n_classes: int, weights: WeightArray
    ) -> Evidence:
        """Fit to the given labels.

        Parameters
        ----------
        features : Features
            Of n items.
        labels : int array (n,)
            Given labels, 0 to `n_classes` - 1.
        n_classes : int
        weights : float array (n,)
            Sample weights, at least 0.

        Returns
        -------
        Evidence
        """
        ...


def positions(rows: Rows) -> IntArray:
    """Return `rows`, which must have ends if they are a slice, as positions."""
    return np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows


def as_float32(vectors: NDArray[np.floating], rows: Rows) -> FloatArray:
    """Return some rows as float32: on disk they are float16."""
    return np.asarray(vectors[rows], dtype=np.float32)
