"""Files that appear whole or not at all."""

from __future__ import annotations

import ctypes
import glob
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; what is written there takes its place at the end.

    Until then, and for good where the block raises, `path` is what it was. Of
    several writers the last to finish wins; each has a temporary path of its
    own, with the suffix of `path`, since some writers append one that is missing.

    The rename is atomic for other processes, but nothing is synced: where the
    power may fail before the system has written the data, sync it in the block.
    A process that is killed in the block leaves its ``*.partial*`` file behind;
    see `remove_partial`.

    Parameters
    ----------
    path : Path
        In a folder that exists.
    """
    partial = path.with_name(f"{path.stem}.{uuid.uuid4().hex}.partial{path.suffix}")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def remove_partial(folder: Path, stem: str = "", older_than: float = 0.0) -> None:
    """Remove what processes that were killed while they wrote have left in `folder`.

    Only where no other process writes there at present.

    Parameters
    ----------
    folder : Path
    stem : str
        With which the names of what they were to write begin.
    older_than : float
        Seconds for which nothing has happened to it, where another may write there.
    """
    before = time.time() - older_than
    for leftover in folder.glob(f"{glob.escape(stem)}*.{'[0-9a-f]' * 32}.partial*"):
        if older_than and leftover.lstat().st_mtime > before:
            continue
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Yield an empty folder beside `path`; with what is in it, it takes the place of that.

    Until then, and for good where the block raises, `path` is what it was. Where
    the system can exchange two folders at once, `path` is never missing.

    Parameters
    ----------
    path : Path
        In a folder that exists; a folder, or nothing yet.
    """
    partial = path.with_name(f"{path.name}.{uuid.uuid4().hex}.partial")
    partial.mkdir()
    try:
        yield partial
        if not path.exists():
            partial.rename(path)
        elif not _exchanged(partial, path):
            former = path.with_name(f"{path.name}.{uuid.uuid4().hex}.partial")
            path.rename(former)
            partial.rename(path)
            shutil.rmtree(former)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


_AT_FDCWD, _EXCHANGE, _SWAP = -100, 2, 2


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in one step, where the system can; tell whether it has."""
    if os.name != "posix":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(one), os.fsencode(other)
    if hasattr(libc, "renameat2"):  # Linux
        return bool(libc.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _EXCHANGE) == 0)
    if hasattr(libc, "renamex_np"):  # macOS
        return bool(libc.renamex_np(*names, _SWAP) == 0)
    return False
