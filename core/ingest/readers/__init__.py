"""Readers: what a data set says about itself, as records of path and label."""

from __future__ import annotations

from pathlib import Path

from core.ingest.readers.class_folders import read_folder
from core.ingest.readers.csv_table import read_table
from core.ingest.records import Listing, Record, SourceError

__all__ = ["Listing", "Record", "SourceError", "read_source"]


def read_source(root: Path, labels: Path | None = None) -> Listing:
    """List the images under `root` with their given labels.

    Parameters
    ----------
    root : Path
        A folder of class folders or, with `labels`, any folder.
    labels : Path or None
        A CSV file with the columns ``path`` (relative to `root`) and ``label``.

    Raises
    ------
    SourceError
        When the data set cannot be understood; the message is one sentence.
    """
    if not root.exists():
        raise SourceError(f"There is no folder {root}.")
    if not root.is_dir():
        raise SourceError(f"{root} is a file; give the folder that holds the images.")
    return read_folder(root) if labels is None else read_table(labels)
