"""What is understood of a data set before anything is computed of it."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from core.audit.source import Source
from core.ingest.delimited import header_of
from core.ingest.doubts import class_counts, doubts
from core.ingest.linked_folders import FolderWalk
from core.ingest.near_names import missing_sentences
from core.ingest.questions import proposed, questions
from core.ingest.readers import READERS, read_source
from core.ingest.readers.unpacked import READER as UNPACKED_READER
from core.ingest.records import Listing, Question, SourceError, UnansweredQuestion
from core.ingest.root_folders import READ_BY, data_set_of_its_own
from core.ingest.samples import Sample, samples
from core.ingest.splits import resembles_split
from core.ingest.unpacking import is_packed, layout, unpack
from core.ingest.waiting_data import waiting_for
from core.text import counted, sentence, shortened

TABLES = (".csv", ".tsv", ".parquet", ".jsonl", ".ndjson")
"""Endings of tables that may hold labels."""

SAMPLES = 6
UNPACKED = UNPACKED_READER.name

FETCHED = "Files of a URL, which are fetched and read like a folder."


@dataclass(frozen=True)
class Inspection:
    """What a reader understands of a data set.

    Attributes
    ----------
    source : str
    reader : str
        Its name, of `core.ingest.readers.READERS`; of what has to be unpacked,
        that of what lies in it.
    packed : str or None
        The name of the reader that unpacks it; None for a folder.
    about : str
        How it is recognized, and what is read.
    items, unlabeled : int
    classes, splits : dict of str to int
        Items by label and by split, the most frequent first.
    columns : list of str
        Those of the table, or what the reader makes of the format.
    left_out : dict of str to int
        Files in the folder that are no items, by ending.
    missing : int
        Items without a file.
    notes : list of str
        How it was read; sentences.
    doubts : list of str
        What looks wrong; sentences.
    questions : list of Question
        What is doubtful, each with the answer that is proposed and was taken here.
    samples : list of Sample
        Pictures to look at, of as many classes as there are.
    """

    source: str
    reader: str
    packed: str | None
    about: str
    items: int
    unlabeled: int
    classes: dict[str, int]
    splits: dict[str, int]
    columns: list[str]
    left_out: dict[str, int]
    missing: int
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)


def inspect(
    source: Source,
    count: int = SAMPLES,
    update: Callable[[int, int], None] = lambda done, total: None,
) -> Inspection:
    """Read a data set's listing and compare it with its folder; few images are opened.

    What is packed is unpacked into a temporary folder, which is removed. What is at a
    URL is fetched, and waits for the audit that takes it: it is not fetched twice.

    Parameters
    ----------
    source : Source
    count : int
        Pictures to look at.
    update : callable
        Called with megabytes that were fetched of a URL, and in all.

    Raises
    ------
    SourceError
        When it cannot be understood.
    UnansweredQuestion
        When it can be once somebody has said how.
    """
    if not is_packed(source):
        found, deeper = _inspected(source, count), data_set_of_its_own(source)
        return replace(found, doubts=[sentence(deeper), *found.doubts]) if deeper else found
    if source.url is not None:
        with waiting_for(source.url) as folder:
            return _unpacked(source, count, folder, update)
    with tempfile.TemporaryDirectory(prefix="second-look-") as scratch:
        return _unpacked(source, count, Path(scratch).resolve() / "unpacked")


def _unpacked(
    source: Source,
    count: int,
    folder: Path,
    update: Callable[[int, int], None] = lambda done, total: None,
) -> Inspection:
    """Unpack or fetch a source into `folder`, and say what is understood of it."""
    notes = unpack(source, folder, update)
    try:
        inside = _inspected(layout(source, folder), count)
    except SourceError as error:
        told = str(error).replace(str(folder), source.place)
        if isinstance(error, UnansweredQuestion):
            raise UnansweredQuestion(told, error.questions) from None
        raise SourceError(told) from None
    if source.url is not None:
        about, reader = f"{FETCHED} {inside.about}", inside.reader
    elif inside.reader == UNPACKED:
        about, reader = READERS[source.format].about, source.format
    else:
        about, reader = f"{READERS[source.format].about} {inside.about}", inside.reader
    return replace(
        inside,
        source=str(source),
        reader=reader,
        packed=source.format,
        about=about,
        notes=[*notes, *inside.notes],
        doubts=[doubt.replace(str(folder), source.place) for doubt in inside.doubts],
    )


def _inspected(source: Source, count: int) -> Inspection:
    asked = questions(source)
    source = proposed(source, asked)
    listing = read_source(source)
    asked += listing.questions
    walk = FolderWalk(source.path, source.roots)
    files = set(walk.files())
    missing = [record.file for record in listing.records if not _exists(source, record.file, files)]
    total = len(listing.records)
    found = doubts(replace(listing, questions=[]))
    said = {sentence(one) for one in doubts(listing)}
    splits = Counter(record.split for record in listing.records if record.split is not None)
    return Inspection(
        source=str(source),
        reader=source.format,
        packed=None,
        about=READERS[source.format].about,
        items=total,
        unlabeled=sum(record.label is None for record in listing.records),
        classes=class_counts(listing),
        splits=dict(splits.most_common()),
        columns=listing.columns,
        left_out=_left_out(listing, files),
        missing=len(missing),
        notes=[
            *(note for note in listing.notes if note not in said),
            *_tables_unread(source, listing, files),
        ],
        doubts=[
            sentence(one)
            for one in dict.fromkeys(
                (
                    *found,
                    *_tables(source, listing, files),
                    *_rare(listing),
                    *_without_endings(listing),
                    *missing_sentences(source.path, missing, total),
                )
            )
        ],
        questions=asked,
        samples=samples(source, listing.records, count),
    )


def _without_endings(listing: Listing) -> list[str]:
    bare = [record.file for record in listing.records if not PurePosixPath(record.file).suffix]
    if 2 * len(bare) <= len(listing.records):
        return []
    have = "has" if len(bare) == 1 else "have"
    return [
        f"{counted(len(bare), 'path')} {have} no file ending, such as {bare[0]}; ids are no paths."
    ]


def _exists(source: Source, path: str, files: set[str]) -> bool:
    return path in files or os.path.exists(os.path.join(source.path, path))  # noqa: PTH110, PTH118


def _tables_unread(source: Source, found: Listing, files: set[str]) -> list[str]:
    """Name the tables among class folders: what is in them, and that labels are not read of it."""
    if source.format not in READ_BY or not _tells_classes(found):
        return []
    names = sorted(path for path in files if PurePosixPath(path).suffix.lower() in TABLES)
    if not names:
        return []
    columns = [one.strip() for one in header_of(source.path / names[0])]
    of = f" ({shortened(', '.join(columns), 60)})" if len(columns) > 1 else ""
    one = len(names) == 1
    return [
        f"{counted(len(names), 'table')} such as {shortened(names[0], 60)}{of}"
        f" {'is' if one else 'are'} not read: the labels are the names of the folders."
    ]


def _tables(source: Source, found: Listing, files: set[str]) -> list[str]:
    """Name a table in the folder that may hold the labels, where its folders tell none."""
    if source.labels is not None or _tells_classes(found):
        return []
    names = sorted(path for path in files if PurePosixPath(path).suffix.lower() in TABLES)
    if not names:
        return []
    name = shortened(names[0], 80)
    return [f"The labels may be in a table: --labels {source.path / name} reads it."]


def _tells_classes(found: Listing) -> bool:
    """Tell whether the labels are several, and not all of them called like splits."""
    counts = class_counts(found)
    return len(counts) > 1 and not all(map(resembles_split, counts))


def _left_out(listing: Listing, files: set[str]) -> dict[str, int]:
    others = files - {record.file for record in listing.records}
    endings = Counter(PurePosixPath(path).suffix.lower() or "no ending" for path in others)
    return dict(endings.most_common())


def _rare(listing: Listing) -> list[str]:
    rare = sorted(name for name, count in class_counts(listing).items() if count == 1)
    if not rare:
        return []
    has = "has" if len(rare) == 1 else "have"
    return [f"{counted(len(rare), 'class', 'classes')} {has} one image only, such as {rare[0]}."]
