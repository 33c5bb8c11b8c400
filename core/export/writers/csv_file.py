"""CSV: UTF-8, lines ended by a line feed, the input's columns and ours after them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from core.export.corrections import columns, rows
from core.export.writers.writer import Writer
from core.store import Store
from core.text import csv_lines


def pieces(store: Store) -> Iterator[bytes]:
    """Yield the lines of the table, its header first."""
    for line in csv_lines(chain([columns(store)], rows(store))):
        yield line.encode()


WRITER = Writer(
    name="csv",
    order=0,
    title="CSV",
    suffix=".csv",
    media_type="text/csv",
    pieces=pieces,
)
