"""Soft labels: a probability for each class, which is shared where several classes fit."""

from __future__ import annotations

from collections.abc import Iterator

from core.export.choices import ExportError
from core.export.corrected import CorrectedItem
from core.export.outgoing import Outgoing
from core.export.spreadsheets import safe_rows
from core.export.writers.writer import Writer, written_in_pieces
from core.text import csv_lines

MOST_CLASSES = 2000


def _pieces(outgoing: Outgoing) -> Iterator[bytes]:
    classes = outgoing.classes
    if len(classes) > MOST_CLASSES:
        raise ExportError(f"Soft labels have a column for each class, {MOST_CLASSES:,} at most.")
    header = safe_rows([("path", "split", *classes)], outgoing.choices)
    yield from (line.encode() for line in csv_lines(header))
    position = {name: n for n, name in enumerate(classes)}
    # Nearly all items have one class: what stands behind their paths is made once for each.
    known: dict[tuple[tuple[str, ...], tuple[float, ...]], str] = {}
    passing: list[CorrectedItem] = []

    def starts() -> Iterator[tuple[str, str]]:
        for item in outgoing.items():
            passing[:] = [item]
            yield item.path, item.split or ""

    for start in csv_lines(safe_rows(starts(), outgoing.choices)):
        item = passing[0]
        key = item.labels, item.weights
        if key not in known:
            known[key] = _shares(item, position)
        yield (start.removesuffix("\n") + known[key]).encode()


def _shares(item: CorrectedItem, position: dict[str, int]) -> str:
    """Return the cells of the classes; empty ones where nothing is known of them."""
    cells = ["0" if item.labels else ""] * len(position)
    for label, weight in zip(item.labels, item.weights, strict=True):
        cells[position[label]] = f"{weight:.6g}"
    return ",".join(["", *cells]) + "\n"


WRITER = Writer(
    name="soft-labels",
    order=62,
    title="Soft labels",
    about="A CSV with a column for each class: its probability, shared where several fit.",
    write=written_in_pieces(_pieces),
    suffix=".csv",
    media_type="text/csv",
    is_for_spreadsheets=True,
)
