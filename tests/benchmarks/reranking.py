"""Errors found in the first reviews, with and without re-ranking from verdicts.

Run from the repository's root::

    python -m tests.benchmarks.reranking --cifar cifar10n_10k.tar

replays audits of CIFAR-10N with 9, 17 and 40 % of labels wrong, and with 10 %
of its clean labels moved to the next class, by an auditor who always gives the
true label: once in the order of the first fit, once re-ranked every 20
verdicts and, with ``--refit``, fitted anew every 100. Then it prints how long
one update takes at 100,000 synthetic items.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.detectors import METHODS
from core.detectors.suspicion_scale import SuspicionScale
from core.ranking.rerank import (
    VERDICTS_BETWEEN_FITS,
    VERDICTS_BETWEEN_RERANKINGS,
    Evidence,
    Reranker,
    refit_inputs,
)
from core.store import Trusted
from tests.benchmarks.data_sets import CIFAR_COLUMNS, Labeled, Source, cifar

CHECKPOINTS = (100, 500, 1000, 2000)
PAIR_NOISE = 0.1


class Fit(NamedTuple):
    """The result of one full fit."""

    suspicion: NDArray[np.float64]
    scale: SuspicionScale
    suggested: NDArray[np.int64]
    votes: NDArray[np.int64]
    weights: NDArray[np.float64]


def main() -> None:
    """Print the tables that the command line asks for."""
    arguments = _arguments()
    if arguments.cifar:
        names = ("static", "re-ranked", *(["with fits"] if arguments.refit else []))
        print("errors found after " + ", ".join(f"{n:,}" for n in CHECKPOINTS) + " reviews")
        for title, data in _data_sets(cifar(arguments.cifar, arguments.cache)):
            first = _fit(data, {})
            n_wrong = int((data.given != data.truth).sum())
            print(f"\n{title}: {n_wrong:,} of {len(data.given):,} wrong", flush=True)
            for name in names:
                found = _replay(data, first, name != "static", name == "with fits")
                print(f"{name:12}" + "".join(f"{n:8,}" for n in found), flush=True)
    for n_classes in (10, 100):
        _time_update(arguments.items, n_classes)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cifar", type=Path, help="tar of CIFAR-10N images and labels.csv")
    parser.add_argument("--cache", type=Path, help="folder that keeps embeddings between runs")
    parser.add_argument("--refit", action="store_true", help="also with a full fit every 100")
    parser.add_argument("--items", type=int, default=100_000, help="synthetic items to time")
    return parser.parse_args()


def _data_sets(source: Source) -> Iterator[tuple[str, Labeled]]:
    embeddings, features, truth, n_classes, columns = source
    moved = np.random.default_rng(0).random(len(truth)) < PAIR_NOISE
    given = {f"CIFAR-10N {name}": columns[name] for name in CIFAR_COLUMNS}
    given["CIFAR-10, 10 % to the next class"] = np.where(moved, (truth + 1) % n_classes, truth)
    for title, labels in given.items():
        yield title, Labeled(embeddings, features, labels, truth, n_classes)


# ------------------------------------------------------------------- replay


def _replay(data: Labeled, fit: Fit, reranks: bool, refits: bool) -> list[int]:
    """Return the errors found at each of `CHECKPOINTS`."""
    evidence = _evidence(data, fit)
    reranker = Reranker(evidence)
    wrong = data.given != data.truth
    order = reranker.order(fit.suspicion)
    trusted: dict[str, Trusted] = {}
    found = [0]
    while len(trusted) < CHECKPOINTS[-1]:
        for item_id in order[:VERDICTS_BETWEEN_RERANKINGS]:
            row = int(item_id)
            given, truth = str(data.given[row]), str(data.truth[row])
            trusted[item_id] = Trusted(given, (truth,))
            found.append(found[-1] + int(wrong[row]))
        if refits and len(trusted) % VERDICTS_BETWEEN_FITS == 0:
            fit = _fit(data, {int(i): int(t.labels[0]) for i, t in trusted.items()})
            reranker = Reranker(_evidence(data, fit))
        if reranks:
            order = reranker.order(reranker.update(trusted))
        else:
            order = order[VERDICTS_BETWEEN_RERANKINGS:]
    return [found[n] for n in CHECKPOINTS]


def _fit(data: Labeled, trusted: dict[int, int | None]) -> Fit:
    """Fit the pool as the pipeline does, with the labels of the reviewed rows in `trusted`."""
    labels, weights = refit_inputs(data.given, trusted)
    rank = METHODS["pool"].rank
    ranking = rank(data.features, labels, data.n_classes, weights=weights, given=data.given)
    assert ranking.summary is not None and ranking.weights is not None
    summary = ranking.summary
    return Fit(summary.suspicion, summary.scale, summary.suggested, labels, ranking.weights)


def _evidence(data: Labeled, fit: Fit) -> Evidence:
    return Evidence(
        ids=np.array([f"{row:08}" for row in range(len(data.given))]),
        classes=[str(code) for code in range(data.n_classes)],
        given=data.given,
        suggested=fit.suggested,
        suspicion=fit.suspicion,
        votes=fit.votes,
        weights=fit.weights,
        vectors=data.features.vectors,
        indices=data.features.graph.indices,
        similarities=data.features.graph.similarities,
        scale=fit.scale,
    )


# --------------------------------------------------------------------- time


def _time_update(n: int, n_classes: int, k: int = 100, d: int = 256, rounds: int = 15) -> None:
    """Print the median time of an update of 20 verdicts with the sort that follows."""
    evidence = _made_up(n, n_classes, k, d)
    started = time.perf_counter()
    reranker = Reranker(evidence)
    built = time.perf_counter() - started
    order = reranker.order(evidence.suspicion)
    trusted: dict[str, Trusted] = {}
    seconds = []
    for _ in range(rounds):
        for item_id in order[:VERDICTS_BETWEEN_RERANKINGS]:
            row = int(item_id)
            trusted[item_id] = Trusted(
                str(evidence.given[row]), (str((evidence.given[row] + row % 2) % n_classes),)
            )
        started = time.perf_counter()
        order = reranker.order(reranker.update(trusted))
        seconds.append(time.perf_counter() - started)
    print(
        f"\n{n:,} items, {n_classes} classes, k = {k}, d = {d}: built in {built:.1f} s;"
        f" 20 verdicts and the new order {np.median(seconds):.3f} s"
        f" (median of {rounds}, longest {max(seconds):.3f})",
        flush=True,
    )


def _made_up(n: int, n_classes: int, k: int, d: int) -> Evidence:
    """Clusters of items whose neighbors lie within the cluster."""
    rng = np.random.default_rng(0)
    cluster = np.sort(rng.integers(0, max(1, n // 500), n))
    starts = np.searchsorted(cluster, cluster)
    sizes = np.bincount(cluster)[cluster]
    centers = rng.normal(size=(cluster.max() + 1, d)).astype(np.float32)
    vectors = centers[cluster] + rng.normal(0, 1, (n, d)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    indices = (starts[:, None] + rng.integers(0, sizes[:, None], (n, k))).astype(np.int32)
    given = (cluster + (rng.random(n) < 0.1)) % n_classes
    return Evidence(
        ids=np.array([f"{row:016}" for row in range(n)]),
        classes=[str(code) for code in range(n_classes)],
        given=given,
        suggested=(given + rng.integers(1, n_classes, n)) % n_classes,
        suspicion=1 - rng.random(n) ** 0.2,
        votes=given,
        weights=np.full(n, 0.8),
        vectors=vectors,
        indices=indices,
        similarities=-np.sort(-rng.uniform(0.3, 0.8, (n, k)).astype(np.float32), axis=1),
    )


if __name__ == "__main__":
    main()
