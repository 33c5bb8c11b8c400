"""Class folders within the folders of splits: ``train/cat/1.jpg``, ``val/cat/2.jpg``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path, PurePosixPath

from core.audit.source import Source
from core.ingest.folder_names import folder_names
from core.ingest.images import EXTENSIONS
from core.ingest.linked_folders import subfolders
from core.ingest.readers.class_folders import base_of, read_folder
from core.ingest.readers.reader import Reader
from core.ingest.records import Listing, Record
from core.ingest.splits import is_split_name, normalized_split

FILES_LOOKED_AT = 1000
"""Of a folder, to tell whether there are images in it."""


def split_folders(root: Path) -> list[str]:
    """Return the folders of `root` that are splits, sorted; none unless all images lie in them.

    There must be two at least, one of which holds folders of images: one folder
    called ``test`` may be a class.
    """
    folders = subfolders(root)
    splits = [name for name in folders if is_split_name(name)]
    others = [root / name for name in folders if name not in splits]
    if len(splits) < 2 or any(holds_images(one) or _classes_in(one) for one in others):
        return []
    return splits if any(_classes_in(root / name) for name in splits) else []


def _classes_in(folder: Path) -> bool:
    return any(holds_images(folder / name) for name in subfolders(folder))


def holds_images(folder: Path) -> bool:
    """Tell whether there are images directly in a folder, among its first files."""
    try:
        with os.scandir(folder) as entries:
            looked_at = islice(entries, FILES_LOOKED_AT)
            return any(Path(entry.name).suffix.lower() in EXTENSIONS for entry in looked_at)
    except OSError:
        return False


def _recognizes(path: Path, options: Mapping[str, str]) -> bool:
    if "labels" in options:
        return False
    base = base_of(path, options)
    names = folder_names(base)
    if names is None:
        return bool(split_folders(base))
    return any((base / folder).is_dir() for folder in names.splits)


def _read(source: Source) -> Listing:
    # Whatever else was put beside them since: what is a split stays one.
    base = base_of(source.path, source.options)
    names = folder_names(base)
    splits = {
        folder: names.splits[folder] if names else folder
        for folder in subfolders(base)
        if (folder in names.splits if names else is_split_name(folder))
    }
    listing = read_folder(source, splits)
    note = (
        f"The folders {', '.join(splits)} are read as splits, the folders in them as classes;"
        " --reader class-folders reads them otherwise."
        if splits
        else f"There is no folder of a split in {base}; each folder is read as a class."
    )
    return replace(
        listing,
        columns=[*listing.columns, "split"],
        records=[
            _with_split(record, splits, len(base.relative_to(source.path).parts))
            for record in listing.records
        ],
        notes=[note, *listing.notes],
    )


def _with_split(record: Record, splits: Mapping[str, str | None], depth: int) -> Record:
    split = splits.get(PurePosixPath(record.path).parts[depth])
    fields = record.fields | {"split": split or ""}
    return replace(record, split=normalized_split(split), fields=fields)


READER = Reader(
    name="split-folders",
    order=90,
    title="Class folders within split folders",
    about="One folder for each split (train, val, test), in it one folder for each class.",
    recognizes=_recognizes,
    read=_read,
)
