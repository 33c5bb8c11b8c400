"""JSON Lines, and a list of objects: each object is a row, its keys are the columns."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from core.audit.source import Source
from core.ingest.column_names import PATHS, called
from core.ingest.json_objects import json_head, listed, load_json, objects_table
from core.ingest.readers.reader import Reader
from core.ingest.records import Listing, SourceError
from core.ingest.table import Fault, Table
from core.ingest.table_listing import listing_of

LONGEST = 1 << 24
"""Characters of a line."""


def _recognizes(path: Path, options: Mapping[str, str]) -> bool:
    if "labels" not in options:
        return False
    head = json_head(Path(options["labels"]))
    named = "path_column" in options or "id_column" in options or called(head.keys, PATHS)
    return head.kind == "lines" or (head.kind == "list" and bool(named))


def lines_table(path: Path) -> Table:
    """Return the table of a file whose lines are JSON objects."""

    def objects(fault: Fault) -> Iterator[tuple[int, dict[str, Any]]]:
        try:
            with path.open(encoding="utf-8-sig") as file:
                yield from _objects(file, fault)
        except UnicodeDecodeError:
            raise SourceError(f"{path} is not UTF-8 text; save it as UTF-8.") from None
        except OSError as error:
            raise SourceError(f"{path} cannot be read ({error.strerror}).") from None

    return objects_table(path, objects, "line")


def _objects(file: Any, fault: Fault) -> Iterator[tuple[int, dict[str, Any]]]:
    number = 0
    while text := file.readline(LONGEST):
        number += 1
        if text.isspace():
            continue
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            fault(number, "it is no JSON")
            continue
        if isinstance(found, dict):
            yield number, found
        else:
            fault(number, "it is no object")


def _read(source: Source) -> Listing:
    path = source.labels
    assert path is not None
    if json_head(path).kind == "list":
        table = objects_table(path, listed(load_json(path)), "object")
    else:
        table = lines_table(path)
    return listing_of(table, source)


READER = Reader(
    name="jsonl",
    order=44,
    title="JSON Lines",
    about="An object a line, or a list of objects: its keys are the columns, as of a CSV.",
    recognizes=_recognizes,
    read=_read,
    of_table=True,
)
