"""Ridge regression on one-hot labels, every item left out in closed form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.detectors.discriminant import fold_sums
from core.detectors.entries import Member, Method, ranked_by_detector
from core.detectors.estimator import (
    Features,
    FloatArray,
    IntArray,
    Rows,
    WeightArray,
    as_float32,
)

_TINY = 1e-9
_LEAST_LEFT = 1e-3


class Ridge:
    """Weighted ridge regression on one-hot labels with exact leave-one-out.

    With ``A = X' W X + lambda I`` and ``B = X' W Y``, an item's scores without
    itself are ``(x' A^-1 B - h y) / (1 - h)``, ``h = w x' A^-1 x`` [1]_. Copies
    of an item are left out with it, as if they were exactly alike. There are
    no folds and no iterations: the cost is one pass over the items, which
    suits very many items and many classes.

    Parameters
    ----------
    penalty : float
        lambda above, as a share of the sum of the weights, over d: of the
        mean square of an entry, times the number of items.

    References
    ----------
    .. [1] R. D. Cook, S. Weisberg, "Residuals and influence in regression",
       1982, equation 2.2.23; the hat matrix of weighted ridge in its place.
    """

    def __init__(self, penalty: float = 0.01) -> None:
        self.penalty = penalty

    def fit(
        self, features: Features, labels: IntArray, n_classes: int, weights: WeightArray
    ) -> RidgeEvidence:
        """Solve for the coefficients; see ``Detector``."""
        from scipy.sparse import csr_array

        vectors, groups = features.vectors, features.groups
        n, d = vectors.shape
        sums = fold_sums(vectors, labels, n_classes, weights, np.zeros(n, np.int64), 1)
        weight, first = sums.weight[0], sums.first[0]
        total = max(float(weight.sum()), _TINY)
        mean = first.sum(axis=0) / total
        gram = sums.second[0] - total * np.outer(mean, mean)
        inverse = np.linalg.inv(gram + (self.penalty * total / d + _TINY) * np.eye(d))
        targets = first - np.outer(weight, mean)
        return RidgeEvidence(
            vectors=vectors,
            groups=groups,
            votes=csr_array((weights, (groups, labels)), shape=(int(groups.max()) + 1, n_classes)),
            mean=mean.astype(np.float32),
            inverse=inverse.astype(np.float32),
            coefficients=(inverse @ targets.T).astype(np.float32),
            priors=(weight / total).astype(np.float32),
            total=total,
        )


@dataclass(frozen=True)
class RidgeEvidence:
    """Scores of every item from all items but itself and its copies.

    Attributes
    ----------
    vectors : float array (n, d)
    groups : int array (n,)
    votes : sparse float64 array (number of groups, K)
        The weight of each class among the copies of a group.
    mean : float32 array (d,)
    inverse : float32 array (d, d)
    coefficients : float32 array (d, K)
    priors : float32 array (K,)
    total : float
        Sum of the weights.
    """

    vectors: NDArray[np.floating]
    groups: IntArray
    votes: Any
    mean: FloatArray
    inverse: FloatArray
    coefficients: FloatArray
    priors: FloatArray
    total: float

    def log_proba(self, rows: Rows) -> FloatArray:
        """Return the left-out scores, uncalibrated; see ``Evidence``."""
        X = as_float32(self.vectors, rows) - self.mean
        scores = X @ self.coefficients + self.priors
        leverage = np.einsum("nd,nd->n", X @ self.inverse, X) + np.float32(1 / self.total)
        own = self.votes[self.groups[rows]].tocoo()
        scores[own.row, own.col] -= leverage[own.row] * own.data.astype(np.float32)
        left = 1 - leverage * np.asarray(own.sum(axis=1), np.float32).ravel()
        left_out: FloatArray = scores / np.maximum(left, _LEAST_LEFT)[:, None].astype(np.float32)
        return left_out


METHOD = Method(
    "ridge",
    "Ridge",
    "Ridge regression in closed form; the fastest, for very many images.",
    order=50,
    rank=ranked_by_detector(Ridge()),
)
MEMBER = Member(
    "ridge", "a linear model", "A linear classifier trained without this label", order=40
)
