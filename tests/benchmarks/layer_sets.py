"""How well wrong labels are ranked by several layers of a network, in how many directions.

Run from the repository's root::

    python -m tests.benchmarks.layer_sets --cifar cifar10n_10k.tar --caltech caltech101.tar
    python -m tests.benchmarks.layer_sets --cifar … --subsets 1500 3000 5000

Prints the average precision of the product's pool on the rows of `data_sets`,
for each bundled network: the embedding alone, and the embedding with the layers
beside it, in 256 and in 512 directions. Labels are planted from one network's
embedding and are the same for all. *gain* is by how many standard errors
several layers predict the given labels better, which decides; *chosen* is what
a new audit takes. The first column is what earlier versions did. With
``--subsets`` the same on random subsets of the items, which shows from how many
on more directions are better.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
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
    standard_errors,
)
from core.embedding.backbones.efficientnet_lite import VARIANTS
from core.neighbors.whitening import Part
from tests.benchmarks.data_sets import ROWS, SOURCES, Codes, NetworkRows, Row, Source

SEEDS = {"demo": 1, "cifar": 2, "caltech": 3}


class Precisions(NamedTuple):
    """Average precision by set of features, and what decides between them."""

    by_set: dict[str, float]
    gain: float
    chosen: float
    several: float
    """1 where several layers were chosen; a share as a mean over seeds."""


def main() -> None:
    """Print a table for each network."""
    options = _options()
    sources: dict[tuple[str, str], Source] = {}
    names = [f"{parts} {n}" for parts in ("alone", "several") for n in (FEW, MANY)]
    heads = [*names, "gain", "several?", "chosen"]
    print(f"{'':38}" + "".join(f"{head:>13}" for head in heads))
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
                    _print_row(row, source, backbone, size, options.seeds)


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


def _print_row(row: Row, source: Source, backbone: str, size: int, seeds: int | None) -> None:
    n_seeds = (seeds or SEEDS[row.source]) if row.is_synthetic else 1
    found = [
        _precisions(row, *_subset(source, row.give(source, np.random.default_rng(seed)), size))
        for seed in range(n_seeds)
    ]
    title = f"{row.title}, {size:,}" if size < len(source.truth) else row.title
    means = [float(np.mean([one.by_set[name] for one in found])) for name in found[0].by_set]
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
    row: Row, network: NetworkRows, given: Codes, wrong: NDArray[np.bool_]
) -> Precisions:
    codes = np.unique(given, return_inverse=True)[1]
    aps, fits = {}, {}
    for name, n_components, parts in _sets(network.widths):
        features = network.half_whitened(n_components, parts)
        aps[name] = _average_precision(network, n_components, parts, codes, wrong)
        if n_components == FEW:
            fits[len(parts)] = held_out_fit(features.vectors, codes)
    alone, several = (fits[number] for number in sorted(fits))
    every = np.arange(len(given))
    whitening = choose_layers(network.rows, every, network.widths, given).whitening
    label = "several" if len(whitening.parts) > 1 else "alone"
    chosen = aps[f"{label} {whitening.n_components}"]
    return Precisions(aps, standard_errors(several - alone), chosen, float(label == "several"))


def _sets(widths: Sequence[int]) -> Iterator[tuple[str, int, list[Part]]]:
    parts = [Part(width) for width in widths]
    for name, some in (("alone", parts[:1]), ("several", parts)):
        for n_components in (FEW, MANY):
            yield f"{name} {n_components}", n_components, some


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
