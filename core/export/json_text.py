"""Finds and replaces values in the text of JSON, every other character left as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from json import JSONDecoder
from typing import Any, NamedTuple

_BLANKS = re.compile(r"[ \t\n\r]*")
_DECODER = JSONDecoder()


class Span(NamedTuple):
    """Where a value begins and ends in a text, and what it is."""

    start: int
    end: int
    value: Any


def _skip(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return at if found is None else found.end()


def _value(text: str, at: int) -> Span:
    value, end = _DECODER.raw_decode(text, at)
    return Span(at, end, value)


def members(text: str, at: int = 0) -> Iterator[tuple[str, Span]]:
    """Yield the keys and values of the object that begins at `at`, or after blanks.

    A key that is doubled comes twice; the last one counts, as for every reader.

    Raises
    ------
    ValueError
        When there is no object.

    Examples
    --------
    >>> [(key, span.start) for key, span in members('{"a": 1, "b" :[2]}')]
    [('a', 6), ('b', 13)]
    """
    at = _opened(text, at, "{")
    while text[at] != "}":
        key = _value(text, at)
        at = _skip(text, key.end)
        if text[at] != ":":
            raise ValueError("no colon after a key")
        span = _value(text, _skip(text, at + 1))
        yield str(key.value), span
        at = _next(text, span.end)


def elements(text: str, at: int = 0) -> Iterator[Span]:
    """Yield the elements of the list that begins at `at`, or after blanks.

    Raises
    ------
    ValueError
        When there is no list.
    """
    at = _opened(text, at, "[")
    while text[at] != "]":
        span = _value(text, at)
        yield span
        at = _next(text, span.end)


def _opened(text: str, at: int, bracket: str) -> int:
    at = _skip(text, at)
    if text[at : at + 1] != bracket:
        raise ValueError(f"no {bracket}")
    return _skip(text, at + 1)


def _next(text: str, at: int) -> int:
    """Return where the next member or element begins, or the bracket that closes."""
    at = _skip(text, at)
    return _skip(text, at + 1) if text[at] == "," else at


def with_member(text: str, key: str, value: str, at: int = 0) -> str:
    """Return the text of an object with another value of a key, which is added where it lacks.

    Parameters
    ----------
    text : str
    key : str
    value : str
        As JSON.
    at : int
        Where the object begins.

    Examples
    --------
    >>> with_member('{"a": 1,  "b":2}', "a", '"x"')
    '{"a": "x",  "b":2}'
    >>> with_member('{"a": 1}', "b", "null")
    '{"a": 1, "b": null}'
    """
    found = last = None
    for name, span in members(text, at):
        last = span
        found = span if name == key else found
    if found is not None:
        return text[: found.start] + value + text[found.end :]
    member = f"{json.dumps(key)}: {value}"
    end = _opened(text, at, "{") if last is None else last.end
    return text[:end] + (member if last is None else f", {member}") + text[end:]


def replaced(text: str, values: Iterable[tuple[Span, str]]) -> str:
    """Return a text with other values; spans come in their order."""
    pieces, last = [], 0
    for span, value in values:
        pieces += [text[last : span.start], value]
        last = span.end
    return "".join([*pieces, text[last:]])


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
    return isinstance(value, (bool, int, float)) and json.dumps(value) == label


def label_value(old: Any, labels: tuple[str, ...], *, ascii_only: bool, numbers: bool) -> str:
    """Return labels as JSON in the manner of what they replace.

    A list stays one, a number a number where it can be; no label is null.

    Parameters
    ----------
    old : object
        The value that stands there, None for none.
    labels : tuple of str
    ascii_only : bool
        Whether other characters are escaped.
    numbers : bool
        Whether all classes are numbers, for where nothing stands there.

    Examples
    --------
    >>> label_value(["a"], ("b",), ascii_only=True, numbers=False)
    '["b"]'
    >>> label_value(3, ("5",), ascii_only=True, numbers=False)
    '5'
    """
    inner = old[0] if isinstance(old, list) and old else old
    as_number = isinstance(inner, (bool, int, float)) or (inner in (None, []) and numbers)
    values = [
        label if as_number and is_number(label) else json.dumps(label, ensure_ascii=ascii_only)
        for label in labels
    ]
    if isinstance(old, list) or len(values) > 1:
        return f"[{', '.join(values)}]"
    return values[0] if values else "null"
