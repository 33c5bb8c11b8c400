"""Tables with a box in each row: Roboflow's ``_annotations.csv``, any text with xmin … ymax."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from core.audit.source import Source
from core.ingest.annotation_files import (
    files_in,
    folder_of,
    folders_near,
    listed,
    relative_to,
)
from core.ingest.boxes import EDGES, Gathering, number
from core.ingest.column_names import called, position_of
from core.ingest.delimited import delimited_table, header_of
from core.ingest.image_finder import ImageFinder
from core.ingest.own_export import from_own_export, own_groups
from core.ingest.readers.reader import Reader
from core.ingest.records import Listing, Origin, SourceError
from core.ingest.split_names import split_in_folders
from core.ingest.splits import split_column
from core.ingest.table_columns import Columns, ReadTable

ROBOFLOW = "_annotations.csv"
TABLES = (".csv", ".tsv")
PATHS = ("path", "filename", "file", "image", "imagepath", "imageid")
LABELS = ("label", "class", "classname", "category", "name")
EDGE_NAMES = (EDGES, ("x1", "y1", "x2", "y2"))
WHERE_IMAGES_LIE = ("", "images")


def _column(header: Sequence[str], names: Sequence[str]) -> str | None:
    return next((header[at] for at in called(header, names)), None)


def _edge_columns(header: Sequence[str]) -> list[str] | None:
    for names in EDGE_NAMES:
        columns = [_column(header, [name]) for name in names]
        if all(columns):
            return [column for column in columns if column is not None]
    return None


def _has_boxes(header: Sequence[str]) -> bool:
    return _column(header, PATHS) is not None and _edge_columns(header) is not None


def tables_of_boxes(root: Path) -> list[Path]:
    """Return the tables of a folder: Roboflow's in it and in those of splits, else its own."""
    found = [folder / ROBOFLOW for folder in folders_near(root) if (folder / ROBOFLOW).is_file()]
    headers = {path: header_of(path) for path in found or files_in(root, *TABLES)}
    return [path for path, one in headers.items() if _has_boxes(one) and _column(one, LABELS)]


def _recognizes(path: Path, options: Mapping[str, str]) -> bool:
    if "labels" in options:
        return _has_boxes(header_of(Path(options["labels"])))
    return bool(tables_of_boxes(path))


def _read(source: Source) -> Listing:
    paths = [source.labels] if source.labels else tables_of_boxes(source.path)
    if not paths:
        raise SourceError(f"There is no CSV with columns {', '.join(EDGES)} in {source.path}.")
    gathering = Gathering(ImageFinder(source))
    readings = []
    for path in paths:
        try:
            readings.append(_Reading(source, path, gathering))
        except SourceError as error:
            if len(paths) == 1:
                raise
            gathering.leave_out_file(path, error, source.path)
    for one in readings:
        try:
            one.gather()
        except SourceError as error:
            if len(paths) == 1:
                raise
            gathering.leave_out_file(one.table.path, error, source.path)
    if not readings:
        return gathering.listing([])  # which says why
    note = (
        f"Boxes from {listed(source.path, paths)}: each row is an item, labeled by"
        f" {readings[0].label.strip()[:100]}."
    )
    listing = gathering.listing(_columns(source, readings), [note])
    asked = {one.name: one for reading in readings for one in reading.table.questions}
    tables = {one.table.path: one.read_table() for one in readings}
    listing = replace(listing, questions=list(asked.values()), tables=tables)
    ours = readings[0].ours
    return listing if ours is None else from_own_export(listing, ours)


def _columns(source: Source, readings: Sequence[_Reading]) -> list[str]:
    """Return the columns of one table as they are; of several, those of all, paths before them."""
    names = list(dict.fromkeys(name for one in readings for name in one.columns))
    if source.labels is None:
        names = list(dict.fromkeys(["path", *names, "split"]))
    return names


class _Reading:
    """One table, and which of its columns are what."""

    def __init__(self, source: Source, path: Path, gathering: Gathering) -> None:
        self.source, self.gathering = source, gathering
        self.table = delimited_table(path, source.options, lambda text: False)
        self.name = relative_to(source.path, path)
        header = self.table.columns
        groups = own_groups(header)
        self.ours = (
            [header[at] for at in groups[-1]] if groups and not source.label_column else None
        )
        added = {at for group in groups for at in group}
        self.columns = [name for at, name in enumerate(header) if at not in added]
        self.label = self.ours[0] if self.ours else self._labels(source.label_column)
        self.path = self._column(PATHS, "path")
        self.edges = _edge_columns(header)
        self.splits = split_column(self.columns)
        self.sizes = [_column(self.columns, [side]) for side in ("width", "height")]
        self.folder = folder_of(source.path, path)
        self.split = split_in_folders(self.name)

    def _labels(self, requested: str | None) -> str:
        if requested is None:
            return self._column(LABELS, "label")
        position = position_of(self.table.columns, requested)
        if position is None:
            raise SourceError(f"{self.table.path} has no column {requested[:100]!r}.")
        return self.table.columns[position]

    def _column(self, names: Sequence[str], what: str) -> str:
        column = _column(self.columns, names)
        if column is None:
            raise SourceError(f"{self.table.path} has no column that is its {what}: {names[0]} …")
        return column

    def gather(self) -> None:
        """Give the records of the table to the gathering."""

        def fault(line: int, reason: str) -> None:
            self.gathering.leave_out(reason, self._where(line))

        for line, cells in self.table.read(fault):
            row, where = dict(zip(self.table.columns, cells, strict=True)), self._where(line)
            name = row[self.path].strip()
            if not name or "\0" in name:
                fault(line, "without a file name")
                continue
            likely = row[self.splits] if self.splits else None
            folders = (self.folder, *WHERE_IMAGES_LIE)
            file = self.gathering.file(name, folders, self.split, where, likely)
            if file is not None:
                self._add(file, row, where, Origin(self.table.path, line))

    def _where(self, line: int) -> str:
        return f"line {line:,} of {self.name}"

    def _add(self, file: str, row: dict[str, str], where: str, origin: Origin) -> None:
        label = row[self.label].strip() or None
        fields = row
        if self.source.labels is None:
            split = row[self.splits] if self.splits else self.split or ""
            fields = {"split": split} | row | {"path": file}
        self.gathering.sizes.add(file, *(row[side] if side else None for side in self.sizes))
        edges = [row[column] for column in self.edges or ()]
        if any(edge.strip() for edge in edges):
            pixels = [number(edge) for edge in edges]
            self.gathering.add_box(file, pixels, label, fields, self.split, where, origin)
        else:
            self.gathering.add_file(file, label, fields, self.split, where, origin)

    def read_table(self) -> ReadTable:
        """Return how the table was understood."""
        path, label = (self.table.columns.index(name) for name in (self.path, self.label))
        return ReadTable(self.table, Columns(path, label=label))


READER = Reader(
    name="box-table",
    order=20,
    title="CSV with boxes",
    about="A CSV with a file name, a label and xmin, ymin, xmax, ymax in pixels, given with"
    " --labels or in the folder, such as _annotations.csv of Roboflow: each row is an item.",
    recognizes=_recognizes,
    read=_read,
    of_table=None,
)
