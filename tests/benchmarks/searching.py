"""Search by examples: what it finds, and how long it takes.

Run from the repository's root::

    python -m tests.benchmarks.searching --caltech caltech101.tar
    python -m tests.benchmarks.searching --sizes 100000 1000000

The first prints, of 150 searches for a class, the share of the first 20 items that are of it: by
the mean of the examples, as other tools search (counterexamples are left out, they have none), by
the mean minus a fifth of that of the counterexamples (J. Rocchio, 1971), and by ours. The
counterexamples are what the mean of the examples finds first and wrongly; no example and no
counterexample counts as found. The second prints the milliseconds of a click: the probe anew, and a
pass over all rows.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from core.search.best_rows import best_rows
from core.search.example_probe import ExampleProbe
from core.search.example_search import BACKGROUND
from tests.benchmarks.data_sets import SOURCES, Source

SEARCHES = 150
FIRST = 20
LOOKED_AT = 200
FEWEST = 30
"""Items of a class that is searched for."""
EXAMPLES = ((1, 0), (3, 0), (10, 0), (3, 3), (10, 10))
ROCCHIO = 0.2
WIDTH = 256
TIMES = 7

Floats = NDArray[np.float32]
Direction = Callable[[Floats, Floats], Floats]


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cifar", type=Path, help="tar of CIFAR-10N")
    parser.add_argument("--caltech", type=Path, help="tar of Caltech-101")
    parser.add_argument("--cache", type=Path, help="folder that keeps embeddings between runs")
    parser.add_argument("--backbone", default="efficientnet_lite0")
    parser.add_argument("--sizes", type=int, nargs="*", default=[], help="items to be timed with")
    options = parser.parse_args()
    if not options.sizes:
        archives = {"demo": None, "cifar": options.cifar, "caltech": options.caltech}
        for name, archive in archives.items():
            if name == "demo" or archive is not None:
                print_quality(name, SOURCES[name](archive, options.cache, options.backbone))
    for size in options.sizes:
        print_times(size)


def print_quality(name: str, source: Source) -> None:
    """Print what searches in one data set find."""
    features = source.network.features(source.truth) if source.network else source.features
    vectors = np.asarray(features.vectors, np.float32)
    rng = np.random.default_rng(0)
    background = vectors[rng.choice(len(vectors), min(BACKGROUND, len(vectors)), replace=False)]
    probe = ExampleProbe(background)
    ways: dict[str, Direction] = {
        "mean": lambda plus, minus: plus.mean(axis=0),
        "Rocchio": lambda plus, minus: (
            plus.mean(axis=0) - (ROCCHIO * minus.mean(axis=0) if len(minus) else 0)
        ),
        "ours": probe.direction,
    }
    wanted = [
        rng.permutation(np.flatnonzero(source.truth == one)) for one in range(source.n_classes)
    ]
    wanted = [rows for rows in wanted if len(rows) >= FEWEST]
    chosen = [rng.permutation(wanted[rng.integers(len(wanted))]) for _ in range(SEARCHES)]
    print(f"\n{name}: {len(vectors):,} items, {len(wanted)} classes; share of the first {FIRST}")
    print(f"{'examples':>10}{'not so':>10}" + "".join(f"{way:>10}" for way in ways))
    for n_plus, n_minus in EXAMPLES:
        shares = np.zeros(len(ways))
        for rows in chosen:
            plus = rows[:n_plus]
            is_wanted = source.truth == source.truth[rows[0]]
            first = np.argsort(-(vectors @ vectors[plus].mean(axis=0)))[:LOOKED_AT]
            minus = first[~is_wanted[first]][:n_minus]
            among = np.ones(len(vectors), np.bool_)
            among[plus] = among[minus] = False
            for number, direction in enumerate(ways.values()):
                w = np.asarray(direction(vectors[plus], vectors[minus]), np.float32)
                shares[number] += is_wanted[best_rows(vectors, w, FIRST, among).rows].mean()
        cells = "".join(f"{share / len(chosen):10.3f}" for share in shares)
        print(f"{n_plus:10}{n_minus:10}{cells}", flush=True)


def print_times(n: int) -> None:
    """Print the median milliseconds of a click with `n` items."""
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((n, WIDTH), np.float32).astype(np.float16)
    probe = ExampleProbe(vectors[:BACKGROUND].astype(np.float32))
    plus, minus = (vectors[part].astype(np.float32) for part in (slice(5), slice(5, 10)))
    probing, passing = [], []
    for _ in range(TIMES):
        start = perf_counter()
        w = probe.direction(plus, minus)
        probed = perf_counter()
        best_rows(vectors, w, 50)
        probing.append(probed - start)
        passing.append(perf_counter() - probed)
    probed_in, passed_in = 1e3 * median(probing), 1e3 * median(passing)
    print(f"{n:10,} items: probe {probed_in:7.1f} ms, pass {passed_in:7.1f} ms")


if __name__ == "__main__":
    main()
