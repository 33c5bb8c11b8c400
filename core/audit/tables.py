"""The arrays that are computed of an audit, as they lie on disk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.neighbors import Graph


class NeighborTable(NamedTuple):
    """The graph as it lies on disk; `ids` name its rows.

    Attributes
    ----------
    ids : array of str (n,)
    indices : int32 array (n, k)
        Positions in `ids`, nearest first.
    similarities : float32 array (n, k)
        Cosine in the half-whitened embedding.
    vectors : float16 array (n, d)
        The half-whitened embeddings, rows of unit length.
    """

    ids: NDArray[np.str_]
    indices: NDArray[np.int32]
    similarities: NDArray[np.float32]
    vectors: NDArray[np.float16]

    @property
    def graph(self) -> Graph:
        """The lists without the names of their rows."""
        return Graph(self.indices, self.similarities)


class EvidenceTable(NamedTuple):
    """The evidence as it lies on disk; `ids` name its rows.

    Attributes
    ----------
    ids : array of str (n,)
        Of the labeled items.
    classes : array of str (K,)
        Names of the columns.
    top_classes : int32 array (n, m)
        Columns of the m most probable classes, most probable first; m at most 8.
    top_probabilities : float16 array (n, m)
    ambiguity : float32 array (n,)
        How evenly the two most probable classes share the evidence, 0..1.
    votes : int32 array (n,)
        The label that each item had in the fit: the given one or, once it was
        reviewed, the final one.
    weights : float32 array (n,)
        How far it was believed.
    peers : int32 array (n, m)
        Positions in `ids` of the nearest items of the same given label,
        nearest first; -1 where the class has fewer.
    peer_similarities : float32 array (n, m)
    peer_rank : int32 array (n,)
        How many items of the class are at least as far from it, itself included.
    peer_count : int32 array (n,)
        Items of the class.
    members : array of str (v,)
        Names of the detectors that were pooled; none where one ranked alone.
    member_classes : int32 array (n, v)
        The column that each of them finds most probable; -1 where it cannot tell.
    member_probabilities, member_given : float16 array (n, v)
        Its probability of that class, and of the given label; NaN likewise.
    suspicion_scale : float64 array (2, m)
        From the log-odds that order the labels to the suspicion, see
        `core.detectors.suspicion_scale`; empty where the suspicion is not calibrated.
    """

    ids: NDArray[np.str_]
    classes: NDArray[np.str_]
    top_classes: NDArray[np.int32]
    top_probabilities: NDArray[np.float16]
    ambiguity: NDArray[np.float32]
    votes: NDArray[np.int32]
    weights: NDArray[np.float32]
    peers: NDArray[np.int32]
    peer_similarities: NDArray[np.float32]
    peer_rank: NDArray[np.int32]
    peer_count: NDArray[np.int32]
    members: NDArray[np.str_] = np.empty(0, "U1")
    member_classes: NDArray[np.int32] = np.empty((0, 0), np.int32)
    member_probabilities: NDArray[np.float16] = np.empty((0, 0), np.float16)
    member_given: NDArray[np.float16] = np.empty((0, 0), np.float16)
    suspicion_scale: NDArray[np.float64] = np.empty((2, 0))


class PredictionTable(NamedTuple):
    """What a classifier of the user's own says; rows aligned to ``items.row``.

    Attributes
    ----------
    classes : list of str (K,)
    probabilities : float16 memory map (rows, K)
        Zero where nothing is known of an item.
    """

    classes: list[str]
    probabilities: NDArray[np.float16]

    def of_rows(self, rows: NDArray[np.integer], columns: Sequence[str]) -> NDArray[np.float16]:
        """Return the probabilities of some rows, with a column for each class of `columns`.

        Parameters
        ----------
        rows : int array (n,)
            Of items; beyond the end of the table nothing is known.
        columns : sequence of str (K,)

        Returns
        -------
        float16 array (n, K)
        """
        known = rows < len(self.probabilities)
        found = np.zeros((len(rows), len(columns)), np.float16)
        at = {name: column for column, name in enumerate(self.classes)}
        for column, name in enumerate(columns):
            if name in at:
                found[known, column] = self.probabilities[rows[known], at[name]]
        return found
