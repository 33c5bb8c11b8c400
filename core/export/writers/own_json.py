"""The input's own JSON Lines, list of objects or ``labels.json``: only the labels differ."""

from __future__ import annotations

import codecs
import io
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, cast

from core.export.choices import ExportError, Fate
from core.export.json_text import (
    Span,
    elements,
    is_number,
    label_value,
    members,
    replaced,
    with_member,
)
from core.export.outgoing import Edit, Outgoing
from core.export.own_files import OWN_CHOICES, has_several_files, refused_unless, written_to
from core.export.writers.writer import Writer
from core.ingest.json_objects import json_head
from core.ingest.readers.json_lines import READER as LINES
from core.ingest.readers.label_map import READER as LABEL_MAP
from core.ingest.table_columns import ReadTable

NOT_UTF_8 = "{} is not UTF-8, so it cannot be given back as it came; export as JSON Lines."


def _write(outgoing: Outgoing, path: Path) -> None:
    numbers = all(map(is_number, outgoing.classes))

    def pieces(file: Path, edits: dict[int, Edit]) -> Iterator[bytes]:
        table, columns = cast(ReadTable, outgoing.listing.tables[file])
        if columns.label is None:
            raise ExportError(f"{file.name} has a key for each class; export as JSON Lines.")
        value = partial(label_value, ascii_only=_is_ascii(file), numbers=numbers)
        if outgoing.source.format == LABEL_MAP.name:
            return _edited_map(file, edits, value)
        key = table.columns[columns.label]
        kind = json_head(file).kind
        return (_edited_list if kind == "list" else _edited_lines)(file, key, edits, value)

    written_to(outgoing, path, pieces)


def _is_ascii(path: Path) -> bool:
    with path.open("rb") as file:
        file.read(len(codecs.BOM_UTF8) if _mark(path) else 0)
        return all(line.isascii() for line in file)


def _mark(path: Path) -> bytes:
    with path.open("rb") as file:
        return codecs.BOM_UTF8 if file.read(3) == codecs.BOM_UTF8 else b""


def _edited_lines(path: Path, key: str, edits: dict[int, Edit], value: Any) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield file.read(len(_mark(path)))
        # Lines end as in the reader: a byte is a character here, and no line end is translated.
        lines = io.TextIOWrapper(file, "latin-1", newline="")
        for number, line in enumerate(lines, start=1):
            data, edit = line.encode("latin-1"), edits.get(number)
            if edit is None:
                yield data
            elif not edit.is_left_out:
                yield _edited_object(data.decode(), key, edit, value).encode()


def _edited_object(text: str, key: str, edit: Edit, value: Any) -> str:
    old = dict(json.loads(text))
    edited = with_member(text, key, value(old.get(key), edit.labels))
    new = json.loads(edited)
    assert {**new, key: None} == {**old, key: None}, "more than a label would be changed"
    return edited


def _whole(path: Path) -> str:
    try:
        return path.read_bytes()[len(_mark(path)) :].decode()
    except UnicodeDecodeError:
        raise ExportError(NOT_UTF_8.format(path)) from None


def _edited_list(path: Path, key: str, edits: dict[int, Edit], value: Any) -> Iterator[bytes]:
    text = _whole(path)
    yield _mark(path)
    yield _without_left_out(text, list(elements(text)), edits, key, value).encode()


def _without_left_out(
    text: str, spans: list[Span], edits: dict[int, Edit], key: str, value: Any
) -> str:
    """Return a list with edited objects; one that goes takes a comma with it."""
    kept = [n for n in range(len(spans)) if not edits.get(n + 1, Edit(())).is_left_out]
    if not spans or not kept:
        return text if not spans else text[: spans[0].start] + text[spans[-1].end :]
    pieces = [text[: spans[0].start]]
    for place, n in enumerate(kept):
        edit = edits.get(n + 1)
        one = text[spans[n].start : spans[n].end]
        pieces.append(one if edit is None else _edited_object(one, key, edit, value))
        if place < len(kept) - 1:
            pieces.append(text[spans[n].end : spans[n + 1].start])
    return "".join([*pieces, text[spans[-1].end :]])


def _edited_map(path: Path, edits: dict[int, Edit], value: Any) -> Iterator[bytes]:
    text = _whole(path)
    found: dict[str, Span] = {}
    for name, span in members(text):
        found[name] = span  # in the order of their first appearance, as a reader has them
    changes = []
    for number, span in enumerate(found.values(), start=1):
        edit = edits.get(number)
        if edit is not None and edit.is_left_out:
            raise ExportError(
                f"An entry of {path.name} cannot be left out; choose {Fate.EMPTY} or {Fate.GIVEN}."
            )
        if edit is not None:
            changes.append((span, value(span.value, edit.labels)))
    yield _mark(path)
    yield replaced(text, sorted(changes)).encode()


WRITER = Writer(
    name="own-json",
    order=12,
    title="The input's JSON",
    about="The lines or objects of the labels as they came, nothing but the labels changed.",
    write=_write,
    suffix=None,
    media_type="application/json",
    own_of=(LINES.name, LABEL_MAP.name, "metadata"),
    choices=OWN_CHOICES,
    refuses=refused_unless(".jsonl"),
    makes_folder=has_several_files,
)
