"""Arrays on disk with one row for each item, that grow with the data set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray


def open_rows(path: Path, count: int, dimension: int) -> np.memmap[Any, Any]:
    """Open the float16 array (count, dimension) at `path` for writing.

    It is made when missing and grown when it is too short; a new row is zero.

    Returns
    -------
    numpy.memmap
        With at least `count` rows.
    """
    if path.exists():
        rows = open_memmap(path, mode="r+")
        if len(rows) >= count and rows.shape[1] == dimension:
            return rows
    partial = path.with_suffix(".partial.npy")
    grown = open_memmap(partial, mode="w+", dtype=np.float16, shape=(count, dimension))
    if path.exists():
        old = open_memmap(path, mode="r")
        if old.shape[1] == dimension:
            grown[: len(old)] = old
    grown.flush()
    partial.replace(path)
    return open_memmap(path, mode="r+")


def write_rows(path: Path, rows: NDArray[np.intp], values: NDArray[np.float16]) -> None:
    """Write an array anew, beside and renamed into place, with `values` at `rows`."""
    partial = path.with_suffix(".partial.npy")
    count = int(rows.max(initial=-1)) + 1
    written = open_memmap(partial, mode="w+", dtype=np.float16, shape=(count, values.shape[1]))
    written[rows] = values
    written.flush()
    partial.replace(path)
