"""Copies by evidence of their own: thumbnails of the same picture, cell by cell."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.arrays.blocks import slices
from core.findings.alignment import Placed, refine, window_of
from core.findings.pixel_table import PixelTable
from core.findings.proposals import Pairs, Proposals, proposals
from core.neighbors import Graph, near_pairs

Thumbnails = Callable[[int], bytes | None]
"""Returns the thumbnail of the item in a row, a JPEG; None where there is none."""

SIDE = 64
"""Cells of the square that a thumbnail is read as."""

GRIDS = (16, 32, 48)
"""Cells a side at which two pictures are compared, one after the other: where they
lie on each other in the coarse decides where the fine is looked for."""

LEAST = {16: 0.97, 32: 0.93, 48: 0.93}
"""Agreement from which two pictures are copies, on the finest grid that fits both."""

CROP, LEAST_OF_CROP = 0.85, 0.88
"""Share of the whole below which a window is a crop, which agrees less: its cells are others."""

_PIXELS_PER_CELL = 2
"""A side must have in the smaller picture, for a grid: a JPEG keeps no finer detail."""

_PASSING = 0.75
"""Agreement on a coarse grid below which no finer one is looked at."""

_COLORED, _GRAY = 4.0, 1.5
"""Levels of color, as a root mean square: a difference that is none, and that of a gray picture."""

_SAME_COLORS = 0.5
"""Difference in color, as a share of the color there is, beyond which pictures are two."""

_BLOCK = 256


class Copies(NamedTuple):
    """Pairs of items that are copies.

    Attributes
    ----------
    pairs : int array (m, 2)
        Rows, the lower first.
    scores : float32 array (m,)
        How well the pictures agree, or the cosine of the embeddings.
    is_verified : bool array (m,)
        Whether the pictures were compared; where there are none, nearly identical
        embeddings are all that speaks for a pair.
    """

    pairs: Pairs
    scores: NDArray[np.float32]
    is_verified: NDArray[np.bool_]


def find_copies(
    graph: Graph,
    pixels: PixelTable,
    thumbnails: Thumbnails,
    update: Callable[[int, int], None] = lambda done, total: None,
) -> Copies:
    """Find the pairs of items that show one picture.

    Proposed are pairs of near neighbors and of like sketches; then their thumbnails are
    aligned, which finds crops and mirror images, and must agree in contrast and in color.
    A change of size, of quality or of brightness, and the loss of color, alter neither.

    Parameters
    ----------
    graph : Graph
        Of n items.
    pixels : PixelTable
        Of the same items.
    thumbnails : callable
    update : callable
        Called with pairs compared and pairs in all.
    """
    proposed = proposals(graph, pixels)
    scores = np.full(len(proposed.pairs), np.nan, np.float32)
    with ThreadPoolExecutor(2) as pool:
        for rows in slices(len(scores), _BLOCK):
            scores[rows] = _agreements(proposed.taken(rows), pixels, thumbnails, pool)
            update(rows.stop, len(scores))
    is_copy = scores > 0
    alone = _by_embedding(graph, proposed.pairs[np.isnan(scores)])
    return Copies(
        np.concatenate([proposed.pairs[is_copy], alone.pairs]),
        np.concatenate([scores[is_copy], alone.scores]),
        np.concatenate([np.ones(is_copy.sum(), bool), alone.is_verified]),
    )


def _by_embedding(graph: Graph, unseen: Pairs) -> Copies:
    """Return those of some pairs that no picture tells, whose embeddings are nearly identical."""
    rows, columns, cosines = near_pairs(graph)
    near = {(min(a, b), max(a, b)): s for a, b, s in zip(rows, columns, cosines, strict=True)}
    found = [(pair, near[pair]) for pair in map(tuple, unseen.tolist()) if pair in near]
    pairs = np.array([pair for pair, _ in found], np.intp).reshape(-1, 2)
    return Copies(pairs, np.array([s for _, s in found], np.float32), np.zeros(len(found), bool))


def _agreements(
    block: Proposals, pixels: PixelTable, thumbnails: Thumbnails, pool: ThreadPoolExecutor
) -> NDArray[np.float32]:
    """Return how well each pair agrees; 0 of those that are no copies, NaN of those unseen."""
    rows, at = np.unique(block.pairs, return_inverse=True)
    read = list(pool.map(lambda row: _planes(thumbnails(int(row))), rows))
    has = np.array([planes is not None for planes in read], bool)
    planes = np.stack([np.zeros((3, SIDE, SIDE), np.float32) if p is None else p for p in read])
    ones, others = (at.reshape(-1, 2)[:, side] for side in (0, 1))
    seen = np.flatnonzero(has[ones] & has[others])
    scores = np.full(len(block.pairs), np.nan, np.float32)
    if not len(seen):
        return scores
    first = block.parts[seen] == 1
    whole, part = (
        np.where(first, ones[seen], others[seen]),
        np.where(first, others[seen], ones[seen]),
    )
    parts = np.where(
        block.is_mirrored[seen][:, None, None, None], planes[part][..., ::-1], planes[part]
    )
    finest = _finest_grids(block.pairs[seen], pixels)
    scores[seen] = _aligned(planes[whole], parts, block.windows[seen], finest)
    return scores


def _planes(thumbnail: bytes | None) -> NDArray[np.float32] | None:
    """Read a thumbnail as brightness, Cb and Cr, (3, SIDE, SIDE)."""
    if thumbnail is None:
        return None
    try:
        with Image.open(io.BytesIO(thumbnail), formats=("JPEG",)) as file:
            file.draft("YCbCr", (2 * SIDE, 2 * SIDE))
            small = file.convert("YCbCr").resize((SIDE, SIDE), Image.Resampling.BOX)
    except (OSError, SyntaxError, ValueError):
        return None  # cut off on a full disk; there is no evidence then
    planes: NDArray[np.float32] = np.asarray(small, np.float32).transpose(2, 0, 1)
    return planes


def _finest_grids(pairs: Pairs, pixels: PixelTable) -> NDArray[np.intp]:
    """Return the index of the finest of `GRIDS` for the smaller picture of each pair."""
    sides = np.fmin(pixels["width"], pixels["height"])
    smaller = np.nan_to_num(np.fmin(sides[pairs[:, 0]], sides[pairs[:, 1]]), nan=np.inf)
    enough = [smaller >= _PIXELS_PER_CELL * grid for grid in GRIDS[1:]]
    finest: NDArray[np.intp] = np.sum(enough, axis=0)
    return finest


def _aligned(
    wholes: NDArray[np.float32],
    parts: NDArray[np.float32],
    windows: NDArray[np.float64],
    finest: NDArray[np.intp],
) -> NDArray[np.float32]:
    """Return how well parts agree with what they are laid on; 0 of those that are no copies."""
    scores = np.zeros(len(wholes), np.float32)
    going = np.arange(len(wholes))
    wholes, parts, windows = _larger_first(wholes, parts, windows)
    for level, grid in enumerate(GRIDS):
        placed = refine(wholes[going, 0], parts[going, 0], windows[going], grid)
        windows[going] = placed.windows
        is_crop = placed.windows[:, 0] * placed.windows[:, 2] < CROP
        least = np.where(is_crop & (level > 0), LEAST_OF_CROP, LEAST[grid])
        ends = (finest[going] == level) & (placed.scores >= least)
        scores[going[ends]] = placed.scores[ends]
        going = going[(finest[going] > level) & (placed.scores >= _PASSING)]
        if not len(going):
            break
    found = np.flatnonzero(scores)
    if len(found):
        scores[found[~_same_colors(wholes[found], parts[found], windows[found])]] = 0
    return scores


def _larger_first(
    wholes: NDArray[np.float32], parts: NDArray[np.float32], windows: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float64]]:
    """Place parts in the coarse, and exchange the two where it is the part that shows more."""
    tried = [
        refine(wholes[:, 0], parts[:, 0], begin, GRIDS[0])
        for begin in (windows, _everything(len(windows)))
    ]
    windows = _better(*tried).windows
    shows_more = windows[:, 0] * windows[:, 2] > 1
    around = shows_more[:, None, None, None]
    sides = windows[:, ::2]
    inverse = np.stack([1 / sides, -windows[:, 1::2] / sides], axis=2).reshape(-1, 4)
    return (
        np.where(around, parts, wholes),
        np.where(around, wholes, parts),
        np.where(shows_more[:, None], inverse, windows),
    )


def _everything(n: int) -> NDArray[np.float64]:
    """Return windows that hold all of `n` pictures."""
    return np.tile([1.0, 0.0, 1.0, 0.0], (n, 1))


def _better(one: Placed, other: Placed) -> Placed:
    """Return of each pair the placing that agrees better."""
    is_better = other.scores > one.scores
    return Placed(
        np.where(is_better, other.scores, one.scores),
        np.where(is_better[:, None], other.windows, one.windows),
    )


def _same_colors(
    wholes: NDArray[np.float32], parts: NDArray[np.float32], windows: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Tell for each pair whether it has the same colors, or one of the two none."""
    ones, others = (
        np.stack([window_of(planes[:, at], where, 8) - 128 for at in (1, 2)], axis=1)
        for planes, where in ((wholes, windows), (parts, _everything(len(parts))))
    )
    amounts = np.stack([_root_mean_square(one) for one in (ones, others)])
    differences = _root_mean_square(ones - others)
    alike = differences <= np.maximum(_SAME_COLORS * amounts.max(axis=0), _COLORED)
    same: NDArray[np.bool_] = alike | (amounts.min(axis=0) < _GRAY)
    return same


def _root_mean_square(values: NDArray[np.float32]) -> NDArray[np.float32]:
    mean: NDArray[np.float32] = np.sqrt((values**2).mean(axis=(1, 2, 3)))
    return mean
