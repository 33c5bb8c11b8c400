"""Whether two small pictures show one and the same: aligned, then compared cell by cell.

Pictures are squeezed into squares, so that a change of size or of shape alters nothing, and
only their contrast with the surroundings counts, so that neither brightness does. A crop is
aligned in two steps: its place is searched among whole cells, then refined to parts of a cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Pictures = NDArray[np.float32]
Floats = NDArray[np.float32]

SMALLEST = 0.6
"""Share of its original's side that a crop is searched with at least."""

_NOISE = 0.5
"""Gray levels of contrast that are no evidence: flat pictures agree with nothing."""

_STEPS = 5
_FURTHEST = 0.06
"""Share of the side by which one step of the refinement moves an edge at most."""


def contrast(pictures: Pictures, reach: int = 2) -> Pictures:
    """Return how far each cell is from the mean of those within `reach` cells, (n, s, s)."""
    mean = _averaging(pictures.shape[-1], reach)
    differences: Pictures = (pictures - mean @ pictures @ mean.T).astype(np.float32, copy=False)
    return differences


def agreement(ones: Pictures, others: Pictures) -> Floats:
    """Return the correlation of pictures cell by cell, -1 to 1; of flat ones about 0."""
    a, b = _centered(ones), _centered(others)
    noise = _NOISE**2 * a.shape[1]
    scale = np.sqrt(((a * a).sum(1) + noise) * ((b * b).sum(1) + noise))
    found: Floats = ((a * b).sum(1) / scale).astype(np.float32)
    return found


class Placed(NamedTuple):
    """Where pictures lie within others.

    Attributes
    ----------
    scores : float32 array (n,)
        How well they agree.
    windows : float64 array (n, 4)
        Height and top, width and left of the part, as shares of the other's sides.
    """

    scores: Floats
    windows: NDArray[np.float64]


def search(wholes: Pictures, parts: Pictures) -> Placed:
    """Search where each of `parts`, shrunk, agrees best with its one of `wholes`.

    Parameters
    ----------
    wholes, parts : float32 arrays (n, s, s)
        `contrast` of them.
    """
    n, side = len(parts), parts.shape[-1]
    # Items come last, where the computer takes many at once.
    across = np.ascontiguousarray(wholes.transpose(1, 2, 0))
    scores, windows = np.full(n, -1, np.float32), np.tile([1.0, 0.0, 1.0, 0.0], (n, 1))
    for size, shrunk in _shrunk(parts):
        norm = np.sqrt((shrunk**2).sum((0, 1)) + _NOISE**2 * size**2)
        for top in range(side - size + 1):
            for left in range(side - size + 1):
                seen = across[top : top + size, left : left + size]
                level = seen.mean((0, 1))
                spread = np.einsum("yxn,yxn->n", seen, seen) - level**2 * size**2
                found = np.einsum("yxn,yxn->n", seen, shrunk) / norm
                found /= np.sqrt(np.maximum(spread, 0) + _NOISE**2 * size**2)
                better = found > scores
                scores[better] = found[better]
                windows[better] = np.array([size, top, size, left]) / side
    return Placed(scores, windows)


def _shrunk(parts: Pictures) -> Iterator[tuple[int, Pictures]]:
    """Yield sizes, and the parts of that size, centered, (size, size, n)."""
    side = parts.shape[-1]
    for size in reversed(range(round(SMALLEST * side), side + 1)):
        shrink = _shrinking(size, side)
        small = shrink @ parts @ shrink.T
        small -= small.mean((1, 2), keepdims=True)
        yield size, np.ascontiguousarray(small.transpose(1, 2, 0))


def refine(wholes: Pictures, parts: Pictures, windows: NDArray[np.float64], side: int) -> Placed:
    """Move the edges of windows until what lies within agrees best with the parts.

    Gauss-Newton steps that maximize the enhanced correlation coefficient [1]_.

    Parameters
    ----------
    wholes, parts : float32 arrays (n, s, s)
        Gray levels.
    windows : float64 array (n, 4)
        Where to begin, see `Placed`.
    side : int
        At how many cells a side they are compared.

    References
    ----------
    .. [1] G. D. Evangelidis, E. Z. Psarakis, "Parametric image alignment using enhanced
       correlation coefficient maximization", IEEE PAMI 30, 2008.
    """
    n = len(parts)
    everything = np.tile([1.0, 0.0, 1.0, 0.0], (n, 1))
    target = _unit(contrast(_sampled(parts, everything, side)))
    down, along = (np.gradient(wholes, 1 / wholes.shape[-1], axis=axis) for axis in (1, 2))
    best = Placed(np.full(n, -1, np.float32), windows.copy())
    for _ in range(_STEPS):
        seen = _centered(contrast(_sampled(wholes, windows, side)))
        scores = (seen * target).sum(1) / np.sqrt((seen**2).sum(1) + _NOISE**2 * side**2)
        better = scores > best.scores
        best.scores[better], best.windows[better] = scores[better], windows[better]
        slopes = _slopes(down, along, windows, side)
        windows = _within(windows + _step(seen, target, slopes))
    return best


def _slopes(
    down: Pictures, along: Pictures, windows: NDArray[np.float64], side: int
) -> NDArray[np.float32]:
    """Return how each cell changes with the four numbers of the window, (n, side * side, 4)."""
    at = ((np.arange(side) + 0.5) / side).astype(np.float32)
    y, x = (_sampled(gradient, windows, side) for gradient in (down, along))
    parts = (y * at[:, None], y, x * at, x)
    return np.stack([_centered(contrast(part)) for part in parts], axis=2)


def _step(seen: Floats, target: Floats, slopes: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the step of the enhanced correlation coefficient, equation 21 of the paper."""
    transposed = slopes.transpose(0, 2, 1)
    normal = (transposed @ slopes).astype(np.float64)
    size = np.trace(normal, axis1=1, axis2=2)[:, None, None]
    normal += (1e-3 * size + 1e-6) * np.eye(4)
    of_seen, of_target = transposed @ seen[:, :, None], transposed @ target[:, :, None]
    solved = np.linalg.solve(normal, of_seen)
    above = (seen**2).sum(1) - (of_seen * solved).sum((1, 2))
    below = (seen * target).sum(1) - (of_target * solved).sum((1, 2))
    scale = np.where(below > 1e-6, above / np.maximum(below, 1e-6), 0)
    moves = np.linalg.solve(normal, scale[:, None, None] * of_target - of_seen)[:, :, 0]
    step: NDArray[np.float64] = np.clip(moves, -_FURTHEST, _FURTHEST)
    return step


def _within(windows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keep windows inside the picture, or nearly."""
    sides = np.clip(windows[:, ::2], SMALLEST - 0.1, 1.05)
    starts = np.clip(windows[:, 1::2], -0.03, 1.03 - sides)
    return np.stack([sides[:, 0], starts[:, 0], sides[:, 1], starts[:, 1]], axis=1)


def window_of(pictures: Pictures, windows: NDArray[np.float64], side: int) -> Pictures:
    """Return what lies in the windows, see `Placed`, as (n, side, side)."""
    return _sampled(pictures, windows, side)


def _sampled(pictures: Pictures, windows: NDArray[np.float64], side: int) -> Pictures:
    cells = pictures.shape[-1]
    rows = _sampling(windows[:, 0], windows[:, 1], side, cells)
    columns = _sampling(windows[:, 2], windows[:, 3], side, cells)
    sampled: Pictures = (rows @ pictures @ columns.transpose(0, 2, 1)).astype(
        np.float32, copy=False
    )
    return sampled


def _sampling(
    shares: NDArray[np.float64], starts: NDArray[np.float64], side: int, cells: int
) -> NDArray[np.float32]:
    """Return what `side` equal parts of a stretch take of each of `cells`, (n, side, cells).

    By triangles as wide as a part, and a cell at least: neither gaps nor aliases.
    """
    at = (np.arange(side) + 0.5) / side
    centers = ((shares[:, None] * at + starts[:, None]) * cells - 0.5).astype(np.float32)
    width = np.maximum(1, shares * cells / side).astype(np.float32)[:, None, None]
    away = np.abs(np.arange(cells, dtype=np.float32) - centers[:, :, None]) / width
    near = np.maximum(1 - away, 0).astype(np.float32)
    weights: NDArray[np.float32] = near / np.maximum(near.sum(2, keepdims=True), 1e-6)
    return weights


def _centered(pictures: Pictures) -> Floats:
    flat = pictures.reshape(len(pictures), -1)
    centered: Floats = flat - flat.mean(1, keepdims=True)
    return centered


def _unit(pictures: Pictures) -> Floats:
    flat = _centered(pictures)
    norm = np.sqrt((flat**2).sum(1, keepdims=True) + _NOISE**2 * flat.shape[1])
    unit: Floats = (flat / norm).astype(np.float32)
    return unit


@cache
def _averaging(side: int, reach: int) -> NDArray[np.float32]:
    """Return the matrix that takes the mean of the cells within `reach` of each."""
    at = np.arange(side)
    near = (np.abs(at[:, None] - at) <= reach).astype(np.float32)
    averaging: NDArray[np.float32] = near / near.sum(1, keepdims=True)
    return averaging


@cache
def _shrinking(size: int, side: int) -> NDArray[np.float32]:
    """Return the matrix that makes `size` cells of `side`, by the area that they share."""
    edges = np.arange(size + 1) * side / size
    cells = np.arange(side)
    shared = np.minimum(edges[1:, None], cells + 1) - np.maximum(edges[:-1, None], cells)
    shrinking: Floats = (np.maximum(shared, 0) * size / side).astype(np.float32)
    return shrinking
