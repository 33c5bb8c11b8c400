"""A folder of class folders: the first folder of a path is its label."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path, PurePosixPath

from core.audit.source import Source
from core.ingest.folder_names import FOLDER_NAMES, folder_names
from core.ingest.images import EXTENSIONS
from core.ingest.linked_folders import FolderWalk
from core.ingest.masks import mask_pairs
from core.ingest.readers.reader import Reader
from core.ingest.records import Listing, Record, SourceError
from core.text import counted

CLASSES_IN = "classes_in"
"""Option: the folder, below that of the source, whose folders are the classes."""

NESTED = "nested_classes"
"""Option: ``yes`` where all folders of a path are the name of the class."""

MASKS = "masks"
"""Option: ``leave-out`` where masks that lie beside images are no items."""

YES, NO, READ, LEAVE_OUT = "yes", "no", "read", "leave-out"

ENDINGS_NAMED = 5


def base_of(path: Path, options: Mapping[str, str]) -> Path:
    """Return the folder whose folders are the classes, or the splits around them."""
    return path / options.get(CLASSES_IN, "")


def read_folder(source: Source, splits: Collection[str] = ()) -> Listing:
    """List the images of a source, sorted by path.

    Parameters
    ----------
    source : Source
        With the options of this module.
    splits : collection of str
        Folders that are no classes: the folders in them are.

    Raises
    ------
    SourceError
        When no image has a label, or a folder cannot be listed.
    """
    options = source.options
    base = PurePosixPath(options.get(CLASSES_IN, "."))
    if not base_of(source.path, options).is_dir():
        raise SourceError(f"There is no folder {base} in {source.path}.")
    walk = FolderWalk(source.path, source.roots)
    files = list(walk.files())
    images = sorted(path for path in files if is_image(path))
    for path in images:
        _check_name(path)
    paths, notes = _chosen(images, base, options)
    notes += walk.notes()
    if not paths:
        raise SourceError(" ".join([_no_images(source.path, files), *walk.notes()]))
    nested = options.get(NESTED) == YES
    depth = len(base.parts)
    names = folder_names(base_of(source.path, options))
    classes = names.classes if names else {}
    if names:
        notes.append(f"What the folders stand for is read from {FOLDER_NAMES}.")
    records = [
        Record(path, label, {"path": path, "label": label or ""})
        for path in paths
        for folder in [_label(path.split("/")[depth:], splits, nested)]
        for label in [None if folder is None else classes.get(folder, folder)]
    ]
    if all(record.label is None for record in records):
        raise SourceError(
            f"The images lie directly in {source.path / base}, so they have no labels;"
            " put them in one folder per class, or give a table with --labels."
        )
    return Listing(["path", "label"], records, notes=notes)


def is_image(path: str) -> bool:
    """Tell whether a path ends as those of images do."""
    return f".{path.rpartition('.')[2].lower()}" in EXTENSIONS


def _chosen(
    images: list[str], base: PurePosixPath, options: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """Return the paths that are items, and what is to be said of the others."""
    notes = []
    masks = mask_pairs(images) if options.get(MASKS) == LEAVE_OUT else {}
    images = [path for path in images if path not in masks]
    start = "" if base == PurePosixPath(".") else f"{base}/"
    paths = [path for path in images if path.startswith(start)]
    if start:
        outside = len(images) - len(paths)
        beside = f"; {counted(outside, 'image')} outside are left out" if outside else ""
        notes.append(f"The classes are the folders in {base}{beside}.")
    if masks:
        notes.append(
            f"{counted(len(masks), 'mask')} beside images (same name, few gray levels) left"
            f" out, such as {min(masks)}; --masks read takes them as images."
        )
    return paths, notes


def _no_images(root: Path, files: Iterable[str]) -> str:
    """Say that a folder holds no images, and what it holds instead."""
    endings = Counter(PurePosixPath(path).suffix.lower() for path in files)
    if not endings:
        return f"There are no images in {root}."
    named = ", ".join(
        f"{count:,} {ending or 'without an ending'}"
        for ending, count in endings.most_common(ENDINGS_NAMED)
    )
    total = counted(sum(endings.values()), "file")
    return f"There are no images in {root}; of {total}, none is of a kind that is read ({named})."


def _check_name(path: str) -> None:
    try:
        path.encode()
    except UnicodeEncodeError:
        shown = os.fsencode(path).decode(errors="replace")
        raise SourceError(f"The name of the image {shown} is not UTF-8; rename it.") from None


def _label(parts: list[str], splits: Collection[str], nested: bool) -> str | None:
    if parts[0] in splits:
        parts = parts[1:]
    if len(parts) < 2:
        return None
    return "/".join(parts[:-1]) if nested else parts[0]


READER = Reader(
    name="class-folders",
    order=100,
    title="Class folders",
    about="One folder for each class: the first folder of a path is the label.",
    recognizes=lambda path, options: "labels" not in options,
    read=read_folder,
)
