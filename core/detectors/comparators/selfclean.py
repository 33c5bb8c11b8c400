"""SelfClean: how near the own class is, beside the nearest other class."""

from __future__ import annotations

import numpy as np

from core.detectors.estimator import Features, IntArray, WeightArray
from core.detectors.methods import Method, Ranking
from core.detectors.peers import nearest_peers
from core.neighbors import Graph

_FARTHEST = 2.0
_TINY = 1e-12


def rank(features: Features, labels: IntArray, n_classes: int, progress: object = None) -> Ranking:
    """Rank by ``d_same^2 / (d_same^2 + d_other^2)`` [1]_, distances by cosine.

    The nearest item of the own class is exact; the nearest of another class is
    looked for in the graph, and taken to lie at the graph's rim where it holds
    none. One item alone in its class has its own class at the greatest
    distance. The score names no other class.

    References
    ----------
    .. [1] F. Groeger, S. Lionetti, P. Gottfrois et al., "Intrinsic
       self-supervision for data quality audits", NeurIPS 2024.
    """
    nearest = nearest_peers(features.vectors, labels, 1).similarities[:, 0].astype(np.float64)
    same = np.where(np.isnan(nearest), _FARTHEST, 1 - nearest) ** 2
    other = _nearest_other(features.graph, labels) ** 2
    return Ranking(same / np.maximum(same + other, _TINY), None)


def _nearest_other(graph: Graph, labels: IntArray) -> WeightArray:
    if graph.indices.shape[1] == 0:
        return np.full(len(labels), _FARTHEST)
    distances: WeightArray = 1 - graph.similarities.astype(np.float64)
    rim = distances[:, -1]
    others = np.where(labels[graph.indices] != labels[:, None], distances, np.inf).min(axis=1)
    return np.where(np.isfinite(others), others, rim)


SELFCLEAN = Method(
    "selfclean",
    "SelfClean's ratio",
    "The nearest image of the same label against the nearest of another (2024).",
    False,
    rank,
)
