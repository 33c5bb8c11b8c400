"""Arrays on disk with one row for each item, that grow with the data set."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.lib import format as npy_format
from numpy.typing import NDArray

from core.arrays.atomic import atomic_write

Rows = NDArray[np.float16]


class RowFile:
    """A float16 ``.npy`` file (count, dimension), open for reading and writing single rows.

    It is made when missing and grown when it is too short; a new row is zero.
    Rows are written as to any file: in a memory map, all that were written
    would count as memory of the process.

    Parameters
    ----------
    path : Path
    count : int
        The least number of rows.
    dimension : int
        Length of a row; a file with rows of another length is replaced.
    """

    def __init__(self, path: Path, count: int, dimension: int) -> None:
        shape = _shape_of(path)
        if shape is None or shape[1] != dimension:
            _make(path, count, dimension)
        elif shape[0] < count:
            _make(path, count, dimension, copied=path)
        self._file = path.open("r+b")
        self._start = _skip_header(self._file)
        self._bytes = dimension * np.dtype(np.float16).itemsize
        self._lock = threading.Lock()

    def read(self, row: int) -> Rows:
        """Return a row; safe under many threads."""
        with self._lock:
            self._file.seek(self._start + row * self._bytes)
            return np.frombuffer(self._file.read(self._bytes), np.float16)

    def write(self, row: int, values: Rows) -> None:
        """Write a row; safe under many threads."""
        with self._lock:
            self._file.seek(self._start + row * self._bytes)
            self._file.write(values.tobytes())

    def flush(self) -> None:
        """Make sure that all rows are on disk."""
        with self._lock:
            self._file.flush()
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def write_rows(path: Path, rows: NDArray[np.intp], values: Rows) -> None:
    """Replace an array, whole or not at all, by one with `values` at `rows`."""
    with atomic_write(path) as partial:
        _make(partial, int(rows.max(initial=-1)) + 1, values.shape[1])
        written = npy_format.open_memmap(partial, mode="r+")
        written[rows] = values
        written.flush()


def _make(path: Path, count: int, dimension: int, copied: Path | None = None) -> None:
    """Write an array of zeros that begins with the rows of `copied`, whole or not at all."""
    with atomic_write(path) as partial, partial.open("wb") as file:
        description = {"descr": "<f2", "fortran_order": False, "shape": (count, dimension)}
        npy_format.write_array_header_1_0(file, description)
        start = file.tell()
        if copied is not None:
            with copied.open("rb") as old:
                _skip_header(old)
                shutil.copyfileobj(old, file)
        file.truncate(start + count * dimension * np.dtype(np.float16).itemsize)


def _shape_of(path: Path) -> tuple[int, ...] | None:
    if not path.exists():
        return None
    shape: tuple[int, ...] = np.load(path, mmap_mode="r", allow_pickle=False).shape
    return shape


def _skip_header(file: BinaryIO) -> int:
    npy_format.read_magic(file)
    npy_format.read_array_header_1_0(file)
    return file.tell()
