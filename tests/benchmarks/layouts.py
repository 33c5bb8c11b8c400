"""Layouts of the map: neighbors kept, CPU seconds and memory, each in a process of its own.

    python -m tests.benchmarks.layouts [--sizes 10000,30000,100000] [--cifar TAR] [--cache DIR]

Vectors are those of `tests.benchmarks.synthetic.overlapping`, half-whitened, and with
``--cifar`` those of CIFAR-10N. The graph is at hand for all; seconds are those of the CPU after
a warm-up that compiles and imports; ``OMP_NUM_THREADS=1`` keeps idle threads out of them. *kept*
is the share of the 14 true neighbors among the 15 nearest on the map, of 2,000 items; *rho* the
rank correlation of distances of 5,000 pairs; *memory* the peak of the process, the vectors and the
graph included.

``shipped before`` is UMAP as version 0.2 began: a spectral start, 500 epochs up to 10,000
items and 200 beyond. ``landmarks`` lays a fifth of the items out. PaCMAP runs where it is
installed, and finds its own neighbors. At the end, the placing of new items, and a lasso.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from core.neighbors import Graph, HalfWhitening, build_graph
from core.structure.neighbors_kept import share_kept
from core.structure.polygons import points_in_polygon
from core.structure.projections import LAYOUTS, LayoutInput, umap_layout
from core.structure.projections.landmarks import choose_landmarks, lay_out_by_landmarks
from core.structure.projections.placing import place_among
from tests.benchmarks import data_sets
from tests.benchmarks.measuring import in_a_process, peak
from tests.benchmarks.synthetic import overlapping

MODULE = "tests.benchmarks.layouts"
PAIRS = 5_000


def silent(done: int, total: int) -> None:
    """Report to nobody."""


def shipped_before(given: LayoutInput) -> Any:
    """UMAP as it was: a spectral start, its own number of epochs, a larger least distance."""
    n, k = len(given.vectors), umap_layout.N_NEIGHBORS
    own = np.arange(n, dtype=np.int32)[:, None]
    indices = np.hstack([own, given.graph.indices[:, : k - 1]])
    similarities = np.hstack([np.ones((n, 1), np.float32), given.graph.similarities[:, : k - 1]])
    knn = indices, (1 - similarities).clip(0, 2)
    return (
        umap_layout._umap()
        .UMAP(
            n_neighbors=k, min_dist=0.4, spread=1.5, metric="cosine", precomputed_knn=knn,
            random_state=0,
        )
        .fit_transform(given.vectors.astype(np.float32))
    )  # fmt: skip


def landmarks(given: LayoutInput) -> Any:
    """UMAP of a fifth of the items, the others among them."""
    n = len(given.vectors)
    chosen = choose_landmarks(n, np.empty(0, np.intp), 0, n // 5)
    return lay_out_by_landmarks(LAYOUTS["umap"], given, chosen, 0, silent)


def pacmap(given: LayoutInput) -> Any:
    """PaCMAP with what it has as defaults."""
    import pacmap as package

    return package.PaCMAP(random_state=0).fit_transform(given.vectors.astype(np.float32))


def of(name: str) -> Callable[[LayoutInput], Any]:
    """Return a layout of ours as it is, whatever it takes."""
    return lambda given: LAYOUTS[name].lay_out(given, 0, silent)


METHODS: dict[str, Callable[[LayoutInput], Any]] = {
    "shipped before": shipped_before,
    "umap": of("umap"),
    "landmarks": landmarks,
    "pca": of("pca"),
    "tsne": of("tsne"),
    "pacmap": pacmap,
}


def measure(name: str, file: Path) -> dict[str, float]:
    """Lay out what `file` holds, in this process."""
    warnings.simplefilter("ignore")
    with np.load(file, allow_pickle=False) as arrays:
        given = LayoutInput(arrays["vectors"], Graph(arrays["indices"], arrays["similarities"]))
    few = given.vectors[:400]
    METHODS[name](LayoutInput(few, build_graph(few.astype(np.float32), 100)))
    started, began = time.process_time(), time.perf_counter()
    xy = np.asarray(METHODS[name](given), np.float32)
    cpu, wall = time.process_time() - started, time.perf_counter() - began
    return {
        "kept": share_kept(given.graph, xy),
        "rho": rank_correlation(given, xy),
        "cpu": cpu,
        "wall": wall,
        "memory": peak(),
    }


def rank_correlation(given: LayoutInput, xy: Any) -> float:
    """Return that of distances of random pairs, in the embedding and on the map."""
    from scipy.stats import spearmanr

    one, other = np.random.default_rng(1).integers(0, len(xy), (2, PAIRS))
    vectors = given.vectors
    true = 1 - np.sum(vectors[one].astype(np.float32) * vectors[other], axis=1)
    return float(spearmanr(true, np.linalg.norm(xy[one] - xy[other], axis=1)).statistic)


def write_graph(vectors: Any, file: Path) -> None:
    """Half-whiten, and find neighbors."""
    whitened = HalfWhitening().fit_transform(vectors)
    graph = build_graph(whitened, 100)
    np.savez(
        file, vectors=whitened.astype(np.float16), indices=graph.indices,
        similarities=graph.similarities,
    )  # fmt: skip


def print_layouts(title: str, n: int, file: Path) -> None:
    """Print a table: a layout a row."""
    print(f"\n{title}, {n:,} items", flush=True)
    print("layout | kept | rho | CPU s | wall s | memory MB\n-|-|-|-|-|-", flush=True)
    for name in METHODS:
        if name == "pacmap" and find_spec("pacmap") is None:
            print("pacmap | not installed | | | |", flush=True)
            continue
        limit = LAYOUTS["tsne"].limit() if name == "tsne" else None
        if limit is not None and n > limit:
            print(f"{name} | beyond its limit | | | |", flush=True)
            continue
        found = in_a_process(MODULE, "--one", name, "--graph", str(file))
        print(
            f"{name} | {found['kept']:.3f} | {found['rho']:.3f} | {found['cpu']:.1f}"
            f" | {found['wall']:.1f} | {found['memory']:.0f}",
            flush=True,
        )


def print_placing(file: Path) -> None:
    """Print what it takes to place a tenth of the items among the others, and how well."""
    with np.load(file, allow_pickle=False) as arrays:
        given = LayoutInput(arrays["vectors"], Graph(arrays["indices"], arrays["similarities"]))
    n = len(given.vectors)
    xy = LAYOUTS["umap"].lay_out(given, 0, silent)
    is_placed = np.random.default_rng(0).random(n) >= 0.1
    started = time.process_time()
    found = place_among(given, np.where(is_placed[:, None], xy, 0), is_placed)
    seconds = time.process_time() - started
    kept = share_kept(given.graph, found), share_kept(given.graph, xy)
    print(
        f"\nPlacing {n - is_placed.sum():,} new items among {is_placed.sum():,}:"
        f" {seconds:.2f} CPU s; kept {kept[0]:.3f}, of all laid out {kept[1]:.3f}",
        flush=True,
    )


def print_polygons(n: int = 1_000_000) -> None:
    """Print what a lasso takes, beside matplotlib's where it is installed."""
    rng = np.random.default_rng(0)
    xy = rng.normal(32_768, 9_000, (n, 2)).clip(0, 65_535).astype(np.uint16)
    print(f"\nA lasso among {n:,} points, CPU ms\ncorners | inside | ours | matplotlib\n-|-|-|-")
    for corners in (4, 50, 200, 1_000):
        angle = np.linspace(0, 2 * np.pi, corners, endpoint=False)
        radius = 15_000 + 3_000 * np.sin(7 * angle) + rng.normal(0, 200, corners)
        polygon = 32_768 + np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
        ours, inside = _milliseconds(lambda p=polygon: points_in_polygon(xy, p))
        theirs = "not installed"
        if find_spec("matplotlib") is not None:
            from matplotlib.path import Path as Outline

            outline = Outline(polygon, closed=False)
            theirs = f"{_milliseconds(lambda o=outline: o.contains_points(xy))[0]:.0f}"
        print(f"{corners} | {inside.sum():,} | {ours:.0f} | {theirs}", flush=True)


def _milliseconds(run: Callable[[], Any]) -> tuple[float, Any]:
    run()
    started = time.process_time()
    result = run()
    return 1000 * (time.process_time() - started), result


def main() -> None:
    """Print the tables, or the figures of one layout as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="10000,30000,100000")
    parser.add_argument("--cifar", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--one", choices=METHODS)
    parser.add_argument("--graph", type=Path)
    given = parser.parse_args()
    if given.one:
        json.dump(measure(given.one, given.graph), sys.stdout)
        return
    with tempfile.TemporaryDirectory() as folder:
        sets = [(f"Overlapping classes, {n}", n) for n in map(int, given.sizes.split(",")) if n]
        for title, n in sets:
            file = Path(folder) / f"{n}.npz"
            write_graph(overlapping(n, 256, 100 if n > 20_000 else 10).vectors, file)
            print_layouts(title.partition(",")[0], n, file)
        if given.cifar:
            file = Path(folder) / "cifar.npz"
            source = data_sets.cifar(given.cifar, given.cache)
            write_graph(source.embeddings, file)
            print_layouts("CIFAR-10N", len(source.embeddings), file)
            print_placing(file)
    print_polygons()


if __name__ == "__main__":
    main()
