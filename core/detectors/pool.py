"""The pool of all detectors, and the suspicion that the queue is sorted by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from core.detectors.base import Detector, Features, FloatArray, IntArray, WeightArray
from core.detectors.calibration import calibrated, softmax
from core.detectors.discriminant import Discriminant
from core.detectors.folds import cell_folds
from core.detectors.neighbors import SoftKNN
from core.detectors.probe import Probe

Progress = Callable[[int, int], None]

# A lower floor lets one member veto the others. The pool's floor lies below
# their product: a higher one ties hundreds of items at the top of the queue.
_FLOOR = 1e-4
_POOL_FLOOR = 1e-13
_LEAST_WEIGHT = 0.02
_REGION_ROUNDS = 2
_REGION_FOLDS = 8


def default_members() -> dict[str, Detector]:
    """Return the detectors that are pooled unless others are named."""
    return {"neighbours": SoftKNN(), "discriminant": Discriminant(), "probe": Probe()}


class LogPool:
    """Detectors pooled in log space, in passes that learn whom to believe.

    1. Every member gives calibrated out-of-sample probabilities P_m(c | i).
    2. Regions: a discriminant with whole k-means cells held out, so that
       mislabelled neighbours cannot vouch for each other, gives R(c | i); a
       second round of it weights items by the first.
    3. Items are weighted by what both say of their given label: the
       probability under ``softmax(mean_m log P_m + log R)``, 0.02 at least.
    4. The members are fitted again with these weights and pooled:
       ``P = softmax(sum_m log P_m)``, the logarithmic opinion pool [1]_.

    Parameters
    ----------
    members : mapping of str to Detector, optional
        Soft neighbours, discriminant and probe by default.
    passes : int
        1 ends with step 1 and pools that; above 2, steps 3 and 4 are repeated.
    cells_per_class : float
        k-means cells in step 2: smaller than classes, larger than a clump of
        errors. 0 leaves step 2 out.
    random_state : int

    Attributes
    ----------
    probabilities_ : float32 array (n, K)
        Rows sum to 1.
    members_ : dict of str to float32 array (n, K)
        Each member's calibrated probabilities in the last pass.
    suspicion_ : float64 array (n,)
        1 - P(given label), in 0..1, 1 the most suspect.
    suggested_ : int64 array (n,)
        The most probable class other than the given one; the given one where K = 1.

    References
    ----------
    .. [1] C. Genest, J. Zidek, "Combining probability distributions: a
       critique and an annotated bibliography", Statistical Science 1, 1986.
    """

    probabilities_: FloatArray
    members_: dict[str, FloatArray]
    suspicion_: WeightArray
    suggested_: NDArray[np.int64]

    def __init__(
        self,
        members: Mapping[str, Detector] | None = None,
        passes: int = 2,
        cells_per_class: float = 5,
        random_state: int = 0,
    ) -> None:
        self.members = members
        self.passes = passes
        self.cells_per_class = cells_per_class
        self.random_state = random_state

    def fit(
        self,
        features: Features,
        labels: IntArray,
        n_classes: int,
        progress: Progress | None = None,
    ) -> LogPool:
        """Pool the members' evidence on `labels`.

        Parameters
        ----------
        features : Features
            Of n items, all labelled.
        labels : int array (n,)
            Given labels, 0 to `n_classes` - 1.
        n_classes : int
        progress : callable, optional
            Called with (steps done, steps in total) after each step.

        Returns
        -------
        LogPool
            Itself.

        Raises
        ------
        ValueError
            When there are no items, or labels are outside 0..`n_classes` - 1,
            or not one a row, or `passes` is below 1.
        """
        _check(features, labels, n_classes, self.passes)
        members = default_members() if self.members is None else self.members
        rounds = _REGION_ROUNDS if self.passes > 1 and self.cells_per_class > 0 else 0
        task = _Task(features, labels, n_classes, self.passes * len(members) + rounds, progress)
        self.members_ = task.fit_members(members, np.ones(len(labels)))
        region = task.region(rounds, self.cells_per_class, self.random_state)
        for _ in range(self.passes - 1):
            opinion = sum_of_logs(self.members_.values()) / len(members) + region
            self.members_ = task.fit_members(members, belief(softmax(opinion), labels))
        pooled = softmax(sum_of_logs(self.members_.values()))
        self.probabilities_ = pooled.astype(np.float32)
        self.suspicion_ = 1 - _own(pooled, labels).clip(_POOL_FLOOR, 1)
        self.suggested_ = suggested_labels(pooled, labels)
        return self


class _Task:
    """One data set, and how many steps of the work on it are done."""

    def __init__(
        self,
        features: Features,
        labels: IntArray,
        n_classes: int,
        n_steps: int,
        progress: Progress | None,
    ) -> None:
        self.features = features
        self.labels = labels
        self.n_classes = n_classes
        self.n_steps = n_steps
        self.n_done = 0
        self.progress = progress

    def fit_members(
        self, members: Mapping[str, Detector], weights: WeightArray
    ) -> dict[str, FloatArray]:
        """Return the calibrated evidence of every member."""
        evidence = {}
        for name, member in members.items():
            given = member.predict_proba_oos(self.features, self.labels, self.n_classes, weights)
            evidence[name] = calibrated(np.log(np.maximum(given, _FLOOR)), self.labels)
            self._step()
        return evidence

    def region(self, rounds: int, cells_per_class: float, random_state: int) -> WeightArray:
        """Return log R(c | i) after some rounds, float64 (n, K); all alike after none."""
        evidence = np.full((len(self.labels), self.n_classes), 1 / self.n_classes, np.float32)
        if not rounds:
            return sum_of_logs([evidence])
        n_cells = round(cells_per_class * self.n_classes)
        folds = cell_folds(self.features.vectors, n_cells, _REGION_FOLDS, random_state)
        weights = np.ones(len(self.labels))
        for _ in range(rounds):
            evidence = Discriminant().predict_proba_oos(
                self.features, self.labels, self.n_classes, weights, folds
            )
            weights = belief(evidence, self.labels)
            self._step()
        return sum_of_logs([evidence])

    def _step(self) -> None:
        self.n_done += 1
        if self.progress is not None:
            self.progress(self.n_done, self.n_steps)


def belief(probabilities: NDArray[np.floating], labels: IntArray) -> WeightArray:
    """Return each item's weight, float64 (n,): the probability of its own label, 0.02 at least."""
    return _own(probabilities, labels).clip(_LEAST_WEIGHT, 1)


def sum_of_logs(probabilities: Iterable[FloatArray]) -> WeightArray:
    """Return the sum of the logarithms of several (n, K) arrays, float64 (n, K)."""
    total: WeightArray = np.sum(
        [np.log(np.maximum(p, _FLOOR), dtype=np.float64) for p in probabilities], axis=0
    )
    return total


def suggested_labels(probabilities: NDArray[np.floating], labels: IntArray) -> NDArray[np.int64]:
    """Return the most probable class of each row other than `labels`; that label where K = 1."""
    if probabilities.shape[1] == 1:
        return labels.astype(np.int64)
    others = probabilities.copy()
    others[np.arange(len(labels)), labels] = -1
    suggested: NDArray[np.int64] = others.argmax(axis=1)
    return suggested


def _own(probabilities: NDArray[np.floating], labels: IntArray) -> WeightArray:
    """Return each row's probability of its given label."""
    own: WeightArray = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    return own


def _check(features: Features, labels: IntArray, n_classes: int, passes: int) -> None:
    if len(labels) == 0 or labels.shape != (len(features.vectors),):
        raise ValueError(
            f"One label a row is needed: {labels.shape} labels, {len(features.vectors)} rows."
        )
    if labels.min() < 0 or labels.max() >= n_classes:
        raise ValueError(f"Labels must be 0 to {n_classes - 1}.")
    if passes < 1:
        raise ValueError("At least one pass is needed.")
