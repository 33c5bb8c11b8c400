"""A CSV table with the columns ``path`` and ``label``; other columns are kept.

Of an export of ours, the final label is the label; another column is taken where
somebody has named it.
"""

from __future__ import annotations

import csv
from pathlib import Path, PurePosixPath

from core.audit.source import Source
from core.ingest.own_export import from_own_export, own_groups
from core.ingest.readers.reader import Reader
from core.ingest.records import Listing, Record, SourceError
from core.terms import FINAL_COLUMNS

LABEL = "label"
NAMES_SHOWN = 100
"""Characters of a header that an error shows."""


def read_table(path: Path, label_column: str | None = None) -> Listing:
    """Read the records of the CSV file at `path` (UTF-8, with a header line).

    Parameters
    ----------
    path : Path
    label_column : str or None
        The column that holds the labels; None for ``label`` or, of an export of
        ours, the final label.

    Raises
    ------
    SourceError
        Naming the line, when the table cannot be understood.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = next(reader, [])
            ours = [[header[i] for i in group] for group in own_groups(header)]
            label = label_column or (ours[-1][0] if ours else LABEL)
            columns = _columns(header, label, path)
            records = _records(reader, header, label, path)
    except FileNotFoundError:
        raise SourceError(f"There is no file {path}.") from None
    except UnicodeDecodeError:
        raise SourceError(f"{path} is not UTF-8 text; save the table as UTF-8 CSV.") from None
    except csv.Error as error:
        raise SourceError(f"{path}, line {reader.line_num}: {error}.") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror}).") from None
    if not records:
        raise SourceError(f"{path} has no rows below its header.")
    listing = Listing(columns, records, notes=_notes(columns, label_column))
    if ours and label == ours[-1][0]:
        listing = from_own_export(listing, ours[-1])
    if all(record.label is None for record in listing.records):
        raise SourceError(f"No row of {path} has a label, so there is nothing to audit.")
    return listing


def _columns(header: list[str], label: str, path: Path) -> list[str]:
    """Return the columns of the input without those that exports of ours have added."""
    for needed in ("path", label):
        if needed not in header:
            named = ", ".join(header) or "nothing"
            shown = named if len(named) <= NAMES_SHOWN else f"{named[:NAMES_SHOWN]}…"
            raise SourceError(f"{path} has no column {needed!r}; its first line names {shown}.")
    ours = {position for group in own_groups(header) for position in group}
    columns = [name for position, name in enumerate(header) if position not in ours]
    duplicates = {name for name in columns if columns.count(name) > 1}
    if duplicates:
        raise SourceError(f"{path} has more than one column {min(duplicates)!r}.")
    return columns


def _notes(columns: list[str], label_column: str | None) -> list[str]:
    """Say that a table may be an export of ours which was changed beyond recognition."""
    if label_column is not None or FINAL_COLUMNS[0] not in columns:
        return []
    return [
        f"The table has a column {FINAL_COLUMNS[0]}, but labels are taken from {LABEL};"
        f" --label-column {FINAL_COLUMNS[0]} takes the other."
    ]


def _records(
    reader: csv.reader,  # type: ignore[valid-type]
    columns: list[str],
    label: str,
    path: Path,
) -> list[Record]:
    records: list[Record] = []
    first_lines: dict[str, int] = {}
    for values in reader:  # type: ignore[attr-defined]
        if not any(values):
            continue
        line = reader.line_num  # type: ignore[attr-defined]
        if len(values) != len(columns):
            raise SourceError(
                f"{path}, line {line}: {len(values)} values for {len(columns)} columns."
            )
        fields = dict(zip(columns, values, strict=True))
        item_path = fields["path"].replace("\\", "/")
        if not item_path.strip():
            raise SourceError(f"{path}, line {line}: the path is empty.")
        if "\0" in item_path:
            raise SourceError(f"{path}, line {line}: the path holds a null character.")
        item_path = str(PurePosixPath(item_path))
        if item_path in first_lines:
            raise SourceError(
                f"{path}, line {line}: {item_path} is listed already on line"
                f" {first_lines[item_path]}."
            )
        first_lines[item_path] = line
        records.append(Record(item_path, fields[label].strip() or None, fields))
    return records


def _read(source: Source) -> Listing:
    assert source.labels is not None
    return read_table(source.labels, source.label_column)


READER = Reader(
    name="csv",
    order=50,
    title="CSV table",
    about="A table (UTF-8) with the columns path and label; further columns are kept.",
    recognizes=lambda path, options: "labels" in options,
    read=_read,
    of_table=True,
)
