"""The place of a value in the text of a JSON object, so that it alone can be replaced."""

from __future__ import annotations

import json

SPACE = " \t\r\n"


def value_span(text: str, key: str) -> tuple[int, int] | None:
    """Return where the value of a key of an object begins and ends; None where it has none.

    Parameters
    ----------
    text : str
        A valid JSON object; of a key that comes twice, the last counts, as in `json`.
    key : str

    Examples
    --------
    >>> text = '{"a": [1], "label" : "cat"}'
    >>> text[slice(*value_span(text, "label"))]
    '"cat"'
    """
    decoder = json.JSONDecoder()
    at, found = _skip(text, 0) + 1, None
    while text[at := _skip(text, at)] != "}":
        name, at = decoder.raw_decode(text, at)
        start = _skip(text, _skip(text, at) + 1)
        _, at = decoder.raw_decode(text, start)
        if name == key:
            found = start, at
        at = _skip(text, at)
        at += text[at] == ","
    return found


def _skip(text: str, at: int) -> int:
    while text[at] in SPACE:
        at += 1
    return at


def json_text(value: str | None, like: str) -> str:
    """Return a label as JSON, with other alphabets escaped where the text beside it is ASCII."""
    return json.dumps(value, ensure_ascii=like.isascii())
