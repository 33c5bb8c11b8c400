"""JSON as tables: what a file holds, told by its beginning, and its objects as rows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.ingest.records import SourceError
from core.ingest.table import MOST_COLUMNS, Cells, Fault, Table, as_text
from core.text import shortened

HEAD = 1 << 16
LINE_ENDINGS = {".jsonl", ".ndjson"}
MOST_BYTES = 1_000_000_000
"""Of JSON that is one value and is read at once."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:]')


@dataclass(frozen=True)
class Head:
    """What the beginning of a JSON file tells.

    Attributes
    ----------
    kind : str
        ``lines`` of objects, a ``list`` of objects, an ``object``, or empty for
        what is no JSON of these.
    keys : list of str
        Of the first object, as far as the beginning goes.
    first : str
        The beginning of its first value.
    """

    kind: str = ""
    keys: tuple[str, ...] = ()
    first: str = ""


def json_head(path: Path) -> Head:
    """Return what the beginning of the file at `path` tells; a missing file tells nothing."""
    try:
        with path.open("rb") as file:
            data = file.read(HEAD)
    except OSError:
        return Head()
    text = data.decode(
        "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "ignore"
    )
    text = text.lstrip()
    opened = re.match(r"\[?\s*\{", text)
    if opened is None:
        return Head()
    keys, end, first = _keys(text, opened.end())
    if text.startswith("["):
        return Head("list", keys, first)
    follows = end is not None and text[end:].lstrip().startswith("{")
    is_lines = follows or path.suffix.lower() in LINE_ENDINGS
    return Head("lines" if is_lines else "object", keys, first)


def _keys(text: str, start: int) -> tuple[tuple[str, ...], int | None, str]:
    """Return the keys of the object that begins before `start`, where it ends, its first value."""
    keys: list[str] = []
    depth, last, first = 1, "", ""
    for token in _TOKEN.finditer(text, start):
        found = token[0]
        if found in "{[":
            depth += 1
        elif found in "}]":
            depth -= 1
            if not depth:
                return tuple(keys), token.end(), first
        elif found == ":":
            if depth == 1 and last:
                keys.append(last)
                first = first or re.sub(r"\s", "", text[token.end() : token.end() + 40])
        else:
            last = _unquoted(found)
    return tuple(keys), None, first


def _unquoted(text: str) -> str:
    try:
        return str(json.loads(text))
    except ValueError:
        return text[1:-1]


def load_json(path: Path) -> Any:
    """Return the value of a JSON file.

    Raises
    ------
    SourceError
        When it is damaged or too large.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SourceError(f"{path} is too large to be read as one piece of JSON; use lines.")
        return json.loads(path.read_bytes())
    except json.JSONDecodeError as error:
        raise SourceError(
            f"{path}, line {error.lineno}: the JSON is damaged ({error.msg})."
        ) from None
    except UnicodeDecodeError:
        raise SourceError(f"{path} is not UTF-8 text; save the JSON as UTF-8.") from None
    except RecursionError:
        raise SourceError(f"{path} is JSON that is nested too deeply.") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror}).") from None


def objects_table(
    path: Path, objects: Callable[[Fault], Iterable[tuple[int, dict[str, Any]]]], place: str
) -> Table:
    """Return objects as a table, whose columns are their keys in the order of appearance.

    Parameters
    ----------
    path : Path
    objects : callable
        Yields the place and the content of each; see `Table.read`.
    place : str
    """
    keys: dict[str, int] = {}
    for _, one in objects(lambda place, reason: None):
        for key in one.keys() - keys.keys():
            keys[key] = len(keys)
        if len(keys) > MOST_COLUMNS:
            break
    columns = _in_order(keys, objects)

    def read(fault: Fault) -> Iterator[tuple[int, Cells]]:
        for number, one in objects(fault):
            yield number, [as_text(one.get(column)) for column in columns]

    return Table(path, columns, read, place=place, lists=True)


def _in_order(
    keys: dict[str, int], objects: Callable[[Fault], Iterable[tuple[int, dict[str, Any]]]]
) -> list[str]:
    """Return keys in the order of the first object, then as they came."""
    first = next((one for _, one in objects(lambda place, reason: None)), {})
    return [*first, *(key for key in keys if key not in first)]


def one_or_all(labels: list[str]) -> str | list[str]:
    """Return the label of a row, several as a list; empty for none."""
    return labels if len(labels) > 1 else next(iter(labels), "")


def listed(values: Iterable[Any]) -> Callable[[Fault], Iterator[tuple[int, dict[str, Any]]]]:
    """Return what yields the objects of a list; what is no object is told."""

    def objects(fault: Fault) -> Iterator[tuple[int, dict[str, Any]]]:
        for number, one in enumerate(values, start=1):
            if isinstance(one, dict):
                yield number, one
            else:
                fault(number, f"it is no object, but {shortened(str(one), 40)}")

    return objects
