"""The pool of all detectors, and the suspicion that the queue is sorted by."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from core.detectors.base import Detector, Features, FloatArray, IntArray, WeightArray
from core.detectors.discriminant import Discriminant, softmax
from core.detectors.neighbors import SoftKNN
from core.detectors.probe import Probe

Progress = Callable[[int, int], None]

_FLOOR = 1e-4
_LEAST_WEIGHT = 0.02


def default_members() -> dict[str, Detector]:
    """Return the detectors that are pooled unless others are named."""
    return {"neighbours": SoftKNN(), "discriminant": Discriminant(), "probe": Probe()}


class LogPool:
    """Two passes of several detectors, pooled in log space.

    Parameters
    ----------
    members : mapping of str to Detector, optional
    passes : int
        After the first pass every item is weighted by the probability that
        the pool gave to its own label, so that wrong labels teach less.

    Attributes
    ----------
    probabilities_ : float32 array (n, K)
    members_ : dict of str to float32 array (n, K)
        Each member's probabilities in the last pass.
    suspicion_ : float64 array (n,)
        1 - P(given label), in 0..1, 1 the most suspect.
    suggested_ : int64 array (n,)
        The most probable class other than the given one; the given one where K = 1.
    """

    probabilities_: FloatArray
    members_: dict[str, FloatArray]
    suspicion_: WeightArray
    suggested_: NDArray[np.int64]

    def __init__(self, members: Mapping[str, Detector] | None = None, passes: int = 2) -> None:
        self.members = members
        self.passes = passes

    def fit(
        self,
        features: Features,
        labels: IntArray,
        n_classes: int,
        progress: Progress | None = None,
    ) -> LogPool:
        """Pool the members' evidence on `labels`."""
        members = dict(self.members) if self.members is not None else default_members()
        n, total, done = len(labels), self.passes * len(members), 0
        weights = np.ones(n)
        for _ in range(self.passes):
            self.members_ = {}
            for name, member in members.items():
                self.members_[name] = member.predict_proba_oos(
                    features, labels, n_classes, weights
                )
                done += 1
                if progress is not None:
                    progress(done, total)
            pooled = log_pool(list(self.members_.values()))
            own = pooled[np.arange(n), labels]
            weights = own.clip(_LEAST_WEIGHT, 1)
        self.probabilities_ = pooled.astype(np.float32)
        self.suspicion_ = 1 - own.clip(1e-13, 1)
        self.suggested_ = suggested_labels(self.probabilities_, labels)
        return self


def log_pool(probabilities: list[FloatArray]) -> WeightArray:
    """Return the normalised product of the members' probabilities, float64 (n, K)."""
    logs = sum(np.log(np.maximum(p.astype(np.float64), _FLOOR)) for p in probabilities)
    return softmax(np.asarray(logs)).astype(np.float64)


def suggested_labels(probabilities: FloatArray, labels: IntArray) -> NDArray[np.int64]:
    """Return the most probable class of each row other than `labels`; that label where K = 1."""
    if probabilities.shape[1] == 1:
        return labels.astype(np.int64)
    others = probabilities.copy()
    others[np.arange(len(labels)), labels] = -1
    suggested: NDArray[np.int64] = others.argmax(axis=1)
    return suggested
