"""Tables with a box in each row: Roboflow's ``_annotations.csv``, and any CSV with xmin … ymax."""

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
from core.ingest.delimited import TextForm
from core.ingest.image_finder import ImageFinder
from core.ingest.own_export import from_own_export, own_groups
from core.ingest.plain_tables import PlainTable, file_name, find_column, header_of
from core.ingest.readers.reader import Reader
from core.ingest.records import Listing, Origin, SourceError
from core.ingest.split_names import split_in_folders
from core.ingest.splits import split_column
from core.ingest.table import Table
from core.ingest.table_columns import Columns, ReadTable
from core.ingest.text_encoding import DEFAULT, Encoding

ROBOFLOW = "_annotations.csv"
PATHS = ("path", "filename", "file_name", "file", "image", "image_path", "image_id")
LABELS = ("label", "class", "class_name", "category", "name")
EDGE_NAMES = tuple(
    tuple(edges.split())
    for edges in ("xmin ymin xmax ymax", "x_min y_min x_max y_max", "x1 y1 x2 y2")
)
WHERE_IMAGES_LIE = ("", "images")


def _edge_columns(header: Sequence[str]) -> list[str] | None:
    for names in EDGE_NAMES:
        columns = [find_column(header, [name]) for name in names]
        if all(columns):
            return [column for column in columns if column is not None]
    return None


def _has_boxes(path: Path) -> bool:
    header = header_of(path)
    return find_column(header, PATHS) is not None and _edge_columns(header) is not None


def _has_labels(path: Path) -> bool:
    return find_column(header_of(path), LABELS) is not None


def tables_of_boxes(root: Path) -> list[Path]:
    """Return the tables of a folder: Roboflow's in it and in those of splits, else its own."""
    found = [folder / ROBOFLOW for folder in folders_near(root) if (folder / ROBOFLOW).is_file()]
    tables = found or files_in(root, ".csv")
    return [path for path in tables if _has_boxes(path) and _has_labels(path)]


def _recognizes(path: Path, options: Mapping[str, str]) -> bool:
    if "labels" in options:
        return _has_boxes(Path(options["labels"]))
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
        one.gather()
    if not readings:
        return gathering.listing([])  # which says why
    note = (
        f"Boxes from {listed(source.path, paths)}: each row is an item, labeled by"
        f" {readings[0].label.strip()[:100]}."
    )
    listing = gathering.listing(_columns(source, readings), [note])
    listing = replace(listing, tables={one.table.path: one.read_table() for one in readings})
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
        self.table = PlainTable(path, relative_to(source.path, path))
        header = self.table.header
        groups = own_groups(header)
        self.ours = (
            [header[at] for at in groups[-1]] if groups and not source.label_column else None
        )
        added = {at for group in groups for at in group}
        self.columns = [name for at, name in enumerate(header) if at not in added]
        self.label = source.label_column or (
            self.ours[0] if self.ours else self._column(LABELS, "label")
        )
        if self.label not in header:
            raise SourceError(f"{path} has no column {self.label[:100]!r}.")
        self.path = self._column(PATHS, "path")
        self.edges = _edge_columns(header)
        self.splits = split_column(self.columns)
        self.sizes = [find_column(self.columns, [side]) for side in ("width", "height")]
        self.folder = folder_of(source.path, path)
        self.split = split_in_folders(self.table.name)

    def _column(self, names: Sequence[str], what: str) -> str:
        column = find_column(self.columns, names)
        if column is None:
            raise SourceError(f"{self.table.path} has no column that is its {what}: {names[0]} …")
        return column

    def gather(self) -> None:
        """Give the records of the table to the gathering."""
        for where, row in self.table.rows(self.gathering):
            name = file_name(row, self.path)
            if name is None:
                self.gathering.leave_out("without a file name", where)
                continue
            likely = row[self.splits] if self.splits else None
            folders = (self.folder, *WHERE_IMAGES_LIE)
            file = self.gathering.file(name, folders, self.split, where, likely)
            if file is not None:
                self._add(file, row, where)

    def _add(self, file: str, row: dict[str, str], where: str) -> None:
        label = row[self.label].strip() or None
        fields = row
        if self.source.labels is None:
            split = row[self.splits] if self.splits else self.split or ""
            fields = {"split": split} | row | {"path": file}
        self.gathering.sizes.add(file, *(row[side] if side else None for side in self.sizes))
        edges = [row[column] for column in self.edges or ()]
        origin = Origin(self.table.path, self.table.line)
        if any(edge.strip() for edge in edges):
            pixels = [number(edge) for edge in edges]
            self.gathering.add_box(file, pixels, label, fields, self.split, where, origin)
        else:
            self.gathering.add_file(file, label, fields, self.split, where, origin)

    def read_table(self) -> ReadTable:
        """Return how the table was understood."""
        table, header = self.table, self.table.header
        form = TextForm(Encoding(DEFAULT), ",", 1, True, tuple(range(len(header))), strict=False)
        named = Table(table.path, list(header), lambda fault: iter(()), form=form)
        return ReadTable(named, Columns(header.index(self.path), label=header.index(self.label)))


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
