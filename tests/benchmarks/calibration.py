"""Calibration of the probabilities beside the labels, on CIFAR-10N.

Run from the repository's root::

    python -m tests.benchmarks.calibration --cifar cifar10n_10k.tar

prints, for each label column, the expected calibration error (C. Guo et al.,
ICML 2017, section 2) of every member of the pool in its last pass, of the pool
uncalibrated, of the calibrated probabilities that the pages show, and of these
with the noise that was fitted with them, to compare with the given labels: in
ten bins of the largest class probability, the mean distance from the share of
items where that class is the given label, and from the share where it is the
true one. AP is that of the
suspicion. ``--bins`` prints the bins, too.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import block_size, slices
from core.detectors import Evidence, LogPool
from core.detectors.calibration import noisy_temperature, sampled_rows, softmax
from core.detectors.estimator import FloatArray, Rows
from tests.benchmarks.data_sets import ROWS, Labeled, cifar

N_BINS = 10


class Top(NamedTuple):
    """Each item's most probable class.

    Attributes
    ----------
    classes : int array (n,)
    probabilities : float array (n,)
    suspicion : float64 array (n,)
        One minus the probability of the given label.
    """

    classes: NDArray[np.integer]
    probabilities: NDArray[np.floating]
    suspicion: NDArray[np.float64]


class Bins(NamedTuple):
    """Ten bins of probability, each with its items, its mean and the share that is right."""

    count: NDArray[np.integer]
    probability: NDArray[np.float64]
    right: NDArray[np.float64]

    @property
    def error(self) -> float:
        """Expected calibration error: the mean distance of the two, weighted by items."""
        return float(np.average(np.abs(self.probability - self.right), weights=self.count))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cifar", type=Path, required=True, help="tar of CIFAR-10N")
    parser.add_argument("--cache", type=Path, help="folder that keeps embeddings between runs")
    parser.add_argument("--bins", action="store_true", help="print every bin")
    options = parser.parse_args()
    source = cifar(options.cifar, options.cache)
    for name in ("human-9", "human-17", "human-40"):
        data = ROWS[name].labeled(source, 0)
        print(f"\n{ROWS[name].title}")
        print(f"{'':22}{'given labels':>14}{'the truth':>12}{'AP':>8}")
        for title, evidence in _evidence(data).items():
            _print_row(title, top(evidence, data), data, options.bins)


def _evidence(data: Labeled) -> dict[str, Evidence]:
    pool = LogPool().fit(data.features, data.given, data.n_classes)
    rows = sampled_rows(len(data.given), data.n_classes)
    logits = pool.evidence_.log_proba(rows)
    temperature, noise = noisy_temperature(logits, data.given[rows])
    shown = Tempered(pool.evidence_, temperature)
    return {
        **pool.members_,
        "pool, as it orders": pool.evidence_,
        "pool, as it is shown": shown,
        "the same, given labels": Tempered(pool.evidence_, temperature, noise),
    }


@dataclass(frozen=True)
class Tempered:
    """Evidence at a temperature; with noise, of given labels some of which are wrong."""

    evidence: Evidence
    temperature: float
    noise: float = 0.0

    def log_proba(self, rows: Rows) -> FloatArray:
        """Return log-probabilities."""
        P = softmax(self.evidence.log_proba(rows) / self.temperature)
        return np.log((1 - self.noise) * P + self.noise / P.shape[1]).astype(np.float32)


def _print_row(title: str, found: Top, data: Labeled, with_bins: bool) -> None:
    from sklearn.metrics import average_precision_score

    given = bins(found.probabilities, found.classes == data.given)
    truth = bins(found.probabilities, found.classes == data.truth)
    ap = average_precision_score(data.given != data.truth, found.suspicion)
    print(f"{title:22}{given.error:14.3f}{truth.error:12.3f}{ap:8.3f}", flush=True)
    if with_bins:
        for count, probability, right, true in zip(*given, truth.right, strict=True):
            if count:
                print(f"  {count:6,} items at {probability:.3f}{right:12.3f}{true:12.3f}")


def top(evidence: Evidence, data: Labeled) -> Top:
    """Return the most probable class of every item."""
    n = len(data.given)
    found = Top(np.empty(n, np.int64), np.empty(n), np.empty(n))
    for rows in slices(n, block_size(data.n_classes)):
        P = np.exp(evidence.log_proba(rows).astype(np.float64))
        found.classes[rows] = P.argmax(axis=1)
        found.probabilities[rows] = P.max(axis=1)
        found.suspicion[rows] = 1 - P[np.arange(len(P)), data.given[rows]]
    return found


def bins(probabilities: NDArray[np.floating], right: NDArray[np.bool_]) -> Bins:
    """Sort probabilities into ten bins of equal width."""
    at = np.minimum((probabilities * N_BINS).astype(np.int64), N_BINS - 1)
    count = np.bincount(at, minlength=N_BINS)
    sums = (np.bincount(at, values, N_BINS) for values in (probabilities, right))
    return Bins(count, *(one / np.maximum(count, 1) for one in sums))


if __name__ == "__main__":
    main()
