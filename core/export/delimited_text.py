"""Edits cells of a table of text, and leaves every other byte of the file as it is.

The rows are found by the `csv` module as the reader finds them, so that a place means
the same to both; only a row that is edited is taken apart here, and is read back
before it is written.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

from core.export.choices import ExportError
from core.export.file_hashes import hash_of
from core.ingest.delimited import NEVER_ENDS, TextForm
from core.ingest.text_encoding import MARKS
from core.text import shortened

RowEdit = Callable[[list[str]], Mapping[int, str] | None]
"""Of the values of a row, new ones by position; None where the row has to go."""

WIDE = {
    ("utf-16", codecs.BOM_UTF16_BE): "utf-16-be",
    ("utf-16", codecs.BOM_UTF16_LE): "utf-16-le",
    ("utf-16", b""): "utf-16-le",
    ("utf-32", codecs.BOM_UTF32_BE): "utf-32-be",
    ("utf-32", codecs.BOM_UTF32_LE): "utf-32-le",
    ("utf-32", b""): "utf-32-le",
}
LINE_ENDS = ("\r\n", "\n", "\r")


class _Line(NamedTuple):
    """A line as its bytes and as its text."""

    data: bytes
    text: str


def edited_table(
    path: Path, form: TextForm, edits: Mapping[int, RowEdit], header: RowEdit | None = None
) -> Iterator[bytes]:
    """Yield the bytes of a table with some rows edited.

    Parameters
    ----------
    path : Path
    form : TextForm
        As the reader has told it.
    edits : mapping of int to callable
        By the line at which a row ends, as `csv` counts.
    header : callable or None
        An edit of the header.

    Raises
    ------
    ExportError
        When a value cannot be written in the table's encoding, or the encoding
        not be written back as it was.
    """
    text = _Text(path, form)
    with path.open("rb") as file:
        yield text.mark
        lines = _Taken(text.lines(file))
        above = form.above
        for place, cells in _rows(lines, form):
            taken, edit = lines.take(), edits.get(place)
            if above and any(cells):
                above -= 1
                edit = header if not above and form.has_header else None
            if edit is None:
                yield from (line.data for line in taken)
            else:
                yield text.edited(taken, cells, edit(cells))
        yield from (line.data for line in lines.take())
    text.check()


class _Taken:
    """Hands lines to a reader and remembers those that it took for a row."""

    def __init__(self, lines: Iterator[_Line]) -> None:
        self._lines = lines
        self._taken: list[_Line] = []

    def __iter__(self) -> _Taken:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._taken.append(line)
        return line.text

    def take(self) -> list[_Line]:
        """Return the lines since the last call."""
        taken, self._taken = self._taken, []
        return taken


def _rows(lines: _Taken, form: TextForm) -> Iterator[tuple[int, list[str]]]:
    """Yield what a reader yields: a damaged row has no values."""
    reader = csv.reader(lines, delimiter=form.delimiter, strict=True)
    while True:
        try:
            for cells in reader:
                yield reader.line_num, cells
            return
        except csv.Error as error:
            if any(one in str(error) for one in NEVER_ENDS):
                raise ExportError(f"The table of the labels is damaged ({error}).") from None
            yield reader.line_num, []


class _Text:
    """The text of a file, line by line, from its bytes and back."""

    def __init__(self, path: Path, form: TextForm) -> None:
        self.path, self.form = path, form
        with path.open("rb") as file:
            head = file.read(4)
        name = form.encoding.name
        known = (mark for mark, of in MARKS.items() if of == name and head.startswith(mark))
        self.mark = next(known, b"")
        self.errors = form.encoding.errors
        self.encoding = WIDE.get((name, self.mark), "utf-8" if name == "utf-8-sig" else name)
        self._digest = hashlib.blake2b(self.mark, digest_size=16)
        # Where a line end is the same bytes as in ASCII, lines are found among the bytes.
        self.is_plain = "\r\n".encode(self.encoding) == b"\r\n" and not any(
            self.encoding.startswith(one) for one in ("utf-7", "utf_7", "iso2022", "hz")
        )

    def lines(self, file: BinaryIO) -> Iterator[_Line]:
        """Yield the lines after the mark; they end as in the table's reader."""
        file.seek(len(self.mark))
        if self.is_plain:
            for line in io.TextIOWrapper(file, "latin-1", newline=""):
                data = line.encode("latin-1")
                yield _Line(data, data.decode(self.encoding, self.errors))
            return
        for line in io.TextIOWrapper(file, self.encoding, self.errors, newline=""):
            data = line.encode(self.encoding, self.errors)
            self._digest.update(data)
            yield _Line(data, line)

    def check(self) -> None:
        """Refuse a file whose lines were written back otherwise than they were read."""
        if not self.is_plain and self._digest.hexdigest() != hash_of(self.path):
            raise ExportError(
                f"{self.path} cannot be given back in {self.encoding} byte for byte; save it as"
                " UTF-8, run `audit` again, then export."
            )

    def edited(
        self, lines: list[_Line], cells: list[str], values: Mapping[int, str] | None
    ) -> bytes:
        """Return the bytes of a row with new values; nothing where there are none."""
        if values is None:
            return b""
        text = "".join(line.text for line in lines)
        data = b"".join(line.data for line in lines)
        spans = cell_spans(text, self.form.delimiter)
        pieces: list[tuple[int, int, str]] = []
        for position in sorted(values):
            start, end = spans[position]
            pieces.append((start, end, written_cell(text[start:end], values[position], self.form)))
        if not _is_edited(_parsed(_replaced(text, pieces), self.form), cells, values):
            raise ExportError(
                f"{self.path}: the row {shortened(text.strip(), 80)!r} cannot be edited without"
                " changing more than its label; export as CSV."
            )
        at = self._byte_offsets(text, data)
        result, last = [], 0
        for start, end, cell in pieces:
            result += [data[last : at(start)], self._encoded(cell)]
            last = at(end)
        return b"".join([*result, data[last:]])

    def _byte_offsets(self, text: str, data: bytes) -> Callable[[int], int]:
        """Return what tells where a character begins among the bytes."""
        if text.encode(self.encoding, self.errors) == data:
            return lambda n: len(text[:n].encode(self.encoding, self.errors))
        offsets, decoder = [0], codecs.getincrementaldecoder(self.encoding)(self.errors)
        for n in range(len(data)):
            offsets += [n + 1] * len(decoder.decode(data[n : n + 1]))
        return offsets.__getitem__

    def _encoded(self, cell: str) -> bytes:
        try:
            return cell.encode(self.encoding)
        except UnicodeEncodeError:
            raise ExportError(
                f"The label {shortened(cell, 60)!r} cannot be written in {self.encoding}, as"
                f" {self.path.name} is; save the table as UTF-8, or export as CSV."
            ) from None


def cell_spans(text: str, delimiter: str) -> list[tuple[int, int]]:
    r"""Return where each value of a row begins and ends, quotes included.

    Examples
    --------
    >>> cell_spans('a,"b,c",\r\n', ",")
    [(0, 1), (2, 7), (8, 8)]
    """
    end = len(text) - next((len(one) for one in LINE_ENDS if text.endswith(one)), 0)
    spans, start = [], 0
    while True:
        at = start
        if text.startswith('"', at) and at < end:
            at = _closing(text, at + 1, end)
        stop = text.find(delimiter, at, end)
        spans.append((start, end if stop < 0 else stop))
        if stop < 0:
            return spans
        start = stop + 1


def _closing(text: str, at: int, end: int) -> int:
    """Return the position after the quote that ends a value."""
    while (at := text.find('"', at, end)) >= 0 and text.startswith('""', at):
        at += 2
    return end if at < 0 else at + 1


def written_cell(old: str, value: str, form: TextForm) -> str:
    """Return a value as the cell that it replaces is written: quoted, and with its blanks.

    Quotes are added only where they are needed.

    Parameters
    ----------
    old : str
        The cell as it stands in the file.
    value : str
    form : TextForm
    """
    quoted = '"' + value.replace('"', '""') + '"'
    if old.startswith('"') or any(one in value for one in ('"', "\r", "\n", form.delimiter)):
        return quoted
    bare = old.strip()
    if not bare or not value:
        return value
    start = old.index(bare)
    return old[:start] + value + old[start + len(bare) :]


def _replaced(text: str, pieces: list[tuple[int, int, str]]) -> str:
    for start, end, piece in reversed(pieces):
        text = text[:start] + piece + text[end:]
    return text


def _is_edited(found: list[str] | None, cells: list[str], values: Mapping[int, str]) -> bool:
    """Tell whether a row reads as it did but for its new values, round which blanks may stand."""
    if found is None or len(found) != len(cells):
        return False
    return all(
        one.strip() == values[n].strip() if n in values else one == cells[n]
        for n, one in enumerate(found)
    )


def _parsed(text: str, form: TextForm) -> list[str] | None:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=form.delimiter, strict=True)
    try:
        found = list(reader)
    except csv.Error:
        return None
    return found[0] if len(found) == 1 else None
