"""Gathers the records of a format with boxes: what is damaged or doubled is counted and named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import starmap
from pathlib import Path

from core.ingest.annotation_files import relative_to
from core.ingest.crops import BoxFault, Region, crop_path, region_of
from core.ingest.image_finder import ImageFinder, SeveralFiles
from core.ingest.records import Listing, Origin, Record, SourceError, as_labels
from core.ingest.stated_sizes import StatedSizes
from core.text import counted

EDGES = ("xmin", "ymin", "xmax", "ymax")
"""Columns of a box: its edges in pixels from the left upper corner, see `core.ingest.crops`."""

NAME_SHOWN = 120
"""Characters of a file or an annotation that a sentence names."""

Nouns = tuple[str, str]
BOXES, IMAGES, FILES = ("box", "boxes"), ("image", "images"), ("file", "files")

REASON_SHOWN = 130
"""Characters of a reason, which may be a library's."""

DOUBLED = "listed more than once"
SEVERAL = "several files have the name of the image"


class Gathering:
    """The records of a data set while it is read, and what was wrong with others.

    Parameters
    ----------
    images : ImageFinder
        ``sizes``, a `StatedSizes`, may be told what is stated of an image.
    nouns : tuple of str
        What a row of the format is, one and many.
    """

    def __init__(self, images: ImageFinder, nouns: Nouns = BOXES) -> None:
        self.images = images
        self.sizes = StatedSizes(images.source)
        self.records: list[Record] = []
        self._nouns = nouns
        self._labels: dict[tuple[str, Region | None], dict[str | None, int]] = {}
        self._counts: dict[tuple[str, Nouns], tuple[int, str]] = {}
        self._found: dict[tuple[str, tuple[str, ...], str | None, str | None], str] = {}

    def file(
        self,
        name: str,
        folders: tuple[str, ...] = (),
        split: str | None = None,
        where: str = "",
        likely: str | None = None,
    ) -> str | None:
        """Return the path of the file that is called `name`; see `ImageFinder.find`.

        One that does not exist keeps its name, and is quarantined when it is
        read; of several files none is taken, and the row is left out: None.
        """
        key = name, folders, split, likely
        if key not in self._found:
            try:
                self._found[key] = self.images.find(*key) or name.replace("\\", "/")
            except SeveralFiles:
                self._found[key] = ""
        if not self._found[key]:
            self.leave_out(SEVERAL, f"{where or name}, {name}")
        return self._found[key] or None

    def add_box(
        self,
        file: str,
        edges: Sequence[float],
        label: str | None,
        fields: dict[str, str],
        split: str | None = None,
        where: str = "",
        origin: Origin | None = None,
    ) -> None:
        """Add the crop of a file between `edges` (left, top, right, bottom), if there is one."""
        try:
            region = region_of(*edges)
        except BoxFault as fault:
            return self.leave_out(str(fault), where or file)
        self._add(Record(file, label, fields, split, region, origin=origin), where)

    def add_file(
        self,
        file: str,
        label: str | None,
        fields: dict[str, str],
        split: str | None = None,
        where: str = "",
        origin: Origin | None = None,
    ) -> None:
        """Add a whole file, or one more label of it."""
        self._add(Record(file, label, fields, split, origin=origin), where)

    def _add(self, record: Record, where: str) -> None:
        """Add a record whose path is still that of its file."""
        file, region = record.path, record.region
        known = self._labels.setdefault((file, region), {})
        if record.label in known:
            self._repeat(known[record.label], record.origin)
            return self.leave_out(DOUBLED, where or file)
        # Two labels of one box are two items, whose conflict is found; one file is one item.
        if known and region is None:
            at = next(iter(known.values()))
            known[record.label] = at
            labels = as_labels(one for one in known if one is not None)
            self.records[at] = self.records[at].with_labels(labels)
            return self._repeat(at, record.origin)
        known[record.label] = len(self.records)
        if region is not None:
            record = replace(record, path=crop_path(file, region, len(known)))
        self.records.append(record)

    def _repeat(self, at: int, origin: Origin | None) -> None:
        first = self.records[at]
        if first.origin is not None:
            self.records[at] = replace(first, origin=first.origin.repeated(origin))

    def leave_out(self, reason: str, where: str, nouns: Nouns | None = None) -> None:
        """Count a row, or another of `nouns`, that is left out; the first of a reason is named."""
        self.remark(f"left out: {reason}", where, nouns)

    def leave_out_file(self, path: Path, error: SourceError, root: Path) -> None:
        """Count a file of annotations that is left out; the rest of them goes on."""
        reason = str(error).replace(f"{path}, ", "", 1).replace(f"{path} ", "it ", 1).rstrip(".")
        self.leave_out(reason, relative_to(root, path), FILES)

    def remark(self, what: str, where: str, nouns: Nouns | None = None) -> None:
        """Count something that a person should know of; the first is named."""
        key = what, nouns or self._nouns
        count, first = self._counts.get(key, (0, where))
        self._counts[key] = count + 1, first

    def remark_others(self, what: str) -> None:
        """Count the images of the folder that no record is of."""
        with_records = {record.file for record in self.records}
        for path in self.images.paths:
            if path not in with_records:
                self.remark(what, path, IMAGES)

    def listing(
        self, columns: Sequence[str], notes: Iterable[str] = (), classes: Iterable[str] = ()
    ) -> Listing:
        """Return what was gathered, with a sentence about each reason that was met.

        Raises
        ------
        SourceError
            When there is nothing, or no label.
        """
        sentences = [
            *notes,
            *starmap(_sentence, self._counts.items()),
            *self.sizes.notes(),
            *self.images.notes,
        ]
        if not any(record.label is not None or record.labels for record in self.records):
            what = "has a label" if self.records else "could be read"
            most = sorted(self._counts.items(), key=lambda found: -found[1][0])
            reasons = starmap(_sentence, most[:1])
            where = str(self.images.source)[-NAME_SHOWN:]
            raise SourceError(" ".join([f"No {self._nouns[0]} of {where} {what}.", *reasons]))
        return Listing(list(columns), self.records, notes=sentences, classes=sorted(set(classes)))


def _sentence(what: tuple[str, Nouns], found: tuple[int, str]) -> str:
    (text, nouns), (count, first) = what, found
    shown = first if len(first) <= NAME_SHOWN else f"{first[:NAME_SHOWN]}…"
    return f"{counted(count, *nouns)} {text[:REASON_SHOWN]}, such as {shown}."


def fields_of(
    file: str, label: str | None, split: str | None, edges: Sequence[float] = ()
) -> dict[str, str]:
    """Return the columns that all formats with boxes have; edges where it is a box."""
    fields = {"path": file, "label": label or "", "split": split or ""}
    return fields | edge_fields(edges) if edges else fields


def edge_fields(edges: Sequence[float]) -> dict[str, str]:
    """Return the edges of a box as the columns `EDGES`; the same numbers when read again.

    Examples
    --------
    >>> edge_fields((10.0, 0.25, 30, 40))
    {'xmin': '10', 'ymin': '0.25', 'xmax': '30', 'ymax': '40'}
    """
    return dict(zip(EDGES, map(_number_text, edges), strict=True))


def _number_text(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else repr(float(number))


def number(text: object) -> float:
    """Return a number that may be text; NaN where it is none."""
    try:
        return float(text)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return float("nan")
