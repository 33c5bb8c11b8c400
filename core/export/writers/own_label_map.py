"""The input's own ``labels.json``: only the labels in it differ."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from core.export.annotation_sets import write_set
from core.export.json_labels import label_pieces
from core.export.json_text import JsonText, Piece, parts, removed
from core.export.outgoing import Edit, Outgoing
from core.export.writers.writer import Writer
from core.ingest.readers.label_map import READER


def _write(outgoing: Outgoing, path: Path) -> None:
    write_set(outgoing, path, (), _patched)


def _patched(path: Path, edits: dict[int, Edit]) -> Iterator[bytes]:
    doc = JsonText(path)
    numbers: dict[str, int] = {}
    gone: set[int] = set()
    pieces: list[Piece] = []
    for at, part in enumerate(parts(doc.text, doc.start), start=1):
        # A name that is there twice is counted once, as it is when the object is read.
        edit = edits.get(numbers.setdefault(part.key, len(numbers) + 1))
        if edit is None:
            continue
        if edit.is_left_out:
            gone.add(at)
        else:
            pieces += label_pieces(doc, part, edit.labels)
    return doc.edited([*pieces, *removed(parts(doc.text, doc.start), gone)])


WRITER = Writer(
    name="own-label-map",
    order=30,
    title="The input's labels.json",
    about="The JSON object of files and labels as it came, nothing but labels changed.",
    write=_write,
    suffix=".json",
    media_type="application/json",
    own_of=(READER.name,),
)
