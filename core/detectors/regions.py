"""Cross-validation with whole k-means cells of a class held out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import block_size, slices
from core.arrays.parallel import in_parallel
from core.detectors.calibration import CalibratedEvidence
from core.detectors.discriminant import Discriminant
from core.detectors.entries import Member
from core.detectors.estimator import (
    Evidence,
    Features,
    IntArray,
    WeightArray,
    positions,
)
from core.detectors.folds import Folds, cell_folds
from core.neighbors import Graph

REGIONS = "regions"
"""Name of `Regions` as a member of a pool."""

LEAST_WEIGHT = 0.02
_MOST_HELD_OUT = 0.5
_NEIGHBORS = 30


class Regions:
    """A discriminant fitted without the k-means cell of its class that an item is in.

    Each round weights the items by the plausibility of their labels in the
    round before, so that clustered label errors are down-weighted in the rest,
    too.

    Parameters
    ----------
    cells_per_class : int
        Smaller cells hold less out; a cluster of errors is only found by cells
        larger than it.
    n_folds : int
    rounds : int
    random_state : int
    """

    def __init__(
        self, cells_per_class: int = 20, n_folds: int = 8, rounds: int = 2, random_state: int = 0
    ) -> None:
        self.cells_per_class = cells_per_class
        self.n_folds = n_folds
        self.rounds = rounds
        self.random_state = random_state

    def fit(
        self, features: Features, labels: IntArray, n_classes: int, weights: WeightArray
    ) -> RegionEvidence:
        """Fit in rounds, the first with `weights`; see ``Detector``."""
        folds = cell_folds(
            features.vectors, labels, self.cells_per_class, self.n_folds, self.random_state
        )
        sizes = np.bincount(labels, minlength=n_classes)
        held_out = np.bincount(folds * n_classes + labels, minlength=self.n_folds * n_classes)
        share = held_out / np.tile(np.maximum(sizes, 1), self.n_folds)
        known = share[folds * n_classes + labels] <= _MOST_HELD_OUT
        region = self._round(folds, known, features, labels, n_classes, weights)
        for _ in range(self.rounds - 1):
            region = self.next_round(
                region,
                features,
                labels,
                n_classes,
                down_weighted(weights, region.plausibility(labels)),
            )
        return region

    def next_round(
        self,
        region: RegionEvidence,
        features: Features,
        labels: IntArray,
        n_classes: int,
        weights: WeightArray,
    ) -> RegionEvidence:
        """Fit once more with other `weights`."""
        return self._round(region.folds, region.known, features, labels, n_classes, weights)

    def _round(
        self,
        folds: Folds,
        known: NDArray[np.bool_],
        features: Features,
        labels: IntArray,
        n_classes: int,
        weights: WeightArray,
    ) -> RegionEvidence:
        fitted = Discriminant().fit(features, labels, n_classes, weights, folds)
        return RegionEvidence(CalibratedEvidence(fitted, labels), n_classes, folds, known)


class RegionEvidence(NamedTuple):
    """Out-of-cell evidence.

    Attributes
    ----------
    evidence : CalibratedEvidence
    n_classes : int
    folds : int array (n,)
    known : bool array (n,)
        False where most of an item's class was held out with it, so that the
        rest of the data has no evidence on its label.
    """

    evidence: CalibratedEvidence
    n_classes: int
    folds: Folds
    known: NDArray[np.bool_]

    def plausibility(self, labels: IntArray) -> WeightArray:
        """Return the plausibility of each label; 1 where it is not known."""
        own = own_log_proba(self.evidence, labels, self.n_classes)
        return np.where(self.known, plausibility(own), 1.0)


def smoothed(
    own: WeightArray, known: NDArray[np.bool_], labels: IntArray, graph: Graph
) -> WeightArray:
    """Average the log-probability of the given label over neighbors that share it.

    An isolated wrong label has few neighbors of its class and keeps its own
    value. In a cluster of wrong labels all are implausible and the mean stays
    low; in an unusual part of a class some are and some are not.

    Parameters
    ----------
    own : float array (n,)
    known : bool array (n,)
        Which items have evidence; the others are left out.
    labels : int array (n,)
    graph : Graph

    Returns
    -------
    float64 array (n,)
    """
    means = np.empty(len(own))

    def average(rows: slice) -> None:
        near = np.asarray(graph.indices[rows, :_NEIGHBORS])
        same = (labels[near] == labels[rows, None]) & known[near]
        means[rows] = (own[rows] + (own[near] * same).sum(axis=1)) / (1 + same.sum(axis=1))

    in_parallel(average, slices(len(own), block_size(_NEIGHBORS)))
    return means


def own_log_proba(evidence: Evidence, labels: IntArray, n_classes: int) -> WeightArray:
    """Return the log-probability of every item's given label, float64 (n,)."""
    own = np.empty(len(labels))

    def fill(rows: slice) -> None:
        own[rows] = at_labels(evidence.log_proba(rows), labels[rows])

    in_parallel(fill, slices(len(labels), block_size(n_classes)))
    return own


def at_labels(logits: NDArray[np.floating], labels: IntArray) -> NDArray[np.floating]:
    """Return each row's entry at its label."""
    own: NDArray[np.floating] = logits[positions(slice(0, len(labels))), labels]
    return own


def plausibility(own: WeightArray) -> WeightArray:
    """Return weights from log-probabilities of given labels: 0.02 at least, 1 at most."""
    weights: WeightArray = np.exp(own).clip(LEAST_WEIGHT, 1)
    return weights


def down_weighted(weights: WeightArray, plausibilities: WeightArray) -> WeightArray:
    """Return weights times plausibilities; those above 1, of confirmed labels, as they are."""
    return np.where(weights > 1, weights, weights * plausibilities)


MEMBER = Member(
    REGIONS,
    "its region",
    "A classifier trained without any image of the same region of the class",
    order=50,
)
