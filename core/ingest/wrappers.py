"""Folders around a data set that hold nothing else, as archives and repositories have them."""

from __future__ import annotations

from pathlib import Path

from core.ingest.readers import READERS, source_of
from core.ingest.readers.split_folders import holds_images, subfolders

READ_BY = ("class-folders", "split-folders", "splits-in-classes")
"""Readers of folders by their names alone, which find their way through wrappers themselves."""

DEEPEST = 5


def data_set_in(path: Path) -> Path:
    """Return the folder, below wrappers, of which a reader knows more than names of folders.

    Parameters
    ----------
    path : Path
        A folder.

    Returns
    -------
    Path
        `path` itself where there is none.
    """
    folder = path
    for _ in range(DEEPEST):
        if source_of(folder).format not in READ_BY:
            return folder
        within = subfolders(folder)
        if len(within) != 1 or holds_images(folder):
            break
        folder = folder / within[0]
    return path


def described(folder: Path) -> str:
    """Return what kind of data set a folder is."""
    return READERS[source_of(folder).format].title
