"""Synthetic embeddings in clusters, of any size, with labels some of which are wrong."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from core.arrays.blocks import slices

_ROWS = 16_384


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

    ranges = [(part.start, part.stop) for part in slices(n, _ROWS)]
    if path is None:
        vectors = np.concatenate([block(*one) for one in ranges])
    else:
        header = {
            "descr": np.lib.format.dtype_to_descr(np.dtype(dtype)),
            "fortran_order": False,
            "shape": (n, d),
        }
        with path.open("wb") as file:
            np.lib.format.write_array_header_1_0(file, header)
            for one in ranges:
                file.write(block(*one).tobytes())
        vectors = np.load(path, mmap_mode="r", allow_pickle=False)
    return Clustered(vectors, given, truth, n_classes)
