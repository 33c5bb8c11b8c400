"""The neighbours' vote: the evidence that a person can see."""

from __future__ import annotations

import numpy as np

from core.detectors.base import Features, FloatArray, IntArray, WeightArray
from core.neighbors import NEAR_DUPLICATE, Graph, duplicate_groups


class SoftKNN:
    """A vote of the nearest neighbours, nearer ones counting more.

    P(c | i) is proportional to the sum, over the neighbours j of i labelled c,
    of w_j exp(min(s_ij - s_i*, 0) / T): the weighted nearest neighbours of
    [1]_, with s_i*, the similarity of the nearest neighbour that is no
    near-duplicate of i, as the scale. A copy of i thus counts as much as that
    neighbour and no more, and all copies of one picture share one vote:
    otherwise a picture stored twice under one wrong label vouches for itself.

    Parameters
    ----------
    temperature : float
        T above; the smaller, the more the nearest ones decide.
    k : int
        Neighbours that vote.
    duplicate_threshold : float
        Cosine from which pictures count as copies; above 1 turns it off.

    References
    ----------
    .. [1] Z. Wu, Y. Xiong, S. Yu, D. Lin, "Unsupervised feature learning via
       non-parametric instance discrimination", CVPR 2018, section 3.4.
    """

    def __init__(
        self,
        temperature: float = 0.05,
        k: int = 100,
        duplicate_threshold: float = NEAR_DUPLICATE,
    ) -> None:
        self.temperature = temperature
        self.k = k
        self.duplicate_threshold = duplicate_threshold

    def predict_proba_oos(
        self, features: Features, labels: IntArray, n_classes: int, weights: WeightArray
    ) -> FloatArray:
        """Return the weighted vote of each row's neighbours; see ``Detector``."""
        n = len(labels)
        votes = weights[features.graph.indices[:, : self.k]] * self.vote_shares(features.graph)
        cells = np.arange(n)[:, None] * n_classes + labels[features.graph.indices[:, : self.k]]
        totals = np.zeros(n * n_classes)
        np.add.at(totals, cells.ravel(), votes.ravel())
        return _rows_to_one(totals.reshape(n, n_classes))

    def vote_shares(self, graph: Graph) -> WeightArray:
        """Return how much each neighbour counts, float64 (n, min(k, width of graph)), at most 1."""
        indices = graph.indices[:, : self.k]
        similarities = graph.similarities[:, : self.k].astype(np.float64)
        groups = duplicate_groups(graph, self.duplicate_threshold)
        others = np.where(groups[indices] == groups[:, None], -np.inf, similarities)
        scale = others.max(axis=1, keepdims=True, initial=-np.inf)
        # Where all neighbours are copies, the nearest copy sets the scale.
        scale = np.where(np.isfinite(scale), scale, similarities[:, :1].max(initial=0.0))
        votes = np.exp(np.minimum(similarities - scale, 0.0) / self.temperature)
        shares: WeightArray = votes / _copies_in_row(groups[indices])
        return shares


def _copies_in_row(groups: IntArray) -> IntArray:
    """Return how often each entry's value occurs in its row."""
    n = len(groups)
    cells = np.arange(n)[:, None] * n + groups  # groups are fewer than rows
    _, inverse, counts = np.unique(cells, return_inverse=True, return_counts=True)
    copies: IntArray = counts[inverse].reshape(groups.shape)
    return copies


def _rows_to_one(totals: WeightArray) -> FloatArray:
    """Divide rows by their sums; a row without votes says nothing, so all classes alike."""
    sums = totals.sum(axis=1, keepdims=True)
    uniform = np.full_like(totals, 1 / totals.shape[1])
    shares: WeightArray = np.divide(totals, sums, out=uniform, where=sums > 0)
    return shares.astype(np.float32)
