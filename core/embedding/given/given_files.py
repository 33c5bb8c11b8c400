"""Reads what .npy, .npz and Parquet files hold, in blocks, whatever it is for."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from math import prod
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.lib import format as npy_format
from numpy.typing import NDArray

from core.arrays.blocks import slices

if TYPE_CHECKING:
    import pyarrow.parquet as pq

BLOCK_VALUES = 1 << 20
"""Numbers held at a time: 8 MiB as float64."""

ROWS_OF_UNKNOWN_LENGTH = 256
"""Rows held at a time before it is known how long they are."""

NAMELESS = ""
"""Name of the one array of an .npy file."""

Blocks = Iterator[tuple[int, NDArray[Any]]]


class GivenFileError(ValueError):
    """A file of embeddings or predictions that cannot be used; one clear sentence."""


@dataclass(frozen=True)
class Matrix:
    """Rows of numbers in a file, not read yet.

    Attributes
    ----------
    shape : tuple of int
        Rows and columns.
    blocks : callable
        Yields the first row's number and a numeric array (rows, columns),
        in the file's order; each call reads the file anew.
    problems : dict of str to list of int
        Rows for which there is nothing to read, by what is wrong with them;
        while there are any, the blocks cannot be read. ``{}`` in the text is
        their number.
    """

    shape: tuple[int, int]
    blocks: Callable[[], Blocks]
    problems: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Contents:
    """What a file holds, by name; values are read when they are asked for.

    Attributes
    ----------
    texts : dict of str to callable
        One-dimensional text, as a list; where there is nothing it is ``""``.
    matrices : dict of str to callable
        Two-dimensional numbers with at least one column.
    floats : list of str
        Those of `matrices` that are floating point.
    columns : list of str
        Numeric columns of a Parquet file.
    others : dict of str to str
        Everything else, described by its type and shape.
    join : callable or None
        Makes a matrix of some of `columns`; None for NumPy's formats.
    """

    file: Path
    texts: dict[str, Callable[[], list[str]]] = field(default_factory=dict)
    matrices: dict[str, Callable[[], Matrix]] = field(default_factory=dict)
    floats: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    others: dict[str, str] = field(default_factory=dict)
    join: Callable[[Sequence[str]], Matrix] | None = None


def open_contents(file: Path) -> Contents:
    """Look into `file` without reading its numbers.

    Raises
    ------
    GivenFileError
        When it is missing, empty, damaged, of another format or holds Python objects.
    """
    openers = {".npy": _open_npy, ".npz": _open_npz, ".parquet": _open_parquet}
    opener = openers.get(file.suffix.lower())
    if opener is None:
        raise GivenFileError(f"{file} cannot be read; give an .npy, .npz or .parquet file.")
    with _reading(file):
        with file.open("rb") as stream:
            if not stream.read(1):
                raise GivenFileError(f"{file} is empty.")
        return opener(file)


def rows_in_block(columns: int) -> int:
    """Return how many rows of so many columns are held at a time."""
    return max(1, BLOCK_VALUES // max(1, columns))


@contextmanager
def _reading(file: Path) -> Iterator[None]:
    """Turn the many errors of the libraries into one sentence."""
    damaged = f"{file} is damaged or is not {file.suffix.lower()}; write it again."
    try:
        yield
    except GivenFileError:
        raise
    except FileNotFoundError:
        raise GivenFileError(f"There is no file {file}.") from None
    except OSError as error:
        # Arrow reports damage as an OSError that no operating system has numbered.
        reason = f"{file} cannot be read ({error.strerror})." if error.strerror else damaged
        raise GivenFileError(reason) from None
    except (ValueError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error):
        raise GivenFileError(damaged) from None


class _Header(NamedTuple):
    """The header of an array in NumPy's format; `offset` is where its values start."""

    shape: tuple[int, ...]
    fortran: bool
    dtype: np.dtype[Any]
    offset: int


def _header(file: Path, stream: IO[bytes], size: int) -> _Header:
    version = npy_format.read_magic(stream)
    # Versions 2 and 3 differ in the encoding of field names, and fields are not read.
    first = version == (1, 0)
    read = npy_format.read_array_header_1_0 if first else npy_format.read_array_header_2_0
    try:
        shape, fortran, dtype = read(stream)
    except Exception:
        # NumPy lets errors of Python's own parser through, of many kinds.
        raise ValueError("The header is damaged.") from None
    if dtype.hasobject:
        raise GivenFileError(
            f"{file} holds pickled Python objects, which are never opened; save numbers as"
            " float32 and text with dtype=str."
        )
    header = _Header(shape, fortran, dtype, stream.tell())
    # Sizes are checked against the length of the file, or memory would be allocated in vain.
    if min(shape, default=0) < 0 or header.offset + prod(shape) * dtype.itemsize > size:
        raise ValueError("The array is cut short.")
    return header


def _is_matrix(header: _Header) -> bool:
    return len(header.shape) == 2 and header.shape[1] > 0 and header.dtype.kind in "fiu"


def _described(header: _Header) -> str:
    kind = "text" if header.dtype.kind in "US" else header.dtype.name
    return f"{kind} of shape {header.shape}"


def _open_npy(file: Path) -> Contents:
    with file.open("rb") as stream:
        header = _header(file, stream, file.stat().st_size)
    if not _is_matrix(header):
        return Contents(file, others={NAMELESS: _described(header)})

    def blocks() -> Blocks:
        with _reading(file):
            yield from _row_blocks(np.load(file, mmap_mode="r", allow_pickle=False))

    matrix = Matrix((header.shape[0], header.shape[1]), blocks)
    return Contents(file, matrices={NAMELESS: lambda: matrix})


def _row_blocks(values: NDArray[Any]) -> Blocks:
    for part in slices(len(values), rows_in_block(values.shape[1])):
        yield part.start, values[part]


def _open_npz(file: Path) -> Contents:
    contents = Contents(file)
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            if not member.filename.endswith(".npy"):
                continue
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise ValueError("NumPy does not compress like this.")
            with archive.open(member) as stream:
                header = _header(file, stream, member.file_size)
            name = member.filename.removesuffix(".npy")
            if _is_matrix(header):
                contents.matrices[name] = partial(_member_matrix, file, member.filename, header)
                if header.dtype.kind == "f":
                    contents.floats.append(name)
            elif len(header.shape) == 1 and header.dtype.kind in "US":
                contents.texts[name] = partial(_member_text, file, member.filename, header)
            else:
                contents.others[name] = _described(header)
    return contents


def _member_text(file: Path, member: str, header: _Header) -> list[str]:
    with _reading(file), zipfile.ZipFile(file) as archive:
        values = np.frombuffer(archive.read(member)[header.offset :], header.dtype).tolist()
        return [value.decode() if isinstance(value, bytes) else value for value in values]


def _member_matrix(file: Path, member: str, header: _Header) -> Matrix:
    rows, columns = header.shape

    def blocks() -> Blocks:
        with (
            _reading(file),
            zipfile.ZipFile(file) as archive,
            archive.open(member) as stream,
        ):
            stream.read(header.offset)
            if header.fortran:
                # Its rows lie scattered over the whole member, which cannot be mapped.
                whole = np.frombuffer(stream.read(), header.dtype)
                yield from _row_blocks(whole.reshape(header.shape, order="F"))
                return
            for part in slices(rows, rows_in_block(columns)):
                count = part.stop - part.start
                data = stream.read(count * columns * header.dtype.itemsize)
                yield part.start, np.frombuffer(data, header.dtype).reshape(count, columns)

    return Matrix((rows, columns), blocks)


def _open_parquet(file: Path) -> Contents:
    with _parquet(file) as parquet:
        schema, rows = parquet.schema_arrow, parquet.metadata.num_rows
    contents = Contents(file, join=partial(_columns_matrix, file, rows))
    for column in schema:
        if schema.names.count(column.name) > 1:
            raise GivenFileError(f"{file} has more than one column {column.name!r}.")
        if _is_text(column.type):
            contents.texts[column.name] = partial(_column_text, file, column.name)
        elif _is_number(column.type):
            contents.columns.append(column.name)
        elif _is_list(column.type) and _is_number(column.type.value_type):
            contents.matrices[column.name] = partial(_lists_matrix, file, column.name)
            contents.floats.append(column.name)
        else:
            contents.others[column.name] = str(column.type)
    return contents


def _parquet(file: Path) -> pq.ParquetFile:
    import pyarrow.parquet as pq

    # By default whole row groups are held, and many writers make one group of everything.
    return pq.ParquetFile(file, pre_buffer=False, buffer_size=1 << 16)


def _is_text(kind: Any) -> bool:
    from pyarrow import types

    kind = kind.value_type if types.is_dictionary(kind) else kind
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _is_number(kind: Any) -> bool:
    from pyarrow import types

    return bool(types.is_integer(kind) or types.is_floating(kind))


def _is_list(kind: Any) -> bool:
    from pyarrow import types

    return bool(types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind))


def _batches(file: Path, names: Sequence[str], rows: int) -> Iterator[Any]:
    with _reading(file), _parquet(file) as parquet:
        yield from parquet.iter_batches(batch_size=rows, columns=list(names))


def _column_text(file: Path, name: str) -> list[str]:
    batches = _batches(file, [name], rows_in_block(1))
    with _reading(file):
        return [value or "" for batch in batches for value in batch.column(name).to_pylist()]


def _columns_matrix(file: Path, rows: int, names: Sequence[str]) -> Matrix:
    def blocks() -> Blocks:
        start = 0
        for batch in _batches(file, names, rows_in_block(len(names))):
            values = [batch.column(name).to_numpy(zero_copy_only=False) for name in names]
            yield start, np.stack(values, axis=1)
            start += batch.num_rows
        if start != rows:
            raise GivenFileError(f"{file} is damaged: {start} of its {rows} rows can be read.")

    return Matrix((rows, len(names)), blocks)


def _lists_matrix(file: Path, name: str) -> Matrix:
    from pyarrow import compute

    found = [
        compute.list_value_length(batch.column(name)).fill_null(-1).to_numpy(zero_copy_only=False)
        for batch in _batches(file, [name], ROWS_OF_UNKNOWN_LENGTH)
    ]
    lengths = np.concatenate([np.zeros(0, np.int64), *found])
    values, counts = np.unique(lengths, return_counts=True)
    usual = int(values[counts.argmax()]) if len(values) else 0
    if len(values) and usual <= 0:
        raise GivenFileError(f"The lists in the column {name!r} of {file} are empty.")

    def blocks() -> Blocks:
        start = 0
        for batch in _batches(file, [name], rows_in_block(usual)):
            flat = batch.column(name).flatten().to_numpy(zero_copy_only=False)
            yield start, flat.reshape(batch.num_rows, usual)
            start += batch.num_rows

    uneven = np.flatnonzero(lengths != usual).tolist()
    problems = {"{} of another length than the others": uneven}
    return Matrix((len(lengths), usual), blocks, problems)
