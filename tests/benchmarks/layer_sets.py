"""How well wrong labels are ranked by several layers of a network, in how many directions.

Run from the repository's root::

    python -m tests.benchmarks.layer_sets --cifar cifar10n_10k.tar --caltech caltech101.tar
    python -m tests.benchmarks.layer_sets --cifar … --subsets 1500 3000 5000

Prints the average precision of the product's pool on the rows of `data_sets`,
for each bundled network: the embedding alone, and the embedding with the layers
beside it. Labels are planted from one network's embedding and are the same for
all. *alone* is in 256 directions, which of Lite0 is what earlier versions did;
*several* in as many as the number of items asks for. *gain* is by how many standard errors
several layers predict the given labels better, which decides; *chosen* is what
a new audit takes. With ``--subsets``, random subsets of the items in 256 and in
512 directions, which shows from how many items on more directions are better.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.detectors import METHODS
from core.detectors.layer_choice import (
    FEW,
    MANY,
    choose_layers,
    held_out_fit,
    n_directions,
    standard_errors,
)
from core.embedding.backbones.efficientnet_lite import VARIANTS
from core.neighbors.whitening import HalfWhitening, Part
from tests.benchmarks.data_sets import ROWS, SOURCES, Codes, NetworkRows, Row, Source

SEEDS = {"demo": 1, "cifar": 2, "caltech": 3}


class Precisions(NamedTuple):
    """Average precision by set of features, and what decides between them."""

    by_set: dict[tuple[int, bool], float]
    """By directions, and whether layers are taken."""
    gain: float
    chosen: float
    several: float
    """1 where several layers were chosen; a share as a mean over seeds."""


def main() -> None:
    """Print a table for each network."""
    options = _options()
    sources: dict[tuple[str, str], Source] = {}
    sets = ["alone 256", "several 256", "alone 512", "several 512"]
    heads = [*(sets if options.subsets else ("alone", "several")), "gain", "several?"]
    print(f"{'':38}" + "".join(f"{head:>13}" for head in [*heads, "chosen"]))
    for name in options.only or ROWS:
        row = ROWS[name]
        archive = {"demo": None, "cifar": options.cifar, "caltech": options.caltech}[row.source]
        if row.source != "demo" and archive is None:
            continue
        for backbone in options.backbone or VARIANTS:
            if (row.source, backbone) not in sources:
                sources = {key: one for key, one in sources.items() if key[0] == row.source}
                read = SOURCES[row.source]
                sources[row.source, backbone] = read(archive, options.cache, backbone)
            source = sources[row.source, backbone]
            for size in options.subsets or [len(source.truth)]:
                if size <= len(source.truth):
                    sets = _sets(size, source.n_classes, bool(options.subsets))
                    _print_row(row, source, backbone, size, sets, options.seeds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cifar", type=Path, help="tar of CIFAR-10N images and labels.csv")
    parser.add_argument("--caltech", type=Path, help="tar of Caltech-101, a folder a class")
    parser.add_argument("--cache", type=Path, help="folder that keeps embeddings between runs")
    parser.add_argument("--only", nargs="+", choices=ROWS, metavar="ROW", help="rows to print")
    parser.add_argument("--backbone", nargs="+", choices=VARIANTS, help="networks; all")
    parser.add_argument("--subsets", nargs="+", type=int, metavar="N", help="numbers of items")
    parser.add_argument("--seeds", type=int, help="of synthetic noise; 2, with Caltech-101 3")
    return parser.parse_args()


def _sets(size: int, n_classes: int, is_subset: bool) -> list[tuple[int, bool]]:
    """Return directions, and whether layers are taken, of every column."""
    if is_subset:
        return [(n, several) for n in (FEW, MANY) for several in (False, True)]
    return [(FEW, False), (n_directions(size, n_classes), True)]


def _print_row(
    row: Row,
    source: Source,
    backbone: str,
    size: int,
    sets: Sequence[tuple[int, bool]],
    seeds: int | None,
) -> None:
    n_seeds = (seeds or SEEDS[row.source]) if row.is_synthetic else 1
    found = [
        _precisions(sets, *_subset(source, row.give(source, np.random.default_rng(seed)), size))
        for seed in range(n_seeds)
    ]
    title = f"{row.title}, {size:,}" if size < len(source.truth) else row.title
    means = [float(np.mean([one.by_set[key] for one in found])) for key in sets]
    means += [float(np.mean([one.gain for one in found]))]
    means += [float(np.mean([getattr(one, key) for one in found])) for key in ("several", "chosen")]
    cells = "".join(f"{mean:13.3f}" for mean in means)
    print(f"{title:28}{backbone[-5:]:>10}{cells}", flush=True)


def _subset(
    source: Source, given: Codes, size: int
) -> tuple[NetworkRows, Codes, NDArray[np.bool_]]:
    """Return a random subset: its rows, its labels, and which of them are wrong."""
    network = source.network
    assert network is not None
    wrong = given != source.truth
    if size == len(given):
        return network, given, wrong
    drawn = np.sort(np.random.default_rng(1).choice(len(given), size, replace=False))
    return NetworkRows(network.rows[drawn], network.widths), given[drawn], wrong[drawn]


def _precisions(
    sets: Sequence[tuple[int, bool]], network: NetworkRows, given: Codes, wrong: NDArray[np.bool_]
) -> Precisions:
    codes = np.unique(given, return_inverse=True)[1]
    parts = [Part(width) for width in network.widths]
    choice = choose_layers(network.rows, np.arange(len(given)), network.widths, given).whitening
    is_several = len(choice.parts) > 1
    aps = {
        (n, several): _average_precision(network, n, parts if several else parts[:1], codes, wrong)
        for n, several in {*sets, (choice.n_components, is_several)}
    }
    fits = [
        held_out_fit(HalfWhitening(FEW, parts=some).fit_transform(network.rows), codes)
        for some in (parts[:1], parts)
    ]
    gain = standard_errors(fits[1] - fits[0])
    return Precisions(aps, gain, aps[choice.n_components, is_several], float(is_several))


def _average_precision(
    network: NetworkRows,
    n_components: int,
    parts: Sequence[Part],
    codes: Codes,
    wrong: NDArray[np.bool_],
) -> float:
    from sklearn.metrics import average_precision_score

    features = network.half_whitened(n_components, parts)
    ranking = METHODS["pool"].rank(features, codes, int(codes.max()) + 1)
    return float(average_precision_score(wrong, ranking.suspicion))


if __name__ == "__main__":
    main()
