"""The input's own JSON Lines, list of objects or ``labels.json``: only the labels differ."""

from __future__ import annotations

import codecs
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

from core.export.choices import ExportError
from core.export.json_edits import JsonText, Part, Piece, added, blank, parts, removed
from core.export.outgoing import Edit, Outgoing
from core.export.own_files import OWN_CHOICES, has_several_files, refused_unless, written_to
from core.export.writers.writer import Writer
from core.ingest.json_objects import json_head
from core.ingest.readers.json_lines import READER as LINES
from core.ingest.readers.label_map import READER as LABEL_MAP
from core.ingest.table_columns import ReadTable
from core.text import shortened


class Manner(NamedTuple):
    """How labels are written in a file.

    Attributes
    ----------
    ascii_only : bool
        Whether other characters are escaped.
    numbers : bool
        Whether all classes are numbers.
    """

    ascii_only: bool
    numbers: bool

    def written(self, old: Any, labels: tuple[str, ...]) -> str:
        """Return labels as JSON, as what they replace is: a list, a number, a text.

        No label is null.

        Parameters
        ----------
        old : object
            The value that stands there, None for none.
        labels : tuple of str

        Examples
        --------
        >>> manner = Manner(ascii_only=True, numbers=False)
        >>> [manner.written(old, ("5",)) for old in (["a"], 3, None)]
        ['["5"]', '5', '"5"']
        """
        inner = old[0] if isinstance(old, list) and old else old
        as_number = isinstance(inner, bool | int | float)
        as_number |= inner in (None, []) and self.numbers
        values = [
            label
            if as_number and is_number(label)
            else json.dumps(label, ensure_ascii=self.ascii_only)
            for label in labels
        ]
        if isinstance(old, list) or len(values) > 1:
            return f"[{', '.join(values)}]"
        return values[0] if values else "null"


def is_number(label: str) -> bool:
    """Tell whether a label is just how JSON writes a number or a truth value.

    Examples
    --------
    >>> [is_number(label) for label in ("3", "1.5", "true", "03", "cat")]
    [True, True, True, False, False]
    """
    try:
        value = json.loads(label)
    except ValueError:
        return False
    return isinstance(value, bool | int | float) and json.dumps(value) == label


def _write(outgoing: Outgoing, path: Path) -> None:
    numbers = all(map(is_number, outgoing.classes))

    def pieces(file: Path, edits: dict[int, Edit]) -> Iterator[bytes]:
        table, columns = cast(ReadTable, outgoing.listing.tables[file])
        if columns.label is None:
            raise ExportError(f"{file.name} has a key for each class; export as JSON Lines.")
        key = table.columns[columns.label]
        if outgoing.source.format == LABEL_MAP.name:
            return _edited_map(JsonText(file), edits, numbers)
        if json_head(file).kind == "list":
            return _edited_list(JsonText(file), key, edits, numbers)
        return _edited_lines(file, key, edits, numbers)

    written_to(outgoing, path, pieces)


def _edited_lines(path: Path, key: str, edits: dict[int, Edit], numbers: bool) -> Iterator[bytes]:
    with path.open("rb") as file:
        mark = codecs.BOM_UTF8 if file.read(3) == codecs.BOM_UTF8 else b""
        file.seek(len(mark))
        manner = Manner(all(line.isascii() for line in file), numbers)
        file.seek(len(mark))
        yield mark
        # Lines end as in the reader: a byte is a character here, and no line end is translated.
        lines = io.TextIOWrapper(file, "latin-1", newline="")
        for number, line in enumerate(lines, start=1):
            data, edit = line.encode("latin-1"), edits.get(number)
            if edit is None:
                yield data
            elif not edit.is_left_out:
                yield edited_object(data.decode(), key, edit, manner).encode()


def edited_object(text: str, key: str, edit: Edit, manner: Manner) -> str:
    """Return the text of an object with another label, and nothing else that is other."""
    start = blank(text, 0)
    new, last = "", 0
    for begin, end, value in _object_pieces(text, start, key, edit, manner):
        new, last = new + text[last:begin] + value, end
    new += text[last:]
    if _without(json.loads(new), key) != _without(json.loads(text), key):
        raise ExportError(
            f"{shortened(text, 80)!r} cannot be edited without changing more than its label."
        )
    return new


def _object_pieces(
    text: str, start: int, key: str, edit: Edit, manner: Manner
) -> list[Piece]:  # fmt: skip
    """Return what gives an object its label; of a key that comes twice, the last counts."""
    found = None
    for part in parts(text, start):
        found = part if part.key == key else found
    if found is not None:
        return [(found.start, found.end, manner.written(found.value, edit.labels))]
    return added(text, start, [f"{json.dumps(key)}: {manner.written(None, edit.labels)}"])


def _without(found: dict[str, Any], key: str) -> str:
    """Return an object without its label, as a text: one number, NaN, is not equal to itself."""
    return json.dumps({name: value for name, value in found.items() if name != key})


def _edited_list(
    doc: JsonText, key: str, edits: dict[int, Edit], numbers: bool
) -> Iterator[bytes]:  # fmt: skip
    manner = Manner(doc.is_ascii, numbers)
    pieces: list[Piece] = []
    for number, part in enumerate(parts(doc.text, doc.start), start=1):
        edit = edits.get(number)
        if edit is not None and not edit.is_left_out:
            before = _without(part.value, key)
            pieces.append(
                doc.replaced(
                    part,
                    _object_pieces(doc.text, part.start, key, edit, manner),
                    lambda value, before=before: _without(value, key) == before,  # type: ignore[misc]
                )
            )
    gone = {number for number, edit in edits.items() if edit.is_left_out}
    return doc.edited([*pieces, *_removed(doc, gone)])


def _edited_map(doc: JsonText, edits: dict[int, Edit], numbers: bool) -> Iterator[bytes]:
    manner = Manner(doc.is_ascii, numbers)
    found: dict[str, list[tuple[int, Part]]] = {}
    for number, part in enumerate(parts(doc.text, doc.start), start=1):
        found.setdefault(part.key, []).append((number, part))
    pieces: list[Piece] = []
    gone: set[int] = set()
    # A reader counts keys in the order of their first appearance, and takes their last value.
    for place, same in enumerate(found.values(), start=1):
        edit, (_, last) = edits.get(place), same[-1]
        if edit is not None and edit.is_left_out:
            gone.update(number for number, _ in same)
        elif edit is not None:
            pieces.append((last.start, last.end, manner.written(last.value, edit.labels)))
    return doc.edited([*pieces, *_removed(doc, gone)])


def _removed(doc: JsonText, gone: set[int]) -> Iterator[Piece]:
    return removed(parts(doc.text, doc.start), gone) if gone else iter(())


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
