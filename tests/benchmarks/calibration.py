"""Calibration of the probabilities beside the labels, on data whose true labels are known.

Run from the repository's root::

    python -m tests.benchmarks.calibration --cifar cifar10n_10k.tar --caltech caltech101.tar

prints, for each row of ``data_sets``, the expected calibration error (C. Guo et
al., ICML 2017, section 2) against the truth, in ten bins of equal width: *top* of
the largest class probability, *wrong* of the probability that the given label
is wrong. *Mean* is the mean of the latter, beside the share that is wrong;
*suspect* the share of labels that the evidence contradicts (ours: of the picture
alone; others: another class is more probable), with precision and recall of
these; *ties* the items whose suspicion is that of another one. AP is that of the suspicion.

*Temperature* is what was shown before: the pool at the temperature that fits the
given labels best under uniform label noise. *Planted* calibrates by errors
that are planted at random, with the noise rate of confident learning. *Without
hard pictures* leaves out that people err more often where a picture is hard.
cleanlab's self-confidence is its own probe's, of the best log-loss. Last,
the first items are reviewed, and the scale is corrected by what was found: the
errors are those of the items that are left.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from core.detectors import Evidence, LogPool, summarize, transition
from core.detectors.calibration import noisy_temperature, sampled_rows, softmax
from core.detectors.estimator import FloatArray
from core.detectors.evidence_summary import EvidenceSummary
from core.detectors.probability_calibration import fit_calibration, odds_against
from core.detectors.suspicion_scale import SuspicionScale, fitted_scale
from tests.benchmarks.baselines import probe_probabilities
from tests.benchmarks.data_sets import ROWS, SOURCES, Labeled, Source

N_BINS = 10
SHOWN = ("human-9", "human-17", "human-40", "demo", "caltech-confused-5", "caltech-confused-10")
REVIEWS = (100, 300, 1000)
PLANTED = 0.1

Floats = NDArray[np.float64]


class Shown(NamedTuple):
    """What is shown of every item.

    Attributes
    ----------
    top : float array (n,)
        Probability of the most probable class.
    top_class : int array (n,)
    suspicion : float64 array (n,)
        Probability that the given label is wrong.
    is_suspect : bool array (n,) or None
        Labels that the evidence contradicts; by default those that are not `top_class`.
    """

    top: NDArray[np.floating]
    top_class: NDArray[np.integer]
    suspicion: Floats
    is_suspect: NDArray[np.bool_] | None = None

    @classmethod
    def of_classes(cls, P: NDArray[np.floating], labels: NDArray[np.integer]) -> Shown:
        """Return what is shown where class probabilities are, float (n, K)."""
        return cls(P.max(axis=1), P.argmax(axis=1), 1.0 - P[np.arange(len(P)), labels])

    @classmethod
    def of_summary(cls, summary: EvidenceSummary) -> Shown:
        """Return what the pages show."""
        return cls(
            summary.top_probabilities[:, 0],
            summary.top_classes[:, 0],
            summary.suspicion,
            summary.is_suspect,
        )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cifar", type=Path, help="tar of CIFAR-10N")
    parser.add_argument("--caltech", type=Path, help="tar of Caltech-101")
    parser.add_argument("--cache", type=Path, help="folder that keeps embeddings between runs")
    parser.add_argument("--only", nargs="+", choices=ROWS, default=SHOWN, metavar="ROW")
    parser.add_argument("--own", action="store_true", help="leave out what others have made")
    options = parser.parse_args()
    sources: dict[str, Source] = {}
    for name in options.only:
        row = ROWS[name]
        archive = {"demo": None, "cifar": options.cifar, "caltech": options.caltech}[row.source]
        if row.source != "demo" and archive is None:
            continue
        if row.source not in sources:
            sources = {row.source: SOURCES[row.source](archive, options.cache)}
        data = row.labeled(sources[row.source], 0)
        wrong = (data.given != data.truth).mean()
        print(f"\n{row.title}: {len(data.given):,} items, {wrong:.1%} wrong")
        heads = ("top", "wrong", "mean", "suspect", "precision", "recall", "ties", "AP")
        print(f"{'':30}" + "".join(f"{head:>10}" for head in heads))
        for title, shown in _tried(data, options.own):
            print(f"{title:30}{_cells(shown, data)}", flush=True)


def _tried(data: Labeled, own: bool) -> Iterator[tuple[str, Shown]]:
    labels, K = data.given, data.n_classes
    pool = LogPool().fit(data.features, labels, K)
    evidence = pool.evidence_
    rows = sampled_rows(len(labels), K)
    logs = evidence.log_proba(slice(0, len(labels)))
    heat, _ = noisy_temperature(logs[rows], labels[rows])
    tempered = softmax(logs / heat)
    own_column = (np.arange(len(labels)), labels)
    before = Shown.of_classes(tempered, labels)
    yield "before: temperature", before
    with np.errstate(divide="ignore"):
        floor = (1 - np.exp(logs[own_column], dtype=np.float64)).clip(0, 1 - 1e-13)
    yield "before: the suspicion", before._replace(suspicion=floor)
    if not own:
        yield "cleanlab, self-confidence", Shown.of_classes(probe_probabilities(data), labels)
    yield "planted errors", _planted(data, logs, tempered)
    with patch.object(transition, "HARDER", 1.0):
        yield "ours, without hard pictures", Shown.of_summary(_summary(evidence, labels, K))
    summary = _summary(evidence, labels, K)
    yield "ours, as it is shown", Shown.of_summary(summary)
    for number, name in enumerate(evidence.names):
        members = summary.members
        given = members.given[:, number].astype(np.float64)
        if np.isfinite(given).all():
            yield (
                f"  {name}",
                Shown(members.probabilities[:, number], members.classes[:, number], 1 - given),
            )
    first = np.argsort(-summary.suspicion)
    for n in REVIEWS:
        errors = (labels != data.truth)[first[:n]].astype(np.float64)
        if errors.sum() == (labels != data.truth).sum():
            break
        corrected = summary.scale.corrected_by(summary.log_odds, first[:n], errors)
        for title, scale in (("corrected", corrected), ("uncorrected", summary.scale)):
            suspicion = scale.suspicion(summary.log_odds)
            suspicion[first[:n]] = np.nan
            yield (
                f"  after {n:,} reviews, {title}",
                Shown(np.full(len(labels), np.nan), labels, suspicion),
            )


def _summary(evidence: Evidence, labels: NDArray[np.integer], K: int) -> EvidenceSummary:
    return summarize(evidence, labels, K, fit_calibration(evidence, labels, K))


def _planted(data: Labeled, logs: FloatArray, tempered: Floats) -> Shown:
    """Calibrate by the odds of errors planted at random, moved to an estimated noise rate."""
    labels, K = data.given, data.n_classes
    rng = np.random.default_rng(0)
    moved = rng.random(len(labels)) < PLANTED
    noisy = np.where(moved, (labels + rng.integers(1, K, len(labels))) % K, labels)
    again = LogPool().fit(data.features, noisy, K).evidence_.log_proba(slice(0, len(labels)))
    scale = fitted_scale(odds_against(again, noisy), moved.astype(np.float64))
    rate = _confident_rate(tempered, labels)
    change = np.log(rate / (1 - rate)) - np.log(PLANTED / (1 - PLANTED))
    moved_scale = SuspicionScale(scale.knots, scale.values + change)
    suspicion = moved_scale.suspicion(odds_against(logs, labels))
    P = tempered.copy()
    own = np.arange(len(labels)), labels
    P[own] = 0
    P *= (suspicion / P.sum(axis=1))[:, None]
    P[own] = 1 - suspicion
    return Shown.of_classes(P, labels)


def _confident_rate(P: Floats, labels: NDArray[np.integer]) -> float:
    """Estimate the noise rate by confident learning (C. Northcutt et al., JAIR 70, 2021)."""
    K = P.shape[1]
    sizes = np.bincount(labels, minlength=K)
    thresholds = np.bincount(labels, P[np.arange(len(P)), labels], K) / np.maximum(sizes, 1)
    confident = np.where(thresholds <= P, P, -1)
    counted = confident.max(axis=1) >= 0
    off = confident.argmax(axis=1) != labels
    shares = np.bincount(labels[counted], off[counted], K)
    shares /= np.maximum(np.bincount(labels[counted], minlength=K), 1)
    return float((shares * sizes).sum() / len(labels))


def _cells(shown: Shown, data: Labeled) -> str:
    from sklearn.metrics import average_precision_score

    left = np.isfinite(shown.suspicion)
    wrong, suspicion = (data.given != data.truth)[left], shown.suspicion[left]
    contradicted = shown.top_class != data.given
    suspect = (contradicted if shown.is_suspect is None else shown.is_suspect)[left]
    known = np.isfinite(shown.top[left]).all()
    numbers = [
        calibration_error(shown.top[left], (shown.top_class == data.truth)[left]),
        calibration_error(suspicion, wrong),
        suspicion.mean(),
        suspect.mean() if known else np.nan,
        wrong[suspect].mean() if suspect.any() else np.nan,
        suspect[wrong].mean() if known else np.nan,
    ]
    ap = average_precision_score(wrong, suspicion)
    ties = len(suspicion) - len(np.unique(suspicion))
    cells = [f"{x:10.3f}" if np.isfinite(x) else f"{'-':>10}" for x in numbers]
    return "".join(cells) + f"{ties:10,}{ap:10.3f}"


def calibration_error(probabilities: NDArray[np.floating], right: NDArray[np.bool_]) -> float:
    """Return the expected calibration error in ten bins; NaN where there is nothing shown."""
    if np.isnan(probabilities).any():
        return np.nan
    at = np.minimum((probabilities * N_BINS).astype(np.int64), N_BINS - 1)
    sums = (np.bincount(at, one, N_BINS) for one in (probabilities, right.astype(np.float64)))
    return float(np.abs(np.subtract(*sums)).sum() / len(right))


if __name__ == "__main__":
    main()
