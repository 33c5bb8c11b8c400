"""How much better wrong labels are ranked with a fine-tuned network in the pool.

Run from the repository's root::

    python -m tests.benchmarks.fine_tuning --cifar cifar10n_10k.tar --caltech caltech101.tar

Prints for rows of `data_sets` and each bundled network the average precision of
the product's pool without the fine-tuned network, of that network alone, and of
both together; the gain by which the labels decide whether it votes, in standard errors, and
what they decide; and the processor time of maps and training. Seeds are those of
the folds and the training, and of synthetic label noise.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import slices
from core.detectors import METHODS
from core.detectors.calibration import log_softmax
from core.detectors.folds import stratified_folds
from core.embedding.backbones.efficientnet_lite import VARIANTS
from core.fine_tuning.split_network import SIDE, MapMaker, SplitNetwork
from core.fine_tuning.training import FoldTrainer, Schedule, TrainingSet
from core.ingest.images import decode, network_input
from tests.benchmarks.data_sets import ROWS, SOURCES, Labeled, Row, Source, contents_of

DEFAULT_ROWS = ("human-9", "human-17", "human-40", "demo", "caltech-confused-5", "caltech-cells")
COLUMNS = ("without", "alone", "with", "gain, s.e.", "votes", "maps, s", "training, s")
IMAGES_AT_ONCE = 256


class Figures(NamedTuple):
    """A line of the table."""

    without: float
    alone: float
    together: float
    gain: float
    votes: float
    maps_seconds: float
    training_seconds: float


def main() -> None:
    """Print a line for each row and network."""
    options = _options()
    archives = {"demo": None, "cifar": options.cifar, "caltech": options.caltech}
    print(f"{'':38}" + "".join(f"{name:>12}" for name in COLUMNS))
    for name in options.only:
        row = ROWS[name]
        archive = archives[row.source]
        if row.source != "demo" and archive is None:
            continue
        for backbone in options.backbone:
            network = SplitNetwork(VARIANTS[backbone], options.side)
            source = SOURCES[row.source](archive, options.cache, backbone)
            maps, seconds = _maps(row.source, archive, network, options.cache)
            for seed in options.seeds:
                figures = _figures(row, source, network, maps, seed, seconds)
                title = f"{row.title}, {backbone[-5:]}, seed {seed}"
                cells = [f"{value:12.3f}" for value in figures[:3]]
                cells += [f"{figures.gain:12.1f}", f"{'yes' if figures.votes else 'no':>12}"]
                cells += [f"{value:12.0f}" for value in figures[-2:]]
                print(f"{title:38}{''.join(cells)}", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cifar", type=Path, help="tar of CIFAR-10N images and labels.csv")
    parser.add_argument("--caltech", type=Path, help="tar of Caltech-101, a folder a class")
    parser.add_argument("--cache", type=Path, help="folder that keeps embeddings and maps")
    parser.add_argument("--only", nargs="+", choices=ROWS, metavar="ROW", default=DEFAULT_ROWS)
    parser.add_argument("--backbone", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--side", type=int, default=SIDE, help="of the images, in pixels")
    return parser.parse_args()


def _maps(
    name: str, archive: Path | None, network: SplitNetwork, cache: Path | None
) -> tuple[NDArray[np.float16], float]:
    """Return the maps of a source, and the processor seconds that they took just now."""
    kept = f"maps-{name}-{network.variant.name[-5:]}-{network.side}.npy"
    file = cache / kept if cache else None
    if file is not None and file.exists():
        return np.load(file, mmap_mode="r", allow_pickle=False), 0.0
    paths, _, contents = contents_of(name, archive)
    maker, started = MapMaker(network), time.process_time()
    found, side = [], network.side
    images = (network_input(decode(one), side, side) for one in contents)
    for part in slices(len(paths), IMAGES_AT_ONCE):
        found.append(maker.maps(np.stack([next(images) for _ in range(part.start, part.stop)])))
    maps = np.concatenate(found)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        np.save(file, maps)
    return maps, time.process_time() - started


def _figures(
    row: Row,
    source: Source,
    network: SplitNetwork,
    maps: NDArray[np.float16],
    seed: int,
    maps_seconds: float,
) -> Figures:
    data = row.labeled(source, seed)
    pool = METHODS["pool"].rank
    without = pool(data.features, data.given, data.n_classes)
    assert without.weights is not None
    schedule = Schedule(seed=seed)
    folds = stratified_folds(data.given, schedule.n_folds, seed, data.features.groups)
    training = TrainingSet(maps, data.given, without.weights, data.n_classes)
    started = time.process_time()
    P = FoldTrainer(network, training, schedule).out_of_fold(folds)
    seconds = time.process_time() - started
    together = pool(data.features._replace(fine_tuned=P), data.given, data.n_classes)
    assert together.fine_tuned is not None
    return Figures(
        _average_precision(data, without.suspicion),
        _average_precision(data, _odds_against(P, data.given)),
        _average_precision(data, together.suspicion),
        together.fine_tuned.errors,
        float(together.fine_tuned.votes),
        maps_seconds,
        seconds,
    )


def _odds_against(P: NDArray[np.float16], labels: NDArray[np.integer]) -> NDArray[np.floating]:
    logs = log_softmax(np.log(np.maximum(P.astype(np.float32), 1e-8)))
    at = np.arange(len(labels))
    own = logs[at, labels].copy()
    logs[at, labels] = -np.inf
    return np.logaddexp.reduce(logs, axis=1) - own


def _average_precision(data: Labeled, suspicion: Sequence[float] | NDArray) -> float:
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(data.given != data.truth, suspicion))


if __name__ == "__main__":
    main()
