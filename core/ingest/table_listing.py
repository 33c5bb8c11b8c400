"""From the rows of a table to the records of a data set: labels read, paths matched to files."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from core.audit.source import Source
from core.ingest.ambiguous_paths import on_ambiguous, told_ambiguous
from core.ingest.near_names import missing_sentences
from core.ingest.own_export import from_own_export, own_groups
from core.ingest.path_matching import IMAGES_IN, ImageIndex, Matches, index_of, match_paths
from core.ingest.records import (
    Labels,
    Listing,
    Origin,
    Question,
    Record,
    SourceError,
    as_labels,
)
from core.ingest.row_faults import RowFaults
from core.ingest.several_labels import labels_of
from core.ingest.table import Cells, Table
from core.ingest.table_columns import OFF, ON, Columns, ReadTable, columns_of
from core.terms import FINAL_COLUMNS
from core.text import counted, shortened

CHOICES = '{"choices":'
"""How Label Studio begins a cell of several labels in a CSV."""


@dataclass
class Rows:
    """The rows of a table that can be used, as columns of equal length.

    Attributes
    ----------
    places : list of int
    paths : list of str
        As they are written.
    labels : list of str, tuple of str or None
    cells : list of list of str
    """

    places: list[int] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    labels: list[Labels] = field(default_factory=list)
    cells: list[Cells] = field(default_factory=list)


def listing_of(
    table: Table, source: Source, index: ImageIndex | None = None, needs_labels: bool = True
) -> Listing:
    """Return what a table says of the images of a data set.

    Parameters
    ----------
    table : Table
    source : Source
        Its options name columns.
    index : ImageIndex or None
        The images that paths may mean; None for those of the source's folder.
    needs_labels : bool
        False for one of several tables, of which another may have the labels.

    Raises
    ------
    SourceError
        When columns are missing, or no row can be used or has a label.
    UnansweredQuestion
        When somebody has to say which column is which.
    """
    index = index or index_of(source)
    columns = columns_of(table, index.finds, source.options)
    faults = RowFaults(table.place)
    rows = _rows(table, columns, faults)
    if not rows.paths or faults.damaged > len(rows.paths):
        raise SourceError(faults.refusal(table.path))
    matches = match_paths(rows.paths, index)
    question = on_ambiguous(rows.paths, matches) if IMAGES_IN not in source.options else None
    records = _records(table, rows, matches, faults)
    ours = [[table.columns[n] for n in group] for group in own_groups(table.columns)]
    added = {name for group in ours for name in group}
    listing = Listing(
        [name for name in table.columns if name not in added],
        records,
        notes=[*table.notes, *_notes(table.columns, columns, source, ours)],
        doubts=[*columns.doubts, *faults.sentences(), *_several(rows, matches, question)],
        questions=[*columns.questions, *([question] if question else [])],
        tables={table.path: ReadTable(table, columns)},
    )
    if ours and columns.label is not None and table.columns[columns.label] == ours[-1][0]:
        listing = from_own_export(listing, ours[-1])
    has_labels = any(record.label is not None or record.labels for record in listing.records)
    if needs_labels and not has_labels:
        raise SourceError(f"No row of {table.path} has a label, so there is nothing to audit.")
    return replace(
        listing,
        notes=[*listing.notes, *_ways(matches), *_unlisted(records, matches, index)],
        doubts=[*listing.doubts, *_missing(records, index)],
    )


def _rows(table: Table, columns: Columns, faults: RowFaults) -> Rows:
    rows, label_of = Rows(), _label_reader(table, columns, faults)
    known: dict[Labels, Labels] = {}
    for place, cells in table.read(faults.damage):
        path = cells[columns.path]
        if not path.strip() and columns.otherwise is not None:
            path = cells[columns.otherwise]
        if fault := _path_fault(path):
            faults.damage(place, fault)
            continue
        label = label_of(place, cells)
        rows.places.append(place)
        rows.paths.append(path)
        rows.labels.append(known.setdefault(label, label))
        rows.cells.append(cells)
    return rows


def _path_fault(path: str) -> str | None:
    if not path.strip():
        return "the path is empty"
    if "\0" in path:
        return "the path holds a null character"
    if not path.isascii():
        try:
            path.encode()
        except UnicodeEncodeError:
            return "the path is no text"
    return None


def _label_reader(
    table: Table, columns: Columns, faults: RowFaults
) -> Callable[[int, Cells], Labels]:
    """Return what reads the labels of a row."""
    if columns.label is None:
        classes = {position: table.columns[position].strip() for position in columns.classes}

        def one_hot(place: int, cells: Cells) -> Labels:
            values = {n: cells[n].strip().casefold() for n in classes}
            if odd := [value for value in values.values() if value not in ON and value not in OFF]:
                faults.odd_value(place, odd[0])
                return None
            return as_labels([classes[n] for n, value in values.items() if value in ON])

        return one_hot
    position = columns.label
    if names := table.class_names.get(table.columns[position]):
        named = {str(number): name for number, name in enumerate(names)}
        return lambda place, cells: named.get(cells[position])
    begins = ("[", CHOICES) if table.lists else CHOICES

    def written(place: int, cells: Cells) -> Labels:
        text = cells[position].strip()
        return (as_labels(_list(text)) or None) if text.startswith(begins) else text or None

    return written


def _list(text: str) -> list[str]:
    try:
        found = json.loads(text)
    except ValueError:
        return [text]
    found = found["choices"] if isinstance(found, dict) else found
    if not isinstance(found, list):
        return [text]
    return [str(one).strip() for one in found if str(one).strip()]


def _records(table: Table, rows: Rows, matches: Matches, faults: RowFaults) -> list[Record]:
    """Return a record for each file; rows that repeat one add their labels to the first's."""
    records: list[Record] = []
    positions: dict[str, int] = {}
    repeats: dict[int, list[int]] = {}
    names = table.columns
    for n, path in enumerate(matches.paths):
        at = positions.setdefault(path, len(records))
        found = rows.labels[n]
        if at < len(records):
            faults.double(rows.places[n], path)
            records[at] = _with_more(records[at], found)
            repeats.setdefault(at, []).append(rows.places[n])
            continue
        label, labels = (None, found) if isinstance(found, tuple) else (found, None)
        fields = dict(zip(names, rows.cells[n], strict=True))
        origin = Origin(table.path, rows.places[n])
        records.append(Record(path, label, fields, origin=origin, labels=labels))
    for at, places in repeats.items():
        first = records[at].origin
        assert first is not None
        records[at] = replace(records[at], origin=first._replace(repeats=tuple(places)))
    return records


def _with_more(record: Record, found: Labels) -> Record:
    more = found if isinstance(found, tuple) else () if found is None else (found,)
    if not more or more == (record.label,):
        return record
    return record.with_labels(as_labels([*labels_of(record), *more]))


def _notes(
    names: Sequence[str], columns: Columns, source: Source, ours: Sequence[Sequence[str]]
) -> list[str]:
    """Say that a table may be an export of ours which was changed beyond recognition."""
    if source.label_column is not None or ours or FINAL_COLUMNS[0] not in names:
        return []
    label = "columns of classes" if columns.label is None else names[columns.label]
    return [
        f"The table has a column {FINAL_COLUMNS[0]}, but labels are taken from {label};"
        f" --label-column {FINAL_COLUMNS[0]} takes the other."
    ]


def _ways(matches: Matches) -> list[str]:
    return [
        f"{counted(count, 'path')} {'was' if count == 1 else 'were'} matched {way}, such as"
        f" '{shortened(text, 60)}' to {shortened(path, 60)}."
        for way, (count, text, path) in matches.ways.items()
    ]


def _several(rows: Rows, matches: Matches, question: Question | None) -> list[str]:
    if not matches.several or question is not None:
        return []
    return [f"{told_ambiguous(rows.paths, matches)}."]


def _missing(records: Sequence[Record], index: ImageIndex) -> list[str]:
    # Items of embeddings that were given need no files, and where no image is, none is missing.
    if not index.files:
        return []
    missing = [record.path for record in records if record.path not in index]
    return missing_sentences(index.root, missing, len(records))


def _unlisted(records: Sequence[Record], matches: Matches, index: ImageIndex) -> list[str]:
    """Say which images of the folder the table does not list."""
    unlisted = index.files - {record.path for record in records}
    if not unlisted:
        return []
    verb = "is" if len(unlisted) == 1 else "are"
    return [
        f"{counted(len(unlisted), 'image')} of the folder {verb} not in the table, such as"
        f" {shortened(min(unlisted), 100)}."
    ]
