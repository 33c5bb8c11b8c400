"""What is understood of a data set before anything is computed of it."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePosixPath

from core.audit.source import Source
from core.ingest.doubts import class_counts, doubts
from core.ingest.linked_folders import FolderWalk
from core.ingest.readers import READERS, read_source
from core.ingest.records import Listing
from core.text import counted

NAMES_COMPARED = 10_000


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
    missing = [record.file for record in listing.records if not _exists(source, record.file, files)]
    found = doubts(listing)
    splits = Counter(record.split for record in listing.records if record.split is not None)
    return Inspection(
        source=str(source),
        reader=source.format,
        about=READERS[source.format].about,
        items=len(listing.records),
        unlabeled=sum(record.label is None for record in listing.records),
        classes=class_counts(listing),
        splits=dict(splits.most_common()),
        left_out=_left_out(listing, files),
        missing=len(missing),
        notes=[note for note in listing.notes if note not in found],
        doubts=[*found, *_rare(listing), *_missing(source, missing, len(listing.records))],
    )


def _exists(source: Source, path: str, files: set[str]) -> bool:
    return path in files or (source.path / path).exists()


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


def _missing(source: Source, missing: Sequence[str], total: int) -> list[str]:
    if not missing:
        return []
    first = missing[0]
    near = _nearest(source.path, PurePosixPath(first))
    return [
        f"{len(missing):,} of {counted(total, 'file')} ({len(missing) / total:.0%}) are missing,"
        f" first {first}, looked for in {source.path}{f'; a near name is {near}' if near else ''}."
    ]


def _nearest(root: Path, path: PurePosixPath) -> str | None:
    """Return the existing path that is most like one that does not exist."""
    folder = PurePosixPath()
    for part in path.parts:
        if not (root / folder / part).exists():
            try:
                names = [one.name for one in islice((root / folder).iterdir(), NAMES_COMPARED)]
            except OSError:
                return None
            # Without its ending, or in another case, a name is nearer than one that looks alike.
            plain = PurePosixPath(part).stem.casefold()
            same = [name for name in names if PurePosixPath(name).stem.casefold() == plain]
            close = same or difflib.get_close_matches(part, names, 1, 0.7)
            return str(folder / min(close)) if close else None
        folder /= part
    return None
