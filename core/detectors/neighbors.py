"""The neighbours' vote: the evidence that a person can see."""

from __future__ import annotations

import numpy as np

from core.detectors.base import Features, FloatArray, IntArray, WeightArray


class SoftKNN:
    """A vote of the nearest neighbours, nearer ones counting more.

    P(c | i) is proportional to the sum, over the neighbours j of i labelled c,
    of w_j exp((s_ij - s_i1) / T): a kernel on cosine whose width adapts to the
    nearest neighbour [1]_. The item itself is never among its neighbours.

    Parameters
    ----------
    temperature : float
        T above; the smaller, the more the nearest ones decide.
    k : int
        Neighbours that vote.

    References
    ----------
    .. [1] Z. Wu, Y. Xiong, S. Yu, D. Lin, "Unsupervised feature learning via
       non-parametric instance discrimination", CVPR 2018, section 3.4
       (weighted k-nearest neighbours with exp(s / T)).
    """

    def __init__(self, temperature: float = 0.05, k: int = 100) -> None:
        self.temperature = temperature
        self.k = k

    def predict_proba_oos(
        self, features: Features, labels: IntArray, n_classes: int, weights: WeightArray
    ) -> FloatArray:
        """Return the weighted vote of each row's neighbours; see ``Detector``."""
        n = len(labels)
        neighbours = features.graph.indices[:, : self.k]
        similarities = features.graph.similarities[:, : self.k]
        votes = weights[neighbours] * np.exp(
            (similarities - similarities[:, :1]).astype(np.float64) / self.temperature
        )
        cells = np.arange(n)[:, None] * n_classes + labels[neighbours]
        totals = np.bincount(cells.ravel(), votes.ravel(), n * n_classes).reshape(n, n_classes)
        return _shares(totals)


def _shares(totals: WeightArray) -> FloatArray:
    """Divide rows by their sums; a row without votes says nothing, so all classes alike."""
    sums = totals.sum(axis=1, keepdims=True)
    uniform = np.full_like(totals, 1 / totals.shape[1])
    shares: WeightArray = np.divide(totals, sums, out=uniform, where=sums > 0)
    return shares.astype(np.float32)
