"""Looks for the annotation files of a data set without walking through all of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from core.ingest.linked_folders import subfolders
from core.ingest.records import SourceError

FOLDERS_LOOKED_INTO = 100
ENTRIES_LOOKED_AT = 2000
"""Of a folder below, which may hold a hundred thousand images and no folder."""


NAMES_LISTED, MOST_LISTED = 3, 150
"""Files that a sentence names, and characters of them."""


def folders_near(root: Path, names: Iterable[str] = ()) -> Iterator[Path]:
    """Yield a folder and those in it, then those called one of `names` (any case) in these."""
    wanted = {name.casefold() for name in names}
    below = [root / name for name in subfolders(root)[:FOLDERS_LOOKED_INTO]]
    yield root
    yield from below
    for folder in below if wanted else ():
        for name in subfolders(folder, ENTRIES_LOOKED_AT):
            if name.casefold() in wanted:
                yield folder / name


def files_in(folder: Path, *endings: str) -> list[Path]:
    """Return the files of a folder whose names end so, sorted."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.name.lower().endswith(endings)]
    except OSError:
        return []
    return [folder / name for name in sorted(names) if not name.startswith(".")]


def relative_to(root: Path, path: Path) -> str:
    """Return the path of a file as people know it: relative to the data set, if it lies there."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def listed(root: Path, paths: Sequence[Path]) -> str:
    """Return the names of the first of some files, as much of them as fits a sentence."""
    names = ", ".join(relative_to(root, path) for path in paths[:NAMES_LISTED])
    shown = names if len(names) <= MOST_LISTED else f"{names[:MOST_LISTED]}…"
    return f"{shown}, …" if len(paths) > NAMES_LISTED else shown


def folder_of(root: Path, path: Path) -> str:
    """Return the folder of a file relative to the data set; ``""`` where it lies elsewhere."""
    inside = path.parent.is_relative_to(root)
    folder = path.parent.relative_to(root).as_posix() if inside else ""
    return "" if folder == "." else folder


def read_bytes(path: Path, most: int) -> bytes:
    """Return the content of an annotation file.

    Raises
    ------
    SourceError
        When it cannot be read or is larger than `most` bytes.
    """
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except FileNotFoundError:
        raise SourceError(f"There is no file {path}.") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror}).") from None
    if len(data) > most:
        raise SourceError(f"{path} is too large for annotations ({most / 1e6:,.0f} MB at most).")
    return data
