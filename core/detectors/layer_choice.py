"""Which layers of a network the items are compared by, and in how many directions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import some_rows
from core.detectors.calibration import CalibratedEvidence
from core.detectors.discriminant import Discriminant
from core.detectors.estimator import Features, IntArray
from core.detectors.regions import own_log_proba
from core.neighbors import Graph, HalfWhitening
from core.neighbors.graph import AFFORDABLE
from core.neighbors.whitening import Moments, Part, drawn_rows

FEW, MANY = 256, 512
"""Directions that items are compared in."""
LEAST_FOR_MANY = 4_000
"""Items from which on `MANY` directions are estimated well enough to be better than `FEW`."""
LEAST_OF_A_CLASS = 200
"""Items of a class, on average, from which on they are: with fewer, errors that lie together
fit into them. Of Caltech-101's 86, with one label in ten wrong in whole cells, 256 directions find
more (average precision .810 on three seeds, .774 in 512), of CIFAR-10's 1,000 fewer.
"""
SAMPLED = 10_000
"""Labeled items that the layers are chosen on: a million takes no longer than these."""
FEWEST = 200
"""Labeled items under which nothing can be told, and the embedding alone is taken."""
LEAST_GAIN = 3.0
"""Standard errors by which several layers must predict the labels better than the embedding.

On the rows of ``tests/benchmarks/layer_sets.py``, where several layers ranked errors no
better it was less than 2.5, and where they ranked them better more than 3; but for
Caltech-101's cells with EfficientNet-Lite2, where it is 5 to 10 and they rank them worse.
"""


class LayerChoice(NamedTuple):
    """A fitted whitening, and what to say of how it was chosen; empty where nothing was."""

    whitening: HalfWhitening
    note: str = ""


def n_directions(n: int, n_classes: int) -> int:
    """Return how many directions `n` items of some classes are compared in by several layers.

    Many, where they are estimated well enough, as long as the exact graph is
    affordable in them; the time of a search grows with them. One layer holds
    fewer: there it stays with few.
    """
    is_enough = n >= max(LEAST_FOR_MANY, LEAST_OF_A_CLASS * n_classes)
    return MANY if is_enough and n * n * MANY <= AFFORDABLE else FEW


def choose_layers(
    X: NDArray[Any],
    rows: NDArray[np.intp],
    widths: Sequence[int],
    labels: IntArray,
) -> LayerChoice:
    """Fit the whitening of the layers in which the given labels are predicted best.

    The embedding alone is tried against all layers beside it, on a sample of
    the labeled items; see `held_out_fit`. Both come from one pass over the data,
    and no second graph is built.

    Parameters
    ----------
    X : float array (n_rows, d)
        In memory or mapped; the embedding, then further layers.
    rows : int array (n,)
        Rows of the items, ascending.
    widths : sequence of int
        Columns of each part; empty where that is not known, which takes all of
        them as they are, as one embedding.
    labels : int array (n,)
        Class of every item; -1 for none.
    """
    if not widths:
        return LayerChoice(HalfWhitening().fit(X, rows))
    sampled = _sample(labels)
    if len(widths) == 1 or len(sampled) < FEWEST:
        alone = HalfWhitening(FEW, parts=[Part(widths[0])])
        return LayerChoice(alone.fit(X, rows))
    moments = Moments.of(X, drawn_rows(len(rows), rows, HalfWhitening()), sum(widths))

    def fitted(n_components: int, n_parts: int) -> HalfWhitening:
        parts = [Part(width) for width in widths[:n_parts]]
        return HalfWhitening(n_components, parts=parts).fit_moments(moments)

    some = some_rows(X, rows[sampled])
    codes = np.unique(labels[sampled], return_inverse=True)[1]
    # In few directions, whatever is used: more of them describe errors that lie together, too.
    alone, several = fitted(FEW, 1), fitted(FEW, len(widths))
    fit_alone, fit_several = (held_out_fit(one.transform(some), codes) for one in (alone, several))
    is_better = standard_errors(fit_several - fit_alone) >= LEAST_GAIN
    if is_better:
        several = fitted(n_directions(len(rows), int(codes.max()) + 1), len(widths))
    return LayerChoice(several if is_better else alone, _note(is_better, len(widths)))


def held_out_fit(vectors: NDArray[np.float32], labels: IntArray) -> NDArray[np.float64]:
    """Tell how well the given labels are predicted in a set of features.

    Wrong labels are predicted badly in all features alike, so that it takes no
    truth to tell features apart.

    Returns
    -------
    float64 array (n,)
        The log-probability of every label by a discriminant, out of fold and calibrated.
    """
    n = len(vectors)
    n_classes = int(labels.max()) + 1
    graph = Graph(np.empty((n, 0), np.int32), np.empty((n, 0), np.float32))
    features = Features(vectors, graph, np.arange(n))
    fitted = Discriminant().fit(features, labels, n_classes, np.ones(n))
    return own_log_proba(CalibratedEvidence(fitted, labels), labels, n_classes)


def standard_errors(gains: NDArray[np.float64]) -> float:
    """Return the mean of paired differences in units of its standard error."""
    error = float(gains.std()) / np.sqrt(len(gains))
    return float(gains.mean()) / error if error > 0 else 0.0


def _sample(labels: IntArray) -> NDArray[np.intp]:
    """Return labeled items, ascending, `SAMPLED` at most."""
    labeled = np.flatnonzero(labels >= 0)
    if len(labeled) <= SAMPLED:
        return labeled
    return np.sort(np.random.default_rng(0).choice(labeled, SAMPLED, replace=False))


def _note(is_several: bool, n_parts: int) -> str:
    if is_several:
        return f"Images are compared by {n_parts} layers of the network: they predict labels best."
    return "Images are compared by the network's last layer alone: it predicts labels best."
