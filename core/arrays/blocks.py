"""Arrays larger than memory, a block of rows at a time."""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

FloatArray = NDArray[np.float32]
Progress = Callable[[int, int], None]

ROWS = 8192
"""Rows of a block, unless another size is given."""

_MOST_ROWS = 16_384
_ENTRIES = 2_000_000


def slices(n: int, size: int | None = None, first: int = 0) -> Iterator[slice]:
    """Yield the blocks of rows `first` to `n` - 1, in order: every row in one of them.

    All loops over blocks of rows are loops over these. Where blocks do not
    depend on each other, see `core.arrays.parallel`.

    Parameters
    ----------
    n : int
        Where the last block ends.
    size : int, optional
        Rows of a block, fewer in the last one; `ROWS` when left out.
    first : int
        Where the first block starts.
    """
    size = size or ROWS
    for start in range(first, n, size):
        yield slice(start, min(start + size, n))


def block_size(n_columns: int) -> int:
    """Return how many rows an array of `n_columns` may have to stay small: 2 million entries."""
    return max(1, min(_MOST_ROWS, _ENTRIES // max(1, n_columns)))


def row_blocks(
    X: NDArray[Any], rows: NDArray[np.intp] | None = None, size: int | None = None
) -> Iterator[FloatArray]:
    """Yield rows of `X` as float32 blocks.

    Parameters
    ----------
    X : float array (n, d)
        In memory or mapped.
    rows : int array, optional
        Only these, in ascending order.
    size : int, optional
        Rows of a block, `ROWS` when left out.
    """
    for part in slices(len(X) if rows is None else len(rows), size):
        selected = part if rows is None else rows[part]
        yield np.asarray(_opened_anew(X)[selected], dtype=np.float32)


def some_rows(X: NDArray[Any], rows: NDArray[np.intp]) -> FloatArray:
    """Return some rows of `X`, ascending, as float32; those beside them leave memory again."""
    # Of a map, the system brings in up to half a megabyte around every row.
    blocks = list(row_blocks(X, rows, 64))
    return np.concatenate(blocks) if blocks else np.empty((0, X.shape[1]), np.float32)


def _opened_anew(X: NDArray[Any]) -> NDArray[Any]:
    """Map the file of `X` once more: pages that were read count as memory as long as a map lives.

    Whatever is no memory map, or a part of one, is returned as it is.
    """
    if not isinstance(X, np.memmap) or not isinstance(X.base, mmap.mmap) or X.filename is None:
        return X
    order = "C" if X.flags.c_contiguous else "F"
    return np.memmap(X.filename, X.dtype, "r", X.offset, X.shape, order)


class RowWriter:
    """Takes the rows of an array in order, into memory or into a ``.npy`` file.

    A file is written as any file is: in a memory map, all that was written
    would count as memory of the process.

    Parameters
    ----------
    path : Path or None
        None for an array in memory.
    shape : tuple of int
    dtype : dtype
    """

    def __init__(self, path: Path | None, shape: tuple[int, int], dtype: DTypeLike) -> None:
        self._path = path
        self._dtype = np.dtype(dtype)
        self._done = 0
        self._rows = np.empty(shape if path is None else (0, 0), self._dtype)
        if path is not None:
            self._file = path.open("wb")
            description = np.lib.format.dtype_to_descr(self._dtype)
            header = {"descr": description, "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(self._file, header)

    def append(self, block: NDArray[Any]) -> None:
        """Write the next rows."""
        if self._path is None:
            self._rows[self._done : self._done + len(block)] = block
        else:
            np.ascontiguousarray(block, self._dtype).tofile(self._file)
        self._done += len(block)

    def finish(self) -> NDArray[Any]:
        """Return the array; of a file, a map that reads."""
        if self._path is None:
            return self._rows
        self._file.close()
        return mapped(self._path)


def mapped(path: Path) -> NDArray[Any]:
    """Map a ``.npy`` file for reading; one without entries cannot be mapped and is read."""
    try:
        array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except ValueError:
        array = np.load(path, allow_pickle=False)
    return array
