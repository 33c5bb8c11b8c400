"""Reads the CSV tables of annotation tools row by row, damaged rows counted."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from core.ingest.annotation_files import read_bytes
from core.ingest.boxes import Gathering
from core.ingest.records import SourceError

MOST_BYTES = 2_000_000_000
MOST_COLUMNS = 10_000
HEADER_BYTES = 100_000

Row = dict[str, str]


def header_of(path: Path) -> list[str]:
    """Return the names in the first line of a table; none where it is not text."""
    try:
        with path.open("rb") as file:
            text = file.read(HEADER_BYTES).decode("utf-8-sig", errors="ignore")
        return next(csv.reader(io.StringIO(text)), [])
    except (OSError, csv.Error):
        return []


def find_column(header: Sequence[str], names: Iterable[str]) -> str | None:
    """Return the column that has the first of `names` that one has, whatever case and blanks.

    Examples
    --------
    >>> find_column(["Filename", " class"], ("label", "class"))
    ' class'
    """
    plain = {name.strip().casefold(): name for name in reversed(header)}
    return next((plain[name] for name in names if name in plain), None)


class PlainTable:
    """A CSV table in UTF-8 with a header.

    Parameters
    ----------
    path : Path
    name : str
        What it is called in sentences.

    Attributes
    ----------
    header : list of str

    Raises
    ------
    SourceError
        When it cannot be read, is not UTF-8, or names a column twice.
    """

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name
        try:
            text = read_bytes(path, MOST_BYTES).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise SourceError(f"{path} is not UTF-8 text; save the table as UTF-8 CSV.") from None
        self._reader = csv.reader(io.StringIO(text, newline=""))
        try:
            self.header = next(self._reader, [])
        except csv.Error as error:
            raise SourceError(f"{path}, line 1: {error}.") from None
        if len(self.header) > MOST_COLUMNS:
            raise SourceError(
                f"{path} has {len(self.header):,} columns; that is no table of labels."
            )
        twice = {one for one in self.header if one and self.header.count(one) > 1}
        if twice:
            raise SourceError(f"{path} has more than one column {min(twice)[:100]!r}.")

    @property
    def line(self) -> int:
        """The line at which the row ends that was read last."""
        return self._reader.line_num

    def rows(self, gathering: Gathering) -> Iterator[tuple[str, Row]]:
        """Yield each row, and where it stands; those that cannot be read are left out."""
        while True:
            try:
                values = next(self._reader, None)
            except csv.Error as error:
                gathering.leave_out(f"damaged ({error})", self._where())
                continue
            if values is None:
                return
            if not any(values):
                continue
            if len(values) != len(self.header):
                gathering.leave_out("more or fewer values than columns", self._where())
                continue
            yield self._where(), dict(zip(self.header, values, strict=True))

    def _where(self) -> str:
        return f"line {self._reader.line_num:,} of {self.name}"


def file_name(row: Mapping[str, str], column: str) -> str | None:
    """Return the file that a row names; None where it names none."""
    name = row[column].strip()
    return name if name and "\0" not in name else None
