"""Folders around a data set that hold nothing else, as archives and repositories have them."""

from __future__ import annotations

from pathlib import Path

from core.audit.source import Source
from core.ingest.linked_folders import subfolders
from core.ingest.readers import READERS, source_of
from core.ingest.readers.class_folders import CLASSES_IN
from core.ingest.readers.split_folders import holds_images

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


def data_set_of_its_own(source: Source) -> str | None:
    """Say that a source is a wrapper around a folder that another reader reads; None where not."""
    if source.format not in READ_BY or CLASSES_IN in source.options or not source.path.is_dir():
        return None
    folder = data_set_in(source.path)
    if folder == source.path:
        return None
    kind = READERS[source_of(folder).format].title
    return f"{folder.relative_to(source.path)} is a data set of its own ({kind}); give {folder}."
