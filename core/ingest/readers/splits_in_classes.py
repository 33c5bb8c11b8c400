"""Splits within class folders: ``cat/train/1.jpg``, ``cat/val/2.jpg``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from core.audit.source import Source
from core.ingest.folder_names import folder_names
from core.ingest.linked_folders import subfolders
from core.ingest.readers.class_folders import base_of, read_folder
from core.ingest.readers.reader import Reader
from core.ingest.readers.split_folders import holds_images
from core.ingest.records import Listing, Record
from core.ingest.splits import is_split_name, normalized_split


def _recognizes(path: Path, options: Mapping[str, str]) -> bool:
    if "labels" in options:
        return False
    base = base_of(path, options)
    named = _named_splits(base)
    splits: set[str] = set()
    classes = subfolders(base)
    if len(classes) < 2:  # a wrapper around split folders, some of whose images have no class
        return False
    for name in classes:
        within = subfolders(base / name)
        are_splits = all(one in named or is_split_name(one) for one in within)
        if not within or not are_splits or holds_images(base / name):
            return False
        splits |= {normalized_split(one) or "" for one in within if holds_images(base / name / one)}
    return len(splits) > 1


def _named_splits(base: Path) -> Mapping[str, str | None]:
    names = folder_names(base)
    return names.splits if names else {}


def _read(source: Source) -> Listing:
    listing = read_folder(source)
    base = base_of(source.path, source.options)
    named = _named_splits(base)
    depth = len(base.relative_to(source.path).parts)
    note = (
        "The folders in each class folder are read as splits;"
        " --reader class-folders reads them otherwise."
    )
    return replace(
        listing,
        columns=[*listing.columns, "split"],
        records=[_with_split(record, depth, named) for record in listing.records],
        notes=[note, *listing.notes],
    )


def _with_split(record: Record, depth: int, named: Mapping[str, str | None]) -> Record:
    parts = PurePosixPath(record.path).parts[depth:]
    split = parts[1] if len(parts) > 2 and is_split_name(parts[1]) else None
    split = named.get(parts[1], split) if len(parts) > 2 else split
    fields = record.fields | {"split": split or ""}
    return replace(record, split=normalized_split(split), fields=fields)


READER = Reader(
    name="splits-in-classes",
    order=95,
    title="Split folders within class folders",
    about="One folder for each class, in it one folder for each split (train, val, test).",
    recognizes=_recognizes,
    read=_read,
)
