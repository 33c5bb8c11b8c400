"""Deep k-NN: the unweighted vote of the nearest neighbors."""

from __future__ import annotations

import numpy as np

from core.detectors.entries import Method, Ranking
from core.detectors.estimator import Features, IntArray
from core.detectors.votes import best_other, class_votes

K = 10


def rank(features: Features, labels: IntArray, n_classes: int, progress: object = None) -> Ranking:
    """Rank by the share of the ten nearest that have another label.

    The paper drops an item when most of its neighbors disagree [1]_; the share
    is the graded form. It takes few values, so many items tie.

    References
    ----------
    .. [1] D. Bahri, H. Jiang, M. Gupta, "Deep k-NN for noisy labels", ICML 2020.
    """
    voters = labels[features.graph.indices[:, :K]]
    votes = class_votes(voters, np.ones(voters.shape), n_classes)
    own = votes[np.arange(len(labels)), labels]
    suspicion = 1 - own / max(1, voters.shape[1])
    return Ranking(suspicion, best_other(votes, labels))


DEEP_KNN = Method(
    "deep-knn",
    "Deep k-NN",
    "The share of the ten most similar images that have another label (2020).",
    order=10,
    rank=rank,
    selectable=False,
)
