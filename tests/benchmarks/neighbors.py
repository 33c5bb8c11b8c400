"""Time, recall and memory of the graph of neighbors, beside other methods.

Run from the repository's root::

    python -m tests.benchmarks.neighbors
    python -m tests.benchmarks.neighbors --million

The first prints half-whitening and graph of 50,000 synthetic embeddings of
1280 entries beside graphs of the same embeddings unwhitened: FAISS flat,
scikit-learn's brute force and PyNNDescent. The second makes the graph of a
million embeddings of 256 and of 1280 entries from a file, each method in a process
of its own. Every method is run once a round; times are medians of the rounds.

Recall is that of the lists that a method returns, against the exact ones by its own
vectors; *same class* is the share of neighbors that have the item's true
label. PyNNDescent needs ``requirements.txt`` only, as UMAP brings it along.
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
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.neighbors import HalfWhitening, build_graph
from tests.benchmarks.synthetic import clustered

SAMPLED = 500
"""Items whose exact neighbors are found to tell the recall."""

SCALED_FROM = 2000
"""Queries that a slow method is given; its time is scaled to all."""

MILLION = 1_000_000


class SearchResult(NamedTuple):
    """The result of one method: vectors (n, m), their neighbors (q, k), seconds for all n."""

    vectors: NDArray[np.floating]
    indices: NDArray[np.integer]
    seconds: float


# ------------------------------------------------------------- 50,000 in memory


def ours(X: NDArray[np.float32], k: int) -> SearchResult:
    """Half-whiten, write the vectors as float16, make the graph of them."""
    started = time.perf_counter()
    vectors = HalfWhitening().fit(X).transform_to(None, X)
    graph = build_graph(vectors, k)
    return SearchResult(vectors, graph.indices, time.perf_counter() - started)


def faiss_flat(X: NDArray[np.float32], k: int) -> SearchResult:
    """Search every row among all by ``IndexFlatIP``."""
    import faiss

    rows = unit(X)
    started = time.perf_counter()
    index = faiss.IndexFlatIP(X.shape[1])
    index.add(rows)
    indices = index.search(rows, k + 1)[1][:, 1:]
    return SearchResult(rows, indices, time.perf_counter() - started)


def scikit_learn(X: NDArray[np.float32], k: int) -> SearchResult:
    """Search a sample by brute force and scale the time."""
    from sklearn.neighbors import NearestNeighbors

    rows = unit(X)
    started = time.perf_counter()
    model = NearestNeighbors(n_neighbors=k + 1, algorithm="brute", metric="cosine").fit(rows)
    indices = model.kneighbors(rows[:SCALED_FROM], return_distance=False)[:, 1:]
    return SearchResult(rows, indices, (time.perf_counter() - started) * len(X) / len(indices))


def pynndescent(X: NDArray[np.float32], k: int) -> SearchResult:
    """Descend to the neighbors as PyNNDescent does by default."""
    from pynndescent import NNDescent

    NNDescent(X[:2000], metric="cosine", n_neighbors=k + 1, random_state=0)  # it compiles
    started = time.perf_counter()
    index = NNDescent(X, metric="cosine", n_neighbors=k + 1, random_state=0)
    indices = index.neighbor_graph[0][:, 1:]
    return SearchResult(unit(X), indices, time.perf_counter() - started)


METHODS: dict[str, Callable[[NDArray[np.float32], int], SearchResult]] = {
    "FAISS flat, raw vectors": faiss_flat,
    "half-whitening and graph (ours)": ours,
    f"scikit-learn brute, raw ({SCALED_FROM:,} scaled)": scikit_learn,
    "PyNNDescent, raw": pynndescent,
}


def compare(n: int, d: int, k: int, rounds: int) -> None:
    """Print the table of all methods."""
    X, _, truth, n_classes = clustered(n, d, max(2, min(1000, n // 50)))
    found: dict[str, list[SearchResult]] = {name: [] for name in METHODS}
    for _ in range(rounds):
        for name, method in METHODS.items():
            found[name].append(method(X, k))
    print(f"{n:,} x {d} float32, {n_classes:,} classes, k = {k}, {rounds} rounds")
    print(f"{'':44}{'seconds':>9}{'of flat':>9}{'recall':>8}{'same class':>12}")
    flat = statistics.median(one.seconds for one in found["FAISS flat, raw vectors"])
    for name, results in found.items():
        seconds = statistics.median(one.seconds for one in results)
        same = same_class(results[0].indices, truth)
        columns = f"{seconds:9.1f}{seconds / flat:9.2f}{recall(results[0], k):8.3f}{same:12.3f}"
        print(f"{name:44}{columns}", flush=True)


def recall(result: SearchResult, k: int) -> float:
    """Return the share of a sample's exact neighbors that a method found."""
    some = np.sort(np.random.default_rng(1).choice(len(result.indices), SAMPLED, replace=False))
    vectors = np.asarray(result.vectors, np.float32)
    cosines = vectors[some] @ vectors.T
    cosines[np.arange(len(some)), some] = -2
    exact = np.argpartition(-cosines, k, axis=1)[:, :k]
    pairs = zip(exact, result.indices[some], strict=True)
    return float(np.mean([np.isin(true, found).mean() for true, found in pairs]))


def same_class(indices: NDArray[np.integer], truth: NDArray[np.int64]) -> float:
    """Return the share of neighbors that have the item's own true label."""
    return float((truth[indices] == truth[: len(indices), None]).mean())


def unit(X: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return rows of unit length."""
    return X / np.linalg.norm(X, axis=1, keepdims=True)


# ------------------------------------------------------------- a million in a file


def ours_of_file(folder: Path, k: int) -> dict[str, Any]:
    """Half-whiten the embeddings of a file and write their graph, in blocks."""
    X = np.load(folder / "embeddings.npy", mmap_mode="r", allow_pickle=False)
    started = time.perf_counter()
    vectors = HalfWhitening().fit(X).transform_to(folder / "vectors.npy", X)
    whitened = time.perf_counter()
    graph = build_graph(vectors, k, folder)
    ended = time.perf_counter()
    return {
        "whitening": whitened - started,
        "graph": ended - whitened,
        "recall": graph.recall,
        "method": graph.method,
    }


def inverted_of_file(folder: Path, k: int) -> dict[str, Any]:
    """Search a sample in ``IndexIVFFlat`` with 32 probes, and scale the time of the search."""
    import faiss

    X = unit(np.load(folder / "embeddings.npy", allow_pickle=False).astype(np.float32))
    started = time.perf_counter()
    cells = 2 * int(len(X) ** 0.5)
    index = faiss.IndexIVFFlat(
        faiss.IndexFlatIP(X.shape[1]), X.shape[1], cells, faiss.METRIC_INNER_PRODUCT
    )
    index.cp.max_points_per_centroid = 50
    index.train(X[:: max(1, len(X) // (50 * cells))])
    index.add(X)
    index.nprobe = 32
    made = time.perf_counter()
    indices = index.search(X[:SCALED_FROM], k + 1)[1][:, 1:]
    seconds = made - started + (time.perf_counter() - made) * len(X) / SCALED_FROM
    return {
        "whitening": 0.0,
        "graph": seconds,
        "recall": recall(SearchResult(X, indices, seconds), k),
        "method": f"32 of {cells:,} cells ({SCALED_FROM:,} queries scaled)",
    }


OF_FILE: dict[str, Callable[[Path, int], dict[str, Any]]] = {
    "ours": ours_of_file,
    "FAISS IVF flat": inverted_of_file,
}


def from_file(n: int, d: int, k: int) -> None:
    """Print time and peak memory of every method, each in a process of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        clustered(n, d, 1000, folder / "embeddings.npy", dtype=np.float16)
        size = n * d * 2 / 2**20
        print(f"\n{n:,} x {d} float16 in a file of {size:,.0f} MB, k = {k}")
        print(f"{'':16}{'whitening':>10}{'graph':>8}{'recall':>8}{'peak MB':>9}  method")
        for name in OF_FILE:
            command = [sys.executable, "-m", "tests.benchmarks.neighbors", "--child", name]
            command += ["--folder", scratch, "--k", str(k)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            one = json.loads(done.stdout)
            columns = f"{one['whitening']:10.1f}{one['graph']:8.1f}{one['recall']:8.3f}"
            print(f"{name:16}{columns}{one['peak']:9,.0f}  {one['method']}", flush=True)


def child(name: str, folder: Path, k: int) -> None:
    """Run one method and print what was measured."""
    measured = OF_FILE[name](folder, k)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(measured | {"peak": peak}))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=50_000)
    parser.add_argument("--dimension", type=int, default=1280)
    parser.add_argument("--k", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--million", action="store_true", help="a million items, from a file")
    parser.add_argument("--child", choices=OF_FILE, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child, options.folder, options.k)
    elif options.million:
        for dimension in (256, 1280):
            from_file(MILLION, dimension, options.k)
    else:
        compare(options.items, options.dimension, options.k, options.rounds)


if __name__ == "__main__":
    main()
