"""Tables that lie beside the images: Hugging Face's ``metadata.*`` and Roboflow's ``_classes.csv``.

There is one in the folder itself, or one in each of its folders; paths are relative to
the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from core.audit.source import Source
from core.ingest.column_names import EACH_CLASS, LABELS, called, position_of
from core.ingest.delimited import delimited_table
from core.ingest.linked_folders import subfolders
from core.ingest.path_matching import ImageIndex
from core.ingest.readers.json_lines import lines_table
from core.ingest.readers.parquet_table import parquet_table
from core.ingest.readers.reader import Reader
from core.ingest.records import Listing, Record, SourceError
from core.ingest.splits import is_split_name, normalized_split
from core.ingest.table import Table
from core.ingest.table_listing import listing_of

ONE_HOT = "_classes.csv"
NAMES = ("metadata.csv", "metadata.jsonl", "metadata.parquet", ONE_HOT)
FILE_NAME = ("filename",)
"""What the column of the paths is called in all of them."""


def _table(path: Path, options: Mapping[str, str]) -> Table:
    if path.suffix == ".jsonl":
        return lines_table(path)
    if path.suffix == ".parquet":
        return parquet_table(path)
    return delimited_table(path, options, lambda text: False)


def tables_beside(root: Path, options: Mapping[str, str]) -> dict[str, Table]:
    """Return the tables of labels in `root`, or else in its folders, by folder; `root` is empty."""
    for folders in ([""], subfolders(root)):
        found = {one: _labels_in(root / one, options) for one in folders}
        tables = {folder: table for folder, table in found.items() if table is not None}
        if tables:
            return tables
    return {}


def _labels_in(folder: Path, options: Mapping[str, str]) -> Table | None:
    """Return the first table in `folder` that has labels of images."""
    for name in NAMES:
        path = folder / name
        if not path.is_file():
            continue
        try:
            table = _table(path, options)
        except SourceError:
            continue
        paths = called(table.columns, FILE_NAME)
        if paths and _has_labels(table, options.get("label_column")):
            return replace(table, path_column=table.columns[paths[0]])
    return None


def _has_labels(table: Table, label_column: str | None) -> bool:
    if label_column not in (None, EACH_CLASS):
        return position_of(table.columns, label_column) is not None
    return table.path.name == ONE_HOT or bool(called(table.columns, LABELS))


def _recognizes(path: Path, options: Mapping[str, str]) -> bool:
    return "labels" not in options and bool(tables_beside(path, options))


def _read(source: Source) -> Listing:
    tables = tables_beside(source.path, source.options)
    if not tables:
        raise SourceError(f"There is no table with file_name and labels in {source.path}.")
    listings = [_in_folder(source, folder, table) for folder, table in tables.items()]
    if "" in tables:
        return listings[0]
    records = [record for listing in listings for record in listing.records]
    if not any(record.label is not None or record.labels for record in records):
        raise SourceError(f"No table in {source.path} has a label, so there is nothing to audit.")
    columns = list(dict.fromkeys(name for listing in listings for name in listing.columns))
    return Listing(
        ["path", *(name for name in columns if name != "path")],
        records,
        notes=_told([*tables], [listing.notes for listing in listings]),
        doubts=_told([*tables], [listing.doubts for listing in listings]),
        questions=list({one.name: one for some in listings for one in some.questions}.values()),
        tables={path: table for listing in listings for path, table in listing.tables.items()},
    )


def names_beside(root: Path) -> list[Path]:
    """Return the tables that may hold the labels, by their names alone: what lies in none is left.

    In `root`, or else in its folders.
    """
    for folders in ([""], subfolders(root)):
        found = [_first_in(root / one) for one in folders]
        if paths := [path for path in found if path is not None]:
            return paths
    return []


def _first_in(folder: Path) -> Path | None:
    return next((folder / name for name in NAMES if (folder / name).is_file()), None)


def _in_folder(source: Source, folder: str, table: Table) -> Listing:
    index = ImageIndex(source.path / folder, (source.path, *source.roots))
    listing = listing_of(table, source, index, needs_labels=not folder)
    lies = table.path.relative_to(source.path).as_posix()
    listing = replace(listing, notes=[f"Labels are read from {lies}.", *listing.notes])
    if not folder:
        return listing
    split = normalized_split(folder) if is_split_name(folder) else None
    records = [_below(folder, record, split) for record in listing.records]
    return replace(listing, records=records)


def _below(folder: str, record: Record, split: str | None) -> Record:
    path = f"{folder}/{record.path}"
    return replace(record, path=path, split=split, fields={**record.fields, "path": path})


def _told(folders: list[str], sentences: list[list[str]]) -> list[str]:
    """Return what is said of the tables, with the folder of each; once what is said of all."""
    counts = {one: sum(one in some for some in sentences) for some in sentences for one in some}
    told = [
        one if counts[one] == len(folders) else f"{folder}: {one}"
        for folder, some in zip(folders, sentences, strict=True)
        for one in some
    ]
    return list(dict.fromkeys(told))


READER = Reader(
    name="metadata",
    order=30,
    title="Tables beside the images",
    about=(
        "metadata.csv, .jsonl or .parquet with file_name (Hugging Face), or _classes.csv of 0 and 1"
        " (Roboflow), in the folder or in each of its folders."
    ),
    recognizes=_recognizes,
    read=_read,
    has_columns=True,
)
