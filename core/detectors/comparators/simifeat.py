"""SimiFeat: neighbors weighted by similarity, the item itself among them."""

from __future__ import annotations

import numpy as np

from core.detectors.entries import Method, Ranking
from core.detectors.estimator import Features, IntArray, WeightArray
from core.detectors.votes import best_other, class_votes

K = 10
_LEAST = 1e-6


def rank(features: Features, labels: IntArray, n_classes: int, progress: object = None) -> Ranking:
    """Rank by the score of SimiFeat-R, on one view of each image.

    With similarity s (one minus cosine distance), ``h_ic`` is the sum of
    ``s_ij`` over the ten nearest j that are labeled c, i itself among them
    with ``s_ii = 2 s_i1 - s_i2``; rows have unit length, and the score is
    ``-log h_{i, y_i}`` [1]_. The paper then cuts each class at a noise rate
    that it estimates (HOC), and votes over 21 augmentations; neither changes
    what a ranking of one view is.

    References
    ----------
    .. [1] Z. Zhu, Z. Dong, Y. Liu, "Detecting corrupted labels without
       training a model to predict", ICML 2022.
    """
    near = slice(0, K - 1)
    similarities = features.graph.similarities[:, near].astype(np.float64)
    similarities = np.concatenate([_of_itself(similarities), similarities], axis=1)
    voters = np.concatenate([labels[:, None], labels[features.graph.indices[:, near]]], axis=1)
    votes = class_votes(voters, similarities.clip(_LEAST), n_classes)
    own = votes[np.arange(len(labels)), labels]
    return Ranking(-np.log(own / np.linalg.norm(votes, axis=1)), best_other(votes, labels))


def _of_itself(similarities: WeightArray) -> WeightArray:
    """Return 2 s_1 - s_2 as a column; with fewer neighbors, s_1 or 1."""
    n, k = similarities.shape
    if k < 2:
        return similarities[:, :1] if k else np.ones((n, 1))
    column: WeightArray = 2 * similarities[:, :1] - similarities[:, 1:2]
    return column


SIMIFEAT = Method(
    "simifeat",
    "SimiFeat",
    "Ten neighbors weighted by similarity, the image itself among them (2022).",
    order=20,
    rank=rank,
    selectable=False,
)
