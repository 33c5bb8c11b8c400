"""Reads the files of a data set, whatever lies there, and tells their content by a hash."""

from __future__ import annotations

import functools
import hashlib
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MAX_BYTES = 1_000_000_000
"""The largest file that is read."""

# Opening a pipe without O_NONBLOCK waits for ever for somebody to write into it;
# without O_BINARY, Windows changes line ends.
FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class UnreadableImage(ValueError):
    """An image that cannot be used; the message is the reason in plain words."""


@dataclass(frozen=True)
class Contents:
    """A file as it was read, with the size and time of change it had at that moment."""

    data: bytes
    size: int
    mtime_ns: int

    @functools.cached_property
    def hash(self) -> str:
        """BLAKE2b-128 of the bytes, 32 hexadecimal digits."""
        return content_hash(self.data)


def content_hash(data: bytes) -> str:
    """Return the BLAKE2b-128 hash of `data` as 32 hexadecimal digits."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


OUTSIDE = "the path leads out of the source folder"
"""The reason why a file outside the roots is not read."""


def path_inside(source: Path, relative: str, roots: Sequence[Path] = ()) -> Path:
    """Return the path of an item, links resolved, refusing those that lead elsewhere.

    Parameters
    ----------
    source : Path
        The folder of the data set.
    relative : str
        The item's path.
    roots : sequence of Path
        Further folders that links may lead to.

    Raises
    ------
    UnreadableImage
        When the path, or the link that lies there, leads out of all these folders.
    """
    try:
        path = (source / relative).resolve()
    except (OSError, RuntimeError, ValueError):  # a link to itself, a null character
        raise UnreadableImage("the path leads nowhere") from None
    if not any(path.is_relative_to(root.resolve()) for root in (source, *roots)):
        raise UnreadableImage(OUTSIDE)
    return path


def read_file(path: Path) -> Contents:
    """Read the file at `path`.

    Raises
    ------
    UnreadableImage
        When the file is missing, empty, too large, no file or may not be read.
    """
    try:
        handle = os.open(path, FLAGS)
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(handle)
            _check_status(status)
            return Contents(file.read(), status.st_size, status.st_mtime_ns)
    except (FileNotFoundError, NotADirectoryError):
        raise UnreadableImage("the file is missing") from None
    except IsADirectoryError:
        raise UnreadableImage("it is a folder, not a file") from None
    except OSError as error:
        raise UnreadableImage(f"the file cannot be read ({error.strerror})") from None


def _check_status(status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise UnreadableImage("it is a folder, not a file")
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableImage("it is not a regular file")
    if status.st_size == 0:
        raise UnreadableImage("the file is empty")
    if status.st_size > MAX_BYTES:
        raise UnreadableImage(f"the file is too large ({status.st_size / 1e9:.1f} GB)")
