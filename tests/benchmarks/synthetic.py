"""Synthetic embeddings of any size, with labels some of which are wrong.

Those of `clustered` are easy; those of `overlapping` have the statistics of CIFAR-10's
embeddings and of the people's errors in CIFAR-10N.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from core.arrays.blocks import slices

_ROWS = 16_384

FAMILY = 10
_MEAN_DISTANCES = (
    (0, 242, 208, 309, 307, 356, 395, 333, 97, 252),
    (242, 0, 288, 276, 322, 320, 377, 320, 206, 84),
    (208, 288, 0, 136, 101, 163, 167, 202, 270, 344),
    (309, 276, 136, 0, 169, 73, 183, 222, 318, 302),
    (307, 322, 101, 169, 0, 215, 187, 107, 344, 345),
    (356, 320, 163, 73, 215, 0, 260, 237, 363, 339),
    (395, 377, 167, 183, 187, 260, 0, 366, 412, 429),
    (333, 320, 202, 222, 107, 237, 366, 0, 377, 316),
    (97, 206, 270, 318, 344, 363, 412, 377, 0, 212),
    (252, 84, 344, 302, 345, 339, 429, 316, 212, 0),
)
"""Of CIFAR-10's classes in the bundled network's embedding: squared, in thousandths of the
mean squared length of a centered embedding."""
_CONFUSIONS = (
    (944, 8, 11, 0, 4, 0, 0, 0, 31, 2),
    (9, 956, 0, 0, 0, 0, 0, 0, 2, 33),
    (25, 12, 909, 7, 14, 8, 9, 2, 11, 2),
    (27, 20, 44, 823, 5, 56, 5, 2, 10, 9),
    (18, 8, 34, 15, 833, 24, 2, 39, 18, 10),
    (17, 6, 24, 49, 1, 893, 2, 3, 2, 2),
    (16, 7, 27, 19, 7, 8, 903, 0, 10, 4),
    (8, 3, 6, 1, 10, 9, 0, 958, 4, 1),
    (14, 9, 2, 0, 1, 0, 0, 0, 970, 3),
    (20, 73, 0, 0, 0, 0, 0, 0, 10, 896),
)
"""Labels by people for images of each class, in thousandths: CIFAR-10N, aggregated."""
_SPECTRUM, _FLAT = 0.19, 6
"""Variance of direction j around the class means is 0.19 / (6 + j), within a tenth up to 200."""
_MEAN_DIRECTIONS = 12
_FAMILIES_APART = 1.5


class Clustered(NamedTuple):
    """What `clustered` makes.

    Attributes
    ----------
    vectors : float array (n, d)
        A read-only memory map where a path was given.
    given, truth : int64 arrays (n,)
        Labels, 0 and up; `given` has the wrong ones in it.
    n_classes : int
    """

    vectors: NDArray[np.floating]
    given: NDArray[np.int64]
    truth: NDArray[np.int64]
    n_classes: int


def clustered(
    n: int,
    d: int,
    n_classes: int = 1000,
    path: Path | None = None,
    *,
    n_subclusters: int = 4,
    spread: float = 1.5,
    wrong: float = 0.05,
    dtype: DTypeLike = np.float32,
    random_state: int = 0,
) -> Clustered:
    """Draw vectors of classes that consist of several clusters each.

    A vector is the center of its class, plus that of its cluster, plus noise;
    the scale of direction j falls as (1 + j) ** -0.5, so that neighbors have
    about the intrinsic dimension that they have among embeddings of real
    photographs (11 to 28 on Caltech-101 and CIFAR-10, here 22 to 25).

    Parameters
    ----------
    n, d : int
        Vectors, and entries of each.
    n_classes : int
    path : Path, optional
        A ``.npy`` file to write the vectors to, some at a time.
    n_subclusters : int
        Clusters of a class.
    spread : float
        Scale of the noise, relative to the distance between classes.
    wrong : float
        Share of labels that are replaced by another class, drawn uniformly.
    dtype : dtype
        Of the vectors.
    random_state : int

    Returns
    -------
    Clustered
    """
    rng = np.random.default_rng(random_state)
    scale = ((1 + np.arange(d)) ** -0.5).astype(np.float32)
    classes = rng.standard_normal((n_classes, d), dtype=np.float32)
    offsets = rng.standard_normal((n_classes * n_subclusters, d), dtype=np.float32)
    centers = (np.repeat(classes, n_subclusters, axis=0) + 0.7 * offsets) * scale
    clusters = rng.integers(0, len(centers), n)
    truth = clusters // n_subclusters
    moved = rng.random(n) < wrong
    given = np.where(moved, (truth + rng.integers(1, max(2, n_classes), n)) % n_classes, truth)

    def block(start: int, stop: int) -> NDArray[np.floating]:
        noise = rng.standard_normal((stop - start, d), dtype=np.float32)
        return (centers[clusters[start:stop]] + spread * noise * scale).astype(dtype)

    return Clustered(_written(block, n, d, path, dtype), given, truth, n_classes)


def overlapping(
    n: int,
    d: int,
    n_classes: int = 1000,
    path: Path | None = None,
    *,
    toward: float = 0.25,
    dtype: DTypeLike = np.float32,
    random_state: int = 0,
) -> Clustered:
    """Draw vectors of classes that overlap as CIFAR-10's do, with errors as people make them.

    Classes come in families of ten, whose means lie to each other as those of CIFAR-10
    and are confused as often: 9.2 % of the labels are wrong. A vector is its
    class's mean plus noise of CIFAR-10's spectrum; one that people took for another
    class lies nearer to that one.

    Parameters
    ----------
    n, d : int
        Vectors, and entries of each; 12 at least.
    n_classes : int
        A multiple of ten.
    path : Path, optional
        A ``.npy`` file to write the vectors to, some at a time.
    toward : float
        How far a mislabeled vector is moved to the mean of the class that it
        was taken for, 0 for not at all: what makes the errors hard.
    dtype : dtype
        Of the vectors.
    random_state : int

    Returns
    -------
    Clustered
    """
    rng = np.random.default_rng(random_state)
    scale = np.sqrt(_SPECTRUM / (_FLAT + np.arange(d))).astype(np.float32)
    families = n_classes // FAMILY
    positions = _positions(np.array(_MEAN_DISTANCES) / 1000)
    means = np.empty((n_classes, d), np.float32)
    for family in range(families):
        turned, _ = np.linalg.qr(rng.standard_normal((_MEAN_DIRECTIONS, FAMILY - 1)))
        center = _FAMILIES_APART * scale * rng.standard_normal(d) if families > 1 else np.zeros(d)
        own = np.zeros((FAMILY, d))
        own[:, :_MEAN_DIRECTIONS] = positions @ turned.T
        means[family * FAMILY : (family + 1) * FAMILY] = center + own
    truth = rng.integers(0, families * FAMILY, n)
    confusions = np.array(_CONFUSIONS, np.float64).cumsum(axis=1)
    drawn = rng.random(n) * confusions[truth % FAMILY, -1]
    taken_for = (confusions[truth % FAMILY] <= drawn[:, None]).sum(axis=1)
    given = truth // FAMILY * FAMILY + taken_for

    def block(start: int, stop: int) -> NDArray[np.floating]:
        noise = rng.standard_normal((stop - start, d), dtype=np.float32)
        center = (1 - toward) * means[truth[start:stop]] + toward * means[given[start:stop]]
        return (center + noise * scale).astype(dtype)

    return Clustered(_written(block, n, d, path, dtype), given, truth, n_classes)


def _positions(squared: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points with these squared distances, (m, m - 1): classical scaling."""
    centering = np.eye(len(squared)) - 1 / len(squared)
    values, vectors = np.linalg.eigh(-centering @ squared @ centering / 2)
    points: NDArray[np.float64] = (vectors * np.sqrt(np.maximum(values, 0)))[:, 1:]
    return points


def _written(
    block: Callable[[int, int], NDArray[np.floating]],
    n: int,
    d: int,
    path: Path | None,
    dtype: DTypeLike,
) -> NDArray[np.floating]:
    """Return the rows of `block`, a memory map where they are written to `path`."""
    ranges = [(part.start, part.stop) for part in slices(n, _ROWS)]
    if path is None:
        return np.concatenate([block(*one) for one in ranges])
    header = {
        "descr": np.lib.format.dtype_to_descr(np.dtype(dtype)),
        "fortran_order": False,
        "shape": (n, d),
    }
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for one in ranges:
            file.write(block(*one).tobytes())
    mapped: NDArray[np.floating] = np.load(path, mmap_mode="r", allow_pickle=False)
    return mapped
