"""A folder of class folders: the first folder of a path is its label."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from pathlib import Path, PurePosixPath

from core.ingest.images import EXTENSIONS
from core.ingest.linked_folders import FolderWalk
from core.ingest.readers.reader import Reader
from core.ingest.records import Listing, Record, SourceError


def read_folder(root: Path, roots: Sequence[Path] = (), within: Collection[str] = ()) -> Listing:
    """List the images under `root`, sorted by path.

    Parameters
    ----------
    root : Path
    roots : sequence of Path
        Further folders that links to folders may lead to; see `core.ingest.linked_folders`.
    within : collection of str
        Folders of `root` that are no classes: the folders in them are.

    Raises
    ------
    SourceError
        When no image has a label, or a folder cannot be listed.
    """
    walk = FolderWalk(root, roots)
    paths = sorted(path for path in walk.files() if Path(path).suffix.lower() in EXTENSIONS)
    for path in paths:
        _check_name(path)
    if not paths:
        raise SourceError(" ".join([f"There are no images in {root}.", *walk.notes()]))
    records = [
        Record(path, label, {"path": path, "label": label or ""})
        for path in paths
        for label in [_label(path, within)]
    ]
    if all(record.label is None for record in records):
        raise SourceError(
            f"The images lie directly in {root}, so they have no labels;"
            " put them in one folder per class, or give a table with --labels."
        )
    return Listing(["path", "label"], records, notes=walk.notes())


def _check_name(path: str) -> None:
    try:
        path.encode()
    except UnicodeEncodeError:
        shown = os.fsencode(path).decode(errors="replace")
        raise SourceError(f"The name of the image {shown} is not UTF-8; rename it.") from None


def _label(path: str, within: Collection[str]) -> str | None:
    parts = PurePosixPath(path).parts
    if parts[0] in within:
        parts = parts[1:]
    return parts[0] if len(parts) > 1 else None


READER = Reader(
    name="class-folders",
    order=100,
    title="Class folders",
    about="One folder for each class: the first folder of a path is the label.",
    recognizes=lambda path, options: "labels" not in options,
    read=lambda source: read_folder(source.path, source.roots),
)
