"""Time and memory from embeddings to a ranked list.

Run from the repository's root::

    python -m tests.benchmarks.scale
    python -m tests.benchmarks.scale --million

Classes overlap as those of CIFAR-10 do, in families of ten, and 9 % of the labels
are wrong as people err (``synthetic.overlapping``); ``--easy`` draws clusters that lie
apart with 5 % of the labels moved at random, which every detector finds.

The first ranks 50,000 synthetic embeddings of 1280 entries with 100 classes,
beside what FAISS flat takes for the graph of the raw vectors alone; medians of
the rounds. The second ranks a million of 256 and of 1280 entries with 1,000
classes, from a file that is mapped, in a process of
its own; ``--items`` makes it fewer. Peak memory is what the process had resident
at most, pages of the mapped files included.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.detectors import Features, LogPool, summarize
from core.detectors.pool import default_members
from core.neighbors import HalfWhitening, build_graph
from tests.benchmarks.detection import precision_at, warm_up
from tests.benchmarks.neighbors import faiss_flat
from tests.benchmarks.synthetic import clustered, overlapping

MILLION = 1_000_000
STAGES = ("whitening", "graph", "copies", "first pass", "regions", "second pass", "summary")


class Stages:
    """Seconds of each stage."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(STAGES, 0.0)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Count what is done inside to `stage`."""
        started = time.perf_counter()
        yield
        self.seconds[stage] += time.perf_counter() - started


class _PoolSteps:
    """Assigns the steps that the pool reports to their stages."""

    def __init__(self, stages: Stages, n_members: int) -> None:
        self.stages = stages
        self.names = [
            *["first pass"] * n_members,
            *["regions"] * 2,
            *["second pass"] * n_members,
        ]
        self.last = time.perf_counter()

    def __call__(self, done: int, _: int) -> None:
        now = time.perf_counter()
        self.stages.seconds[self.names[done - 1]] += now - self.last
        self.last = now


def rank(
    X: NDArray[np.floating],
    given: NDArray[np.int64],
    n_classes: int,
    k: int,
    folder: Path | None = None,
) -> tuple[NDArray[np.float64], dict[str, float]]:
    """Go the whole way from embeddings to suspicion.

    Parameters
    ----------
    X : float array (n, d)
    given : int64 array (n,)
    n_classes : int
    k : int
        Neighbors of every item.
    folder : Path, optional
        Where vectors and graph are written to; in memory when left out.

    Returns
    -------
    suspicion : float64 array (n,)
    seconds : dict of str to float
        Of every stage.
    """
    stages = Stages()
    with stages.timed("whitening"):
        vectors = HalfWhitening().fit(X).transform_to(folder and folder / "vectors.npy", X)
    with stages.timed("graph"):
        graph = build_graph(vectors, k, folder)
    with stages.timed("copies"):
        features = Features.of(vectors, graph)
    members = default_members(*vectors.shape, n_classes)
    steps = _PoolSteps(stages, len(members))
    pool = LogPool(members).fit(features, given, n_classes, progress=steps)
    with stages.timed("summary"):
        summary = summarize(pool.evidence_, given, n_classes)
    return summary.suspicion, stages.seconds


def compare(n: int, d: int, n_classes: int, k: int, rounds: int, easy: bool = False) -> None:
    """Print the whole ranking beside a flat search of the raw vectors."""
    data = (clustered if easy else overlapping)(n, d, n_classes)
    flat, ours = [], []
    warm_up()
    for _ in range(rounds):
        flat.append(faiss_flat(data.vectors, k).seconds)
        suspicion, seconds = rank(data.vectors, data.given, n_classes, k)
        ours.append(seconds)
    print(f"{n:,} x {d} float32, {n_classes:,} classes, k = {k}, median of {rounds} rounds")
    print(f"{'':34}{'seconds':>9}{'of flat':>9}")
    base = statistics.median(flat)
    graph = statistics.median(one["whitening"] + one["graph"] for one in ours)
    whole = statistics.median(sum(one.values()) for one in ours)
    rows = {
        "FAISS flat, raw vectors": base,
        "half-whitening and graph": graph,
        "the whole ranking": whole,
    }
    rows |= {f"  {stage}": statistics.median(one[stage] for one in ours) for stage in STAGES}
    for name, value in rows.items():
        print(f"{name:34}{value:9.1f}{value / base:9.2f}")
    print(_quality(suspicion, data.given != data.truth))


def from_file(n: int, d: int, n_classes: int, k: int, easy: bool = False) -> None:
    """Print stages, peak memory and quality of a ranking in a process of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        draw = clustered if easy else overlapping
        data = draw(n, d, n_classes, folder / "embeddings.npy", dtype=np.float16)
        np.savez(folder / "labels.npz", given=data.given, truth=data.truth)
        print(f"\n{n:,} x {d} float16 in a file, {n_classes:,} classes, k = {k}", flush=True)
        command = [sys.executable, "-m", "tests.benchmarks.scale", "--child", scratch]
        command += ["--classes", str(n_classes), "--k", str(k)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        found = json.loads(done.stdout)
    for stage, seconds in found["seconds"].items():
        print(f"{stage:20}{seconds:9.1f} s")
    print(f"{'in all':20}{sum(found['seconds'].values()):9.1f} s")
    print(f"{'peak memory':20}{found['peak']:9,.0f} MB\n{found['quality']}", flush=True)


def child(folder: Path, n_classes: int, k: int) -> None:
    """Rank what lies in `folder` and print what was measured."""
    X = np.load(folder / "embeddings.npy", mmap_mode="r", allow_pickle=False)
    with np.load(folder / "labels.npz", allow_pickle=False) as labels:
        given, truth = labels["given"], labels["truth"]
    warm_up()
    suspicion, seconds = rank(X, given, n_classes, k, folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    quality = _quality(suspicion, given != truth)
    measured: dict[str, Any] = {"seconds": seconds, "peak": peak, "quality": quality}
    print(json.dumps(measured))


def _quality(suspicion: NDArray[np.float64], wrong: NDArray[np.bool_]) -> str:
    from sklearn.metrics import average_precision_score

    ap = average_precision_score(wrong, suspicion)
    first = precision_at(1000, wrong, suspicion)
    rate = wrong.mean()
    return f"{rate:.1%} wrong: average precision {ap:.3f}, {first:.1%} of the first 1,000 wrong"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, help="50,000, or a million with --million")
    parser.add_argument("--dimension", type=int, help="1280; with --million 256, then 1280")
    parser.add_argument("--classes", type=int, help="100, or 1,000 with --million")
    parser.add_argument("--k", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--easy", action="store_true", help="classes that lie apart")
    parser.add_argument("--million", action="store_true", help="from a file")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child, options.classes, options.k)
    elif options.million:
        for dimension in [options.dimension] if options.dimension else [256, 1280]:
            n, n_classes = options.items or MILLION, options.classes or 1000
            from_file(n, dimension, n_classes, options.k, options.easy)
    else:
        n, d = options.items or 50_000, options.dimension or 1280
        compare(n, d, options.classes or 100, options.k, options.rounds, options.easy)


if __name__ == "__main__":
    main()
