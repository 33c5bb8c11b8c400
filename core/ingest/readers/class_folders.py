"""A folder of class folders: the first folder of a path is its label."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from core.ingest.images import EXTENSIONS
from core.ingest.readers.reader import Reader
from core.ingest.records import Listing, Record, SourceError


def read_folder(root: Path) -> Listing:
    """List the images under `root`, sorted by path; links are not followed to folders.

    Raises
    ------
    SourceError
        When no image has a label, or a folder cannot be listed.
    """
    paths = sorted(_image_paths(root))
    if not paths:
        raise SourceError(f"There are no images in {root}.")
    records = [
        Record(path, label, {"path": path, "label": label or ""})
        for path in paths
        for label in [_label(path)]
    ]
    if all(record.label is None for record in records):
        raise SourceError(
            f"The images lie directly in {root}, so they have no labels;"
            " put them in one folder per class, or give a table with --labels."
        )
    return Listing(["path", "label"], records)


def _image_paths(root: Path) -> list[str]:
    found = []
    for folder, subfolders, files in os.walk(root, onerror=_refuse):
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        found += [
            (Path(folder) / name).relative_to(root).as_posix()
            for name in files
            if not name.startswith(".") and Path(name).suffix.lower() in EXTENSIONS
        ]
    for path in found:
        _check_name(path)
    return found


def _refuse(error: OSError) -> None:
    """Stop at a folder that cannot be listed; its images would silently go missing."""
    raise SourceError(f"The folder {error.filename} cannot be read ({error.strerror}).")


def _check_name(path: str) -> None:
    try:
        path.encode()
    except UnicodeEncodeError:
        shown = os.fsencode(path).decode(errors="replace")
        raise SourceError(f"The name of the image {shown} is not UTF-8; rename it.") from None


def _label(path: str) -> str | None:
    parts = PurePosixPath(path).parts
    return parts[0] if len(parts) > 1 else None


READER = Reader(
    name="class-folders",
    order=100,
    title="Class folders",
    about="One folder for each class: the first folder of a path is the label.",
    recognizes=lambda path, options: "labels" not in options,
    read=lambda source: read_folder(source.path),
)
