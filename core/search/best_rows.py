"""The rows of an array that have the largest products with a vector, exactly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import slices

FloatArray = NDArray[np.float32]


class BestRows(NamedTuple):
    """Rows in the order of their scores.

    Attributes
    ----------
    rows : int array (m,)
    scores : float32 array (m,)
        Largest first.
    """

    rows: NDArray[np.intp]
    scores: FloatArray


def best_rows(
    vectors: NDArray[np.floating[Any]],
    direction: FloatArray,
    count: int,
    among: NDArray[np.bool_] | None = None,
) -> BestRows:
    """Return the `count` rows with the largest products; of equal ones, the first.

    A pass over all rows, a block at a time: a million of 256 entries take less than a
    second and no memory to speak of.

    Parameters
    ----------
    vectors : float array (n, d)
        In memory or mapped.
    direction : float32 array (d,)
    count : int
        Fewer are returned where there are fewer.
    among : bool array (n,), optional
        Only rows that it marks.
    """
    scores = np.concatenate([*_products(vectors, direction)] or [np.empty(0, np.float32)])
    rows = np.arange(len(scores)) if among is None else np.flatnonzero(among)
    found = scores[rows]
    if count < len(rows):
        least = np.partition(found, len(found) - count)[len(found) - count]
        kept = found >= least
        rows, found = rows[kept], found[kept]
    order = np.argsort(-found, kind="stable")[:count]
    return BestRows(rows[order], found[order])


def _products(vectors: NDArray[np.floating[Any]], direction: FloatArray) -> Iterator[FloatArray]:
    for part in slices(len(vectors)):
        yield np.asarray(vectors[part], np.float32) @ direction
