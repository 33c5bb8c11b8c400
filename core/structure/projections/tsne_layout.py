"""t-SNE from the graph at hand, by scikit-learn or, where it is installed, openTSNE."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from importlib.util import find_spec
from typing import Any, cast

import numpy as np

from core.arrays.blocks import Progress
from core.neighbors import Graph
from core.structure.projections.epoch_reports import EpochReports
from core.structure.projections.layout_method import LayoutInput, LayoutMethod, Plane
from core.structure.projections.pca_layout import leading_directions

PERPLEXITY = 30.0

ITERATIONS = 750

MOST = 20_000
"""Images that scikit-learn lays out within minutes; openTSNE has no such limit."""

FEWEST = 5

_EXAGGERATED, _EVERY = 250, 25

_ITERATION = re.compile(r"Iteration (\d+)")


def tsne(given: LayoutInput, seed: int, progress: Progress) -> Plane:
    """Lay items out by t-SNE.

    Parameters
    ----------
    given : LayoutInput
    seed : int
    progress : callable
        Called with iterations done and iterations in all.

    Returns
    -------
    float32 array (n, 2)

    References
    ----------
    L. van der Maaten, G. Hinton, "Visualizing data using t-SNE", JMLR 9, 2008.
    """
    n, listed = given.graph.indices.shape
    start = leading_directions(given, seed, lambda done, total: None)
    perplexity = min(PERPLEXITY, (listed - 1) / 3)
    if n < FEWEST or perplexity < 1:
        return start
    progress(0, ITERATIONS)
    # The usual start: small, so that distances at the beginning say nothing.
    start = start * np.float32(1e-4 / (float(start[:, 0].std()) or 1.0))
    lay_out = _by_open_tsne if n > MOST else _by_scikit_learn
    return np.asarray(lay_out(given.graph, start, perplexity, seed, progress), np.float32)


def _by_scikit_learn(
    graph: Graph, start: Plane, perplexity: float, seed: int, progress: Progress
) -> Any:
    from sklearn.manifold import TSNE

    estimator = TSNE(
        perplexity=perplexity,
        metric="precomputed",
        init=start,
        max_iter=ITERATIONS,
        random_state=seed,
        verbose=2,
    )
    reports = cast(Any, EpochReports(progress, ITERATIONS, _ITERATION))
    with redirect_stdout(reports):  # its only word on how far it is
        return estimator.fit_transform(_distances(graph))


def _by_open_tsne(
    graph: Graph, start: Plane, perplexity: float, seed: int, progress: Progress
) -> Any:
    """Lay out by Fourier transforms, whose cost grows with the number of items alone."""
    from openTSNE import TSNE, affinity, nearest_neighbors

    k = int(3 * perplexity)
    distances = np.sqrt(np.maximum(2.0 - 2.0 * graph.similarities[:, :k].astype(np.float64), 0))
    neighbors = nearest_neighbors.PrecomputedNeighbors(
        np.asarray(graph.indices[:, :k], np.int64), distances
    )
    done = 0

    def report(iteration: int, error: float, embedding: Any) -> None:
        nonlocal done
        done += _EVERY
        progress(min(done, ITERATIONS), ITERATIONS)

    estimator = TSNE(
        perplexity=perplexity,
        initialization=np.asarray(start, np.float64),
        early_exaggeration_iter=_EXAGGERATED,
        n_iter=ITERATIONS - _EXAGGERATED,
        random_state=seed,
        callbacks=report,
        callbacks_every_iters=_EVERY,
        negative_gradient_method="fft",
    )
    return estimator.fit(
        affinities=affinity.PerplexityBasedNN(
            knn_index=neighbors, perplexity=perplexity, random_state=seed
        ),
        initialization=np.asarray(start, np.float64),
    )


def _distances(graph: Graph) -> Any:
    """Return the Euclidean distances of unit vectors to their neighbors, sparse (n, n).

    Each is a neighbor of its own, too: scikit-learn leaves the first of a list out.
    """
    from scipy.sparse import csr_array

    n, k = graph.indices.shape
    distances = np.zeros((n, k + 1))
    # Not quite 0 for others, so that an item is the nearest to itself.
    distances[:, 1:] = np.sqrt(np.maximum(2.0 - 2.0 * graph.similarities, 1e-12))
    indices = np.hstack([np.arange(n, dtype=np.int32)[:, None], graph.indices])
    starts = np.arange(0, n * (k + 1) + 1, k + 1)
    return csr_array((distances.ravel(), indices.ravel(), starts), shape=(n, n))


def has_open_tsne() -> bool:
    """Whether openTSNE, which is no requirement, is installed."""
    return find_spec("openTSNE") is not None


LAYOUT = LayoutMethod(
    name="tsne",
    order=30,
    title="t-SNE",
    meaning="Many small, separate groups; sizes and distances of groups mean nothing.",
    unit="iterations",
    lay_out=tsne,
    neighbors=100,
    limit=lambda: None if has_open_tsne() else MOST,
)
