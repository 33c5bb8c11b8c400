"""CSV: UTF-8, lines ended by a line feed, the input's columns and ours after them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from core.export.outgoing import Outgoing
from core.export.spreadsheets import safe_rows
from core.export.wide_rows import wide_columns, wide_rows
from core.export.writers.writer import Writer, written_in_pieces
from core.text import csv_lines


def pieces(outgoing: Outgoing, delimiter: str = ",") -> Iterator[bytes]:
    """Yield the lines of the table, its header first."""
    rows = chain([wide_columns(outgoing)], wide_rows(outgoing))
    for line in csv_lines(safe_rows(rows, outgoing.choices), delimiter):
        yield line.encode()


WRITER = Writer(
    name="csv",
    order=0,
    title="CSV",
    about="The input's columns, then the final label and how it came about.",
    write=written_in_pieces(pieces),
    suffix=".csv",
    media_type="text/csv",
    is_for_spreadsheets=True,
)
