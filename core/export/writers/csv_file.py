"""CSV: UTF-8, lines ended by a line feed, the input's columns and ours after them."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from core.export.corrections import columns, rows
from core.export.writers.writer import Writer
from core.store import Store


def pieces(store: Store) -> Iterator[bytes]:
    """Yield the lines of the table, its header first."""
    line = _Line()
    writer = csv.writer(line)
    for values in (columns(store), *rows(store)):
        writer.writerow(values)
        yield line.text.encode()


class _Line:
    """Takes a line of a `csv.writer` that ends it by CR LF; keeps it ended by LF.

    A writer quotes only the line ends that it writes, and a lone CR in a
    value has to be quoted too.
    """

    text = ""

    def write(self, line: str) -> None:
        self.text = line.removesuffix("\r\n") + "\n"


WRITER = Writer(
    name="csv",
    order=0,
    title="CSV",
    suffix=".csv",
    media_type="text/csv",
    pieces=pieces,
)
