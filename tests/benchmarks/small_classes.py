"""How much of the queue small and mixed classes take, and what is found in spite of them.

Run from the repository's root::

    python -m tests.benchmarks.small_classes --cifar cifar10n_10k.tar --caltech caltech101.tar

Long-tailed sets of a given imbalance (the largest class over the smallest), classes of
one to ten images, and a mixed class made of ten small ones, each with 1 and 5 % of
planted errors and without any. AP is average precision and P@50 the share of wrong
labels among the first 50, at best *most*; *places* are those of the first 50 that right
labels of the small or mixed classes take, in a long-tailed set of the smallest fifth.
*Before* is the pool without what judges labels within their class; cleanlab and Datalab
look at the same embeddings in the same run.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.detectors import METHODS, Features, LogPool, summarize
from core.neighbors import HalfWhitening, nearest
from tests.benchmarks.baselines import (
    PROBE,
    Scores,
    cleanlab_features,
    cleanlab_probe,
    neighbor_vote,
)
from tests.benchmarks.data_sets import SOURCES, Codes, Giving, Labeled, Source, confused, uniform
from tests.benchmarks.detection import precision_at

FIRST = 50
RATES = (0.01, 0.05, 0.0)
IMBALANCES = (10, 50, 100)
SIZES = (1, 2, 3, 5, 10)
N_SMALL = 12
N_MIXED = 10
STRENGTH = 3e-4
"""C of the probe that cleanlab is given, the likeliest on whole data sets: six take hours."""

LARGEST = 300
"""Images of the largest class of a long-tailed Caltech-101, which has one of 800."""


class SmallSet(NamedTuple):
    """A set with small or mixed classes, before errors are planted.

    Attributes
    ----------
    title : str
    source : Source
    special : int array
        The classes in question.
    plant : callable
        Of a rate, what gives labels.
    """

    title: str
    source: Source
    special: Codes
    plant: Callable[[float], Giving]


def main() -> None:
    """Print the table."""
    options = _options()
    print(f"{'':34}{'most':>5}" + "".join(f"{name:>20}" for name in RANKERS))
    print(f"{'':39}" + f"{'AP P@50 places':>20}" * len(RANKERS))
    for name in ("cifar", "caltech"):
        archive = getattr(options, name)
        if archive is None:
            continue
        for made in _sets(name, SOURCES[name](archive, options.cache)):
            for rate in options.rates:
                _print_row(made, rate)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cifar", type=Path, help="tar of CIFAR-10N images and labels.csv")
    parser.add_argument("--caltech", type=Path, help="tar of Caltech-101, a folder a class")
    parser.add_argument("--cache", type=Path, help="folder that keeps embeddings between runs")
    parser.add_argument("--rates", type=float, nargs="+", default=RATES, metavar="RATE")
    return parser.parse_args()


# --------------------------------------------------------------------- sets


def _sets(name: str, source: Source) -> Iterator[SmallSet]:
    rng = np.random.default_rng(1)
    for imbalance in IMBALANCES:
        tail = _subset(source, long_tailed(source.truth, imbalance, rng))
        sizes = np.bincount(tail.truth)
        smallest = np.argsort(sizes, kind="stable")[: len(sizes) // 5]
        yield SmallSet(f"{name}, imbalance {imbalance}", tail, smallest, confused)
    if name == "cifar":
        return
    for size in SIZES:
        few = rng.permutation(source.n_classes)[:N_SMALL]
        small = _subset(source, with_classes_of(source.truth, few, size, rng))
        # Classes of one cannot be told apart by a classifier out of fold.
        plant = confused if size > 1 else uniform
        yield SmallSet(f"{name}, {N_SMALL} classes of {size}", small, few, plant)
    ten = rng.permutation(np.argsort(np.bincount(source.truth), kind="stable")[:30])[:N_MIXED]
    for title, plant in (("confused", confused), ("uniform", uniform)):
        truth = np.where(np.isin(source.truth, ten), source.n_classes, source.truth)
        mixed = _subset(source._replace(truth=truth), np.arange(len(truth)))
        yield SmallSet(
            f"{name}, ten in one, {title}", mixed, np.array([mixed.n_classes - 1]), plant
        )


def long_tailed(truth: Codes, imbalance: float, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return rows of which the classes have geometrically falling sizes.

    The largest class has `imbalance` times as many as the smallest, and no more than
    300 where there are many classes; a class that has too few keeps what it has.
    """
    sizes = np.bincount(truth)
    largest = int(sizes.max()) if len(sizes) <= 10 else LARGEST
    order = rng.permutation(len(sizes)) if len(sizes) <= 10 else np.argsort(-sizes, kind="stable")
    rows = []
    for place, one in enumerate(order):
        wanted = max(1, round(largest * imbalance ** (-place / (len(sizes) - 1))))
        rows.append(rng.permutation(np.flatnonzero(truth == one))[:wanted])
    return np.sort(np.concatenate(rows))


def with_classes_of(
    truth: Codes, few: Codes, size: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    """Return rows of all classes, of which those in `few` keep `size` items."""
    shuffled = rng.permutation(len(truth))
    kept = [shuffled[truth[shuffled] == one][:size] for one in few]
    return np.sort(np.concatenate([*kept, np.flatnonzero(~np.isin(truth, few))]))


def _subset(source: Source, rows: NDArray[np.intp]) -> Source:
    """Return some rows of a source, whitened and with neighbors of their own."""
    classes, truth = np.unique(source.truth[rows], return_inverse=True)
    embeddings = source.embeddings[rows]
    vectors = HalfWhitening().fit_transform(embeddings)
    return Source(embeddings, Features.of(vectors, nearest(vectors)), truth, len(classes), {})


# ------------------------------------------------------------------ rankers


def _ours(data: Labeled) -> Scores:
    ranking = METHODS["pool"].rank(data.features, data.given, data.n_classes)
    return Scores(ranking.suspicion, ranking.suggested)


def _before(data: Labeled) -> Scores:
    fitted = LogPool(within_classes=False).fit(data.features, data.given, data.n_classes)
    summary = summarize(fitted.evidence_, data.given, data.n_classes)
    return Scores(summary.suspicion, summary.suggested)


RANKERS: dict[str, Callable[[Labeled], Scores]] = {
    "ours": _ours,
    "before": _before,
    "cleanlab's probe": lambda data: cleanlab_probe(data, (STRENGTH,))[PROBE],
    "Datalab": lambda data: cleanlab_features(data)["cleanlab, features only"],
    "kNN vote": lambda data: next(iter(neighbor_vote(data).values())),
}


# ------------------------------------------------------------------- table


def _print_row(made: SmallSet, rate: float) -> None:
    source = made.source
    give = made.plant(rate) if rate else lambda source, _: source.truth
    given = give(source, np.random.default_rng(0))
    wrong = given != source.truth
    # A class of one may have lost its image; to the rankers it is none then.
    classes, codes = np.unique(given, return_inverse=True)
    truth = np.where(wrong, -1, codes)
    data = Labeled(source.embeddings, source.features, codes, truth, len(classes))
    is_special = np.isin(given, made.special) & ~wrong
    cells = []
    for ranker in RANKERS.values():
        cells.append(_cell(wrong, is_special, ranker(data).suspicion))
    most = min(1.0, wrong.sum() / FIRST)
    print(f"{f'{made.title}, {rate:.0%}':34}{most:5.2f}{''.join(cells)}", flush=True)


def _cell(
    wrong: NDArray[np.bool_], is_special: NDArray[np.bool_], suspicion: NDArray[np.floating]
) -> str:
    from sklearn.metrics import average_precision_score

    places = precision_at(FIRST, is_special, suspicion) * FIRST
    if not wrong.any():
        return f"{f'-    - {places:6.0f}':>20}"
    ap = average_precision_score(wrong, suspicion)
    return f"{f'{ap:.3f} {precision_at(FIRST, wrong, suspicion):.2f} {places:6.0f}':>20}"


if __name__ == "__main__":
    main()
