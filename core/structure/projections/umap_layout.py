"""UMAP from the graph at hand."""

from __future__ import annotations

import sys
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import Progress
from core.neighbors import Graph
from core.structure.projections.epoch_reports import EpochReports
from core.structure.projections.layout_method import LayoutInput, LayoutMethod, Plane
from core.structure.projections.pca_layout import leading_directions

FEWEST_FOR_UMAP = 12
"""Items; fewer are laid out by PCA."""

N_NEIGHBORS = 15
"""Of an item, itself included."""

FEW = 5_000
"""Items below which groups are small: they are drawn looser, for pictures to have room."""

MIN_DIST, MIN_DIST_OF_FEW, SPREAD = 0.1, 0.4, 1.5
"""Of 10,000 items the smaller distance keeps 15 % of the true neighbors, the larger one 10 %."""

MANY = 20_000
"""Items from which on fewer epochs do: measured, as many true neighbors are kept."""

EPOCHS, EPOCHS_OF_MANY = 200, 100


def umap(given: LayoutInput, seed: int, progress: Progress) -> Plane:
    """Lay items out so that the nearest neighbors of each are near it.

    It starts from the leading directions: a spectral start costs more, begins
    farther from the result, and is known to hang.

    Parameters
    ----------
    given : LayoutInput
    seed : int
    progress : callable
        Called with epochs done and epochs in all.

    Returns
    -------
    float32 array (n, 2)

    References
    ----------
    L. McInnes, J. Healy, J. Melville, "UMAP: Uniform Manifold Approximation
    and Projection for Dimension Reduction", arXiv 1802.03426.
    """
    n = len(given.vectors)
    start = leading_directions(given, seed, lambda done, total: None)
    if n < FEWEST_FOR_UMAP:
        return start
    epochs = EPOCHS if n < MANY else EPOCHS_OF_MANY
    progress(0, epochs)
    package = _umap()
    rng = np.random.RandomState(seed)
    a, b = package.umap_.find_ab_params(SPREAD, MIN_DIST_OF_FEW if n < FEW else MIN_DIST)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of vertices without neighbors, which are placed anyway
        plane, _ = package.umap_.simplicial_set_embedding(
            data=None,
            graph=_fuzzy_graph(package, given.graph, rng),
            n_components=2,
            initial_alpha=1.0,
            a=a,
            b=b,
            gamma=1.0,
            negative_sample_rate=5,
            n_epochs=epochs,
            init=_spread(start, rng),
            random_state=rng,
            metric="euclidean",
            metric_kwds={},
            densmap=False,
            densmap_kwds={},
            output_dens=False,
            tqdm_kwds=EpochReports(progress, epochs).tqdm_options(),
        )
    return np.asarray(plane, np.float32)


def _fuzzy_graph(package: Any, graph: Graph, rng: np.random.RandomState) -> Any:
    """Return UMAP's weights of the graph's edges, sparse (n, n)."""
    n, listed = graph.indices.shape
    k = min(N_NEIGHBORS, listed + 1)
    indices = np.hstack([np.arange(n, dtype=np.int32)[:, None], graph.indices[:, : k - 1]])
    similarities = np.hstack([np.ones((n, 1), np.float32), graph.similarities[:, : k - 1]])
    weights, _, _ = package.umap_.fuzzy_simplicial_set(
        np.empty((n, 1), np.float32), k, rng, "cosine",
        knn_indices=indices, knn_dists=(1 - similarities).clip(0, 2),
    )  # fmt: skip
    return weights


def _spread(start: Plane, rng: np.random.RandomState) -> NDArray[np.float32]:
    """Scale to 10 as UMAP does, with a little noise that parts equal points."""
    largest = float(np.abs(start).max()) or 1.0
    noise = rng.normal(scale=1e-4, size=start.shape)
    return (start * (10.0 / largest) + noise).astype(np.float32)


def _umap() -> Any:
    """Import UMAP without its parametric part, which would load TensorFlow for nothing."""
    sys.modules.setdefault("umap.parametric_umap", None)  # type: ignore[arg-type]
    import umap
    import umap.umap_

    return umap


LAYOUT = LayoutMethod(
    name="umap",
    order=10,
    title="UMAP",
    meaning="Images that look alike lie together; distances between groups mean little.",
    unit="epochs",
    lay_out=umap,
    most_at_once=300_000,
)
