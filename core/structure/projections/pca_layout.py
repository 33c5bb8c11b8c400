"""PCA: the two directions in which the vectors vary most."""

from __future__ import annotations

import numpy as np

from core.arrays.blocks import Progress, slices
from core.neighbors.whitening import Moments
from core.structure.projections.layout_method import LayoutInput, LayoutMethod, Plane

SAMPLE = 50_000
"""Rows that the directions are fitted on."""


def leading_directions(given: LayoutInput, seed: int, progress: Progress) -> Plane:
    """Return the first two principal components of the vectors.

    Parameters
    ----------
    given : LayoutInput
    seed : int
        Of the sample of rows that the directions are fitted on.
    progress : callable
        Called with items done and items in all.

    Returns
    -------
    float32 array (n, 2)
        Centered; zero where the vectors have no second direction.
    """
    vectors = given.vectors
    n = len(vectors)
    rows = None
    if n > SAMPLE:
        rows = np.sort(np.random.default_rng(seed).choice(n, SAMPLE, replace=False))
    moments = Moments.of(vectors, rows)
    _, directions = np.linalg.eigh(moments.covariance)
    axes = directions[:, ::-1][:, :2].astype(np.float32)
    axes *= np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    plane = np.zeros((n, 2), np.float32)
    for part in slices(n):
        block = np.asarray(vectors[part], np.float32) - moments.mean
        plane[part, : axes.shape[1]] = block @ axes
        progress(part.stop, n)
    return plane


LAYOUT = LayoutMethod(
    name="pca",
    order=20,
    title="PCA",
    meaning="The two main directions: fast, distances are true, groups overlap.",
    unit="images",
    lay_out=leading_directions,
)
