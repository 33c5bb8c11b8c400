"""The folder of the neighbors on disk: written beside, renamed into place, memory-mapped.

========================  =====================================================
``ids.npy``               str (n,), the items in the order of all rows here
``contents.npy``          bytes (n,), the hash of the content each was made from
``vectors.npy``           float16 (n, m), half-whitened embeddings, unit rows
``indices.npy``           int32 (n, k), rows of the nearest, nearest first
``similarities.npy``      float32 (n, k), their cosines
``whitening.npz``         what ``HalfWhitening.load`` reads
``facts.json``           `GraphInfo`
========================  =====================================================
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from numpy.typing import NDArray

from core.arrays.blocks import mapped

ARRAYS = ("ids", "contents", "vectors", "indices", "similarities")
WHITENING = "whitening.npz"
INFO = "facts.json"

_ATTEMPTS = 5
_MOMENT = 0.01


class GraphInfo(NamedTuple):
    """What is stored of the neighbors as a whole.

    Attributes
    ----------
    method : str
        See `Graph`.
    recall : float
    k : int
        Length of the lists.
    made_with : str
        The embeddings' key.
    fitted_on : int
        Items that there were when the whitening was fitted.
    unseen : int
        Items that have come or gone since.
    """

    method: str
    recall: float
    k: int
    made_with: str
    fitted_on: int
    unseen: int


def is_whole(folder: Path) -> bool:
    """Whether `folder` holds all of its files."""
    names = [*(f"{name}.npy" for name in ARRAYS), WHITENING, INFO]
    return all((folder / name).is_file() for name in names)


def map_arrays(folder: Path, names: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Map arrays of `folder` for reading, all of one version even while it is being replaced.

    Raises
    ------
    FileNotFoundError
        When one is missing.
    """
    for _ in range(_ATTEMPTS - 1):
        with suppress(FileNotFoundError):
            return _map_at_once(folder, names)
        time.sleep(_MOMENT)  # it may be on its way
    return _map_at_once(folder, names)


def _map_at_once(folder: Path, names: Sequence[str]) -> dict[str, NDArray[Any]]:
    handle = os.open(folder, os.O_RDONLY)  # while it is open, no other folder has its number
    try:
        arrays = {name: mapped(folder / f"{name}.npy") for name in names}
        if os.path.samestat(os.fstat(handle), folder.stat()):
            return arrays
    finally:
        os.close(handle)
    raise FileNotFoundError(f"{folder} was replaced while it was read.")


def read_info(folder: Path) -> GraphInfo:
    """Read what `write_info` wrote."""
    return GraphInfo(**json.loads((folder / INFO).read_text(encoding="utf-8")))


def write_info(folder: Path, info: GraphInfo) -> None:
    """Write `info` into `folder`."""
    (folder / INFO).write_text(json.dumps(info._asdict(), indent=1), encoding="utf-8")


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """Yield an empty folder that takes the place of `folder` when all went well.

    Maps of the old files stay readable as long as they are open.
    """
    tidy(folder)
    partial, aside = _beside(folder)
    partial.mkdir()
    yield partial
    if folder.exists():
        folder.rename(aside)
    partial.rename(folder)
    shutil.rmtree(aside, ignore_errors=True)


def tidy(folder: Path) -> None:
    """Undo what a process that was killed inside `replacing` left behind."""
    partial, aside = _beside(folder)
    if aside.exists() and not folder.exists():
        aside.rename(folder)
    for leftover in (partial, aside):
        shutil.rmtree(leftover, ignore_errors=True)


def _beside(folder: Path) -> tuple[Path, Path]:
    return folder.with_name(f"{folder.name}.partial"), folder.with_name(f"{folder.name}.old")
