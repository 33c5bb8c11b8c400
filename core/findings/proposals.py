"""Which pairs of items may be copies: by their embeddings, or by a sketch of the pixels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import slices
from core.findings.alignment import agreement, contrast, search
from core.findings.pixel_table import PixelTable
from core.neighbors import Graph, near_pairs, nearest

Pairs = NDArray[np.intp]

PROPOSED = 10
"""Nearest neighbors of an item, by embedding, that are compared with it as they are."""

CROPS_PROPOSED = 3
"""Of them, those that are searched for crops, where they are nearer than usual."""

SKETCHES_PROPOSED = 2
"""Items of the most similar sketch that are compared with an item."""

MOST_SKETCHES = 125_000
"""Items whose sketches are compared each with all: a minute's work."""

ALIKE, CROP_ALIKE = 0.8, 0.65
"""Agreement of sketches from which a pair is looked at closely."""

_REACH = 3
"""Cells around each that a sketch is compared with: a fifth of its side."""

_BLOCK = 512


class Proposals(NamedTuple):
    """Pairs of rows to look at closely.

    Attributes
    ----------
    pairs : int array (m, 2)
        The lower row first.
    parts : int array (m,)
        Which of the two may be part of the other, 0 or 1.
    is_mirrored : bool array (m,)
        Whether one has to be mirrored.
    windows : float64 array (m, 4)
        Where the part lies, see `core.findings.alignment.Placed`.
    """

    pairs: Pairs
    parts: NDArray[np.intp]
    is_mirrored: NDArray[np.bool_]
    windows: NDArray[np.float64]

    def taken(self, at: slice | NDArray[np.intp]) -> Proposals:
        """Return some of them."""
        return Proposals(self.pairs[at], self.parts[at], self.is_mirrored[at], self.windows[at])

    @classmethod
    def joined(cls, many: list[Proposals]) -> Proposals:
        """Return all of `many` one after the other."""
        return cls(
            np.concatenate([one.pairs for one in many]),
            np.concatenate([one.parts for one in many]),
            np.concatenate([one.is_mirrored for one in many]),
            np.concatenate([one.windows for one in many]),
        )


def proposals(graph: Graph, pixels: PixelTable) -> Proposals:
    """Return the pairs whose sketches agree, and those of nearly identical embeddings.

    Parameters
    ----------
    graph : Graph
        Of n items.
    pixels : PixelTable
        Of the same items; pairs without a sketch come of the embeddings alone.
    """
    known = pixels.has_sketch
    near = unique_pairs(*near_pairs(graph)[:2])
    direct = np.concatenate([_nearest_pairs(graph, PROPOSED), _pairs_of_sketches(pixels), near])
    direct = np.unique(direct, axis=0)
    compared = known[direct].all(axis=1)
    placed = [_compared(direct[compared], pixels)]
    crops = _nearest_pairs(graph, CROPS_PROPOSED, _usual(graph))
    crops = crops[known[crops].all(axis=1)]
    placed.append(_searched(crops, pixels))
    unknown = direct[~compared]
    unknown = unknown[_is_among(unknown, near)]
    placed.append(_whole(unknown, np.zeros(len(unknown), bool)))
    found = Proposals.joined(placed)
    # The same pair may be proposed as it is and as a crop; the crop is placed better.
    _, last = np.unique(found.pairs[::-1], axis=0, return_index=True)
    kept = len(found.pairs) - 1 - last
    return found.taken(kept)


def unique_pairs(ones: Pairs, others: Pairs) -> Pairs:
    """Return pairs of two different rows, each once, the lower row first, (m, 2)."""
    pairs = np.sort(np.stack([ones, others], axis=1).astype(np.intp), axis=1)
    return np.unique(pairs[pairs[:, 0] < pairs[:, 1]], axis=0)


def _usual(graph: Graph) -> float:
    """Return the similarity to the nearest neighbor that half of the items have."""
    return float(np.median(graph.similarities[:, 0])) if graph.similarities.size else 1.0


def _nearest_pairs(graph: Graph, k: int, least: float = -1.0) -> Pairs:
    """Return the pairs of items and their `k` nearest neighbors that are at least so similar."""
    k = min(k, graph.indices.shape[1])
    rows, columns = np.nonzero(np.asarray(graph.similarities[:, :k]) >= least)
    return unique_pairs(rows, np.asarray(graph.indices[:, :k], np.intp)[rows, columns])


def _pairs_of_sketches(pixels: PixelTable) -> Pairs:
    """Return the pairs of items and those of the most similar sketch."""
    known = np.flatnonzero(pixels.has_sketch & ~pixels.is_blank)
    if not 2 <= len(known) <= MOST_SKETCHES:
        return np.empty((0, 2), np.intp)
    cells = contrast(pixels.gray(known), _REACH).reshape(len(known), 8, 2, 8, 2).mean((2, 4))
    vectors = cells.reshape(len(known), -1)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1.0)
    graph = nearest(vectors, SKETCHES_PROPOSED)
    pairs = _nearest_pairs(graph, SKETCHES_PROPOSED, ALIKE)
    found: Pairs = known[pairs]
    return found


def _is_among(pairs: Pairs, others: Pairs) -> NDArray[np.bool_]:
    size = 1 + max(int(pairs.max(initial=0)), int(others.max(initial=0)))
    return np.isin(pairs @ np.array([size, 1]), others @ np.array([size, 1]))


def _whole(pairs: Pairs, is_mirrored: NDArray[np.bool_]) -> Proposals:
    """Return pairs of which neither is a crop."""
    windows = np.tile([1.0, 0.0, 1.0, 0.0], (len(pairs), 1))
    return Proposals(pairs, np.ones(len(pairs), np.intp), is_mirrored, windows)


def _compared(pairs: Pairs, pixels: PixelTable) -> Proposals:
    """Return the pairs whose sketches agree as they are, or one of them mirrored."""
    parts = [_whole(pairs[:0], np.zeros(0, bool))]
    for rows in slices(len(pairs), _BLOCK):
        block = pairs[rows]
        one, other = (contrast(pixels.gray(block[:, side]), _REACH) for side in (0, 1))
        upright, mirrored = agreement(one, other), agreement(one, other[:, :, ::-1])
        kept = np.maximum(upright, mirrored) >= ALIKE
        parts.append(_whole(block[kept], (mirrored > upright)[kept]))
    return Proposals.joined(parts)


def _searched(pairs: Pairs, pixels: PixelTable) -> Proposals:
    """Return the pairs of which one agrees with a part of the other, or its mirror image."""
    parts = [_whole(pairs[:0], np.zeros(0, bool))]
    for rows in slices(len(pairs), _BLOCK):
        block = pairs[rows]
        one, other = (contrast(pixels.gray(block[:, side]), _REACH) for side in (0, 1))
        tried = [
            search(whole, part[:, :, ::-1] if mirrored else part)
            for whole, part in ((one, other), (other, one))
            for mirrored in (False, True)
        ]
        scores = np.stack([placed.scores for placed in tried])
        best = scores.argmax(axis=0)
        kept = np.flatnonzero(scores.max(axis=0) >= CROP_ALIKE)
        windows = np.stack([placed.windows for placed in tried])[best[kept], kept]
        part_of = np.where(best[kept] < 2, 1, 0)
        parts.append(Proposals(block[kept], part_of, best[kept] % 2 == 1, windows))
    return Proposals.joined(parts)
