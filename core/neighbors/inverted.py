"""Approximate search in an inverted file, tuned to a target recall."""

from __future__ import annotations

from collections.abc import Iterator
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import row_blocks
from core.neighbors.exact import NeighborLists, without_self
from core.neighbors.recall import GroundTruth

_ROUNDS = 8
_TRAINED_ON = 50
_LARGEST_FACTOR = 32


def n_cells(n: int) -> int:
    """Return the number of cells of `n` vectors: twice the square root."""
    return max(1, 2 * isqrt(n))


class InvertedFile:
    """Vectors assigned to cells, of which a query probes the nearest.

    The cells are those of a spherical k-means on a sample. In a cell, vectors
    are compared through short codes (product quantization [1]_, two entries to
    four bits); the best by code are re-ranked in float16.

    Parameters
    ----------
    vectors : float16 array (n, m)
        Rows of unit length; in memory or mapped.
    random_state : int

    Attributes
    ----------
    probes : int
        Cells that a query probes.
    factor : int
        How many times k candidates are re-ranked.

    References
    ----------
    .. [1] F. André, A.-M. Kermarrec, N. Le Scouarnec, "Cache locality is not
       enough: high-performance nearest neighbor search with product
       quantization fast scan", PVLDB 9(4), 2015.
    """

    def __init__(self, vectors: NDArray[np.float16], random_state: int = 0) -> None:
        import faiss

        n, m = vectors.shape
        self._n, self._width = n, m + m % 2  # codes are of pairs of entries
        self.cells = n_cells(n)
        inner = faiss.METRIC_INNER_PRODUCT
        self._coarse = faiss.IndexFlatIP(self._width)
        self._codes = faiss.IndexIVFPQFastScan(
            self._coarse, self._width, self.cells, self._width // 2, 4, inner
        )
        self._codes.by_residual = True
        clustering = self._codes.cp
        clustering.niter, clustering.seed, clustering.spherical = _ROUNDS, random_state, True
        clustering.min_points_per_centroid = 1
        clustering.max_points_per_centroid = _TRAINED_ON
        rng = np.random.default_rng(random_state)
        sample = np.sort(rng.choice(n, min(n, _TRAINED_ON * self.cells), replace=False))
        self._codes.train(
            np.concatenate([self._padded(b) for b in row_blocks(vectors, sample, 1024)])
        )
        self._exact = faiss.IndexScalarQuantizer(self._width, faiss.ScalarQuantizer.QT_fp16, inner)
        for block in row_blocks(vectors):
            rows = self._padded(block)
            self._codes.add(rows)
            self._exact.add_sa_codes(rows.astype(np.float16).view(np.uint8))
        self._index = faiss.IndexRefine(self._codes, self._exact)
        self.probes, self.factor = 4, 2

    def search(self, rows: NDArray[np.intp], vectors: NDArray[Any], k: int) -> NeighborLists:
        """Find the `k` nearest others of some rows.

        Parameters
        ----------
        rows : int array (q,)
        vectors : float array (q, m)
            Those rows.
        k : int
        """
        self._codes.nprobe = min(self.probes, self.cells)
        self._index.k_factor = self.factor
        queries = self._padded(np.asarray(vectors, np.float32))
        similarities, indices = self._index.search(queries, k + 1)
        return without_self(NeighborLists(indices.astype(np.int32), similarities), rows)

    def tuned(self, truth: GroundTruth) -> Iterator[float]:
        """Yield the recall, and again whenever `probes` or `factor` was tuned.

        Of the two, the one is doubled that helps more.
        """

        def recall(probes: int, factor: int) -> float:
            self.probes, self.factor = probes, factor
            return truth.recall(self.search(truth.rows, truth.vectors, truth.k).similarities)

        yield recall(self.probes, self.factor)
        while self.probes < self.cells:
            wider, deeper = (2 * self.probes, self.factor), (self.probes, 2 * self.factor)
            best = recall(*wider)
            if deeper[1] <= _LARGEST_FACTOR and (other := recall(*deeper)) > best:
                best = other
            else:
                self.probes, self.factor = wider
            yield best

    def _padded(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.pad(block, ((0, 0), (0, self._width - block.shape[1])))
