"""JSON Lines: an object an item, the input's columns and ours after them; labels as a list too."""

from __future__ import annotations

import json
from collections.abc import Iterator

from core.export.outgoing import Outgoing
from core.export.wide_rows import listed_columns, listed_rows
from core.export.writers.writer import Writer, written_in_pieces


def _pieces(outgoing: Outgoing) -> Iterator[bytes]:
    columns = listed_columns(outgoing)
    encode = json.JSONEncoder(ensure_ascii=False).encode
    for row in listed_rows(outgoing):
        yield (encode(dict(zip(columns, row, strict=True))) + "\n").encode()


WRITER = Writer(
    name="jsonl",
    order=2,
    title="JSON Lines",
    about="An object a line: the input's columns, then the final label and how it came about.",
    write=written_in_pieces(_pieces),
    suffix=".jsonl",
    media_type="application/jsonl",
)
