"""SelfClean: the distance to the own class relative to the nearest other class."""

from __future__ import annotations

import numpy as np

from core.detectors.class_neighbors import nearest_in_class
from core.detectors.entries import Method, Ranking
from core.detectors.estimator import Features, IntArray, WeightArray
from core.neighbors import Graph

_FARTHEST = 2.0
_TINY = 1e-12


def rank(features: Features, labels: IntArray, n_classes: int, progress: object = None) -> Ranking:
    """Rank by ``d_same^2 / (d_same^2 + d_other^2)`` [1]_, distances by cosine.

    The nearest item of the own class is exact; the nearest of another class is
    searched in the graph, and taken to be as far as the last neighbor where
    there is none. One item alone in its class has its own class at the greatest
    distance. The score suggests no class.

    References
    ----------
    .. [1] F. Groeger, S. Lionetti, P. Gottfrois et al., "Intrinsic
       self-supervision for data quality audits", NeurIPS 2024.
    """
    nearest = nearest_in_class(features.vectors, labels, 1).similarities[:, 0].astype(np.float64)
    same = np.where(np.isnan(nearest), _FARTHEST, 1 - nearest) ** 2
    other = _nearest_other(features.graph, labels) ** 2
    return Ranking(same / np.maximum(same + other, _TINY), None)


def _nearest_other(graph: Graph, labels: IntArray) -> WeightArray:
    if graph.indices.shape[1] == 0:
        return np.full(len(labels), _FARTHEST)
    distances: WeightArray = 1 - graph.similarities.astype(np.float64)
    farthest = distances[:, -1]
    others = np.where(labels[graph.indices] != labels[:, None], distances, np.inf).min(axis=1)
    return np.where(np.isfinite(others), others, farthest)


SELFCLEAN = Method(
    "selfclean",
    "SelfClean",
    "The nearest image of the same label against the nearest of another (2024).",
    order=30,
    rank=rank,
    selectable=False,
)
