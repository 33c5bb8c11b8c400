"""What is understood of a data set before anything is computed of it."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from core.audit.source import Source
from core.ingest.doubts import class_counts, doubts
from core.ingest.linked_folders import FolderWalk
from core.ingest.near_names import missing_sentences
from core.ingest.readers import READERS, read_source
from core.ingest.records import Listing
from core.text import counted, shortened

TABLES = (".csv", ".tsv", ".parquet", ".jsonl", ".ndjson")
"""Endings of tables that may hold labels."""


@dataclass(frozen=True)
class Inspection:
    """What a reader understands of a data set.

    Attributes
    ----------
    source : str
    reader : str
        Its name, of `core.ingest.readers.READERS`.
    about : str
        How it is recognized, and what is read.
    items, unlabeled : int
    classes, splits : dict of str to int
        Items by label and by split, the most frequent first.
    left_out : dict of str to int
        Files in the folder that are no items, by ending.
    missing : int
        Items without a file.
    notes : list of str
        How it was read; sentences.
    doubts : list of str
        What looks wrong; sentences.
    """

    source: str
    reader: str
    about: str
    items: int
    unlabeled: int
    classes: dict[str, int]
    splits: dict[str, int]
    left_out: dict[str, int]
    missing: int
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def inspect(source: Source) -> Inspection:
    """Read a data set's listing and compare it with its folder; no image is opened.

    Raises
    ------
    SourceError
        When it cannot be understood.
    """
    listing = read_source(source)
    walk = FolderWalk(source.path, source.roots)
    files = set(walk.files())
    missing = [record.path for record in listing.records if not _exists(source, record.path, files)]
    total = len(listing.records)
    found = doubts(listing)
    splits = Counter(record.split for record in listing.records if record.split is not None)
    return Inspection(
        source=str(source),
        reader=source.format,
        about=READERS[source.format].about,
        items=total,
        unlabeled=sum(record.label is None for record in listing.records),
        classes=class_counts(listing),
        splits=dict(splits.most_common()),
        left_out=_left_out(listing, files),
        missing=len(missing),
        notes=[note for note in listing.notes if note not in found],
        doubts=list(
            dict.fromkeys(
                [
                    *found,
                    *_tables(source, listing, files),
                    *_rare(listing),
                    *missing_sentences(source.path, missing, total),
                ]
            )
        ),
    )


def _exists(source: Source, path: str, files: set[str]) -> bool:
    return path in files or os.path.exists(os.path.join(source.path, path))  # noqa: PTH110, PTH118


def _tables(source: Source, found: Listing, files: set[str]) -> list[str]:
    """Name a table in the folder that may hold the labels, where its folders tell but one."""
    if source.labels is not None or len(class_counts(found)) > 1:
        return []
    names = sorted(path for path in files if PurePosixPath(path).suffix.lower() in TABLES)
    if not names:
        return []
    name = shortened(names[0], 80)
    return [f"The labels may be in a table: --labels {source.path / name} reads it."]


def _left_out(listing: Listing, files: set[str]) -> dict[str, int]:
    others = files - {record.path for record in listing.records}
    endings = Counter(PurePosixPath(path).suffix.lower() or "no ending" for path in others)
    return dict(endings.most_common())


def _rare(listing: Listing) -> list[str]:
    rare = sorted(name for name, count in class_counts(listing).items() if count == 1)
    if not rare:
        return []
    has = "has" if len(rare) == 1 else "have"
    return [f"{counted(len(rare), 'class', 'classes')} {has} one image only, such as {rare[0]}."]
