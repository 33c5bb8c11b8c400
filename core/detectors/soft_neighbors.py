"""Similarity-weighted k-nearest neighbors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.detectors.entries import Member, Method, ranked_by_detector
from core.detectors.estimator import (
    Features,
    FloatArray,
    IntArray,
    Rows,
    WeightArray,
    positions,
)
from core.detectors.votes import class_votes

_TINY = 1e-30
_NO_VOTE = np.float32(np.log(_TINY))


class SoftKNN:
    """A similarity-weighted vote of the nearest neighbors.

    P(c | i) is proportional to the sum, over the neighbors j of i labeled c,
    of w_j exp(min(s_ij - s_i*, 0) / T): the weighted nearest neighbors of
    [1]_, with s_i*, the similarity of the nearest neighbor that is no
    near-duplicate of i, as the scale. A copy of i thus counts as much as that
    neighbor and no more, and all copies of one image share one vote:
    otherwise an image stored twice under one wrong label supports itself.

    Parameters
    ----------
    temperature : float
        T above; the smaller, the more the nearest count.
    k : int
        Neighbors that vote.

    References
    ----------
    .. [1] Z. Wu, Y. Xiong, S. Yu, D. Lin, "Unsupervised feature learning via
       non-parametric instance discrimination", CVPR 2018, section 3.4.
    """

    def __init__(self, temperature: float = 0.05, k: int = 100) -> None:
        self.temperature = temperature
        self.k = k

    def fit(
        self, features: Features, labels: IntArray, n_classes: int, weights: WeightArray
    ) -> Vote:
        """Return the vote; nothing is fitted; see ``Detector``."""
        return Vote(features, labels, n_classes, weights, self.temperature, self.k)


@dataclass(frozen=True)
class Vote:
    """The votes of every item's neighbors."""

    features: Features
    labels: IntArray
    n_classes: int
    weights: WeightArray
    temperature: float
    k: int

    def log_proba(self, rows: Rows) -> FloatArray:
        """Return the logarithm of each class's share of the votes; see ``Evidence``."""
        indices, shares = self.shares(rows)
        totals = class_votes(self.labels[indices], self.weights[indices] * shares, self.n_classes)
        logs = np.full(totals.shape, _NO_VOTE, np.float32)
        voted = np.nonzero(totals)  # few of many classes
        sums = totals.sum(axis=1)
        logs[voted] = np.log(np.maximum(totals[voted] / sums[voted[0]], _TINY))
        logs[sums == 0] = -np.log(self.n_classes)  # no votes: uniform
        return logs

    def shares(self, rows: Rows) -> tuple[IntArray, WeightArray]:
        """Return the neighbors of `rows` and how much each counts, both (m, k), at most 1."""
        graph, groups = self.features.graph, self.features.groups
        indices = np.asarray(graph.indices[rows, : self.k])
        similarities = np.asarray(graph.similarities[rows, : self.k], dtype=np.float64)
        own = groups[positions(rows)][:, None]
        others = np.where(groups[indices] == own, -np.inf, similarities)
        scale = others.max(axis=1, keepdims=True, initial=-np.inf)
        # Where all neighbors are copies, the nearest copy sets the scale.
        nearest = similarities[:, :1].max(axis=1, keepdims=True, initial=0.0)
        scale = np.where(np.isfinite(scale), scale, nearest)
        votes = np.exp(np.minimum(similarities - scale, 0.0) / self.temperature)
        shares: WeightArray = votes / _copies_in_row(groups[indices])
        return indices, shares


def _copies_in_row(groups: IntArray) -> IntArray:
    """Return how often each entry's value occurs in its row."""
    order = np.argsort(groups, axis=1, kind="stable")
    ordered = np.take_along_axis(groups, order, axis=1)
    first = np.ones(ordered.shape, bool)
    first[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    runs = np.cumsum(first.ravel()) - 1
    counts = np.bincount(runs)[runs].reshape(groups.shape) if groups.size else runs
    copies = np.empty_like(order)
    np.put_along_axis(copies, order, counts.reshape(order.shape), axis=1)
    return copies


METHOD = Method(
    "neighbors",
    "Neighbors",
    "A similarity-weighted vote of the nearest neighbors.",
    order=20,
    rank=ranked_by_detector(SoftKNN()),
)
MEMBER = Member(
    "neighbors",
    "its neighbors",
    "A vote of the most similar images, nearer ones counting more",
    order=10,
)
