"""A CSV table with the columns ``path`` and ``label``; other columns are kept."""

from __future__ import annotations

import csv
from pathlib import Path, PurePosixPath

from core.audit.source import Source
from core.ingest.readers.reader import Reader
from core.ingest.records import Listing, Record, SourceError


def read_table(path: Path) -> Listing:
    """Read the records of the CSV file at `path` (UTF-8, with a header line).

    Raises
    ------
    SourceError
        Naming the line, when the table cannot be understood.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            columns = _header(next(reader, []), path)
            records = _records(reader, columns, path)
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
    if all(record.label is None for record in records):
        raise SourceError(f"No row of {path} has a label, so there is nothing to audit.")
    return Listing(columns, records)


def _header(columns: list[str], path: Path) -> list[str]:
    for needed in ("path", "label"):
        if needed not in columns:
            found = ", ".join(columns) or "nothing"
            raise SourceError(f"{path} has no column {needed!r}; its first line names {found}.")
    duplicates = {name for name in columns if columns.count(name) > 1}
    if duplicates:
        raise SourceError(f"{path} has more than one column {min(duplicates)!r}.")
    return columns


def _records(reader: csv.reader, columns: list[str], path: Path) -> list[Record]:  # type: ignore[valid-type]
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
        records.append(Record(item_path, fields["label"].strip() or None, fields))
    return records


def _read(source: Source) -> Listing:
    assert source.labels is not None
    return read_table(source.labels)


READER = Reader(
    name="csv",
    order=50,
    title="CSV table",
    about="A table (UTF-8) with the columns path and label; further columns are kept.",
    recognizes=lambda path, options: "labels" in options,
    read=_read,
)
