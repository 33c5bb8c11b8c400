"""The names of classes in a ``data.yaml``, read without a parser of all that YAML can be."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

_KEY = re.compile(r"names\s*:\s*(.*)")
_ENTRY = re.compile(r"\s*(?:-\s+|(\d+)\s*:\s*)(.*)")
_FLOW = re.compile(
    r"""\s*(?:(\d+)\s*:\s*)?("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^,'"\[\]{}]+)\s*(?:,|$)"""
)


def names_in(text: str) -> dict[int, str] | None:
    r"""Return the names of classes by their ids; None where there is no list of names.

    The forms that YOLO's tools write are known: a list or a mapping of numbers, in
    brackets or over lines.

    Examples
    --------
    >>> names_in("nc: 2\nnames: ['cat', \"dog's\"]")
    {0: 'cat', 1: "dog's"}
    >>> names_in("names:\n  0: cat  # tame\n  5: dog\ntrain: images")
    {0: 'cat', 5: 'dog'}
    >>> names_in("nc: 2") is None
    True
    """
    lines = text.splitlines()
    for at, line in enumerate(lines):
        if found := _KEY.fullmatch(line):
            rest = _plain(found[1])
            entries = _flow(rest, lines[at + 1 :]) if rest else _block(lines[at + 1 :])
            names = {
                at if number is None else int(number): _unquoted(name)
                for at, (number, name) in enumerate(entries)
            }
            return names or None
    return None


def _block(lines: Sequence[str]) -> Iterator[tuple[str | None, str]]:
    for line in lines:
        if not _plain(line):
            continue
        found = _ENTRY.fullmatch(line)
        if found is None:
            return
        yield found[1], _plain(found[2])


def _flow(first: str, lines: Sequence[str]) -> Iterator[tuple[str | None, str]]:
    """Yield the entries between brackets, which may go over several lines."""
    text = first
    for line in lines:
        if text.endswith(("]", "}")):
            break
        text += f" {_plain(line)}"
    if text[:1] + text[-1:] in ("[]", "{}"):
        for found in _FLOW.finditer(text[1:-1].strip()):
            yield found[1], found[2].strip()


def _plain(text: str) -> str:
    """Return a text without the comment after it."""
    return re.sub(r"(^|\s)#[^'\"]*$", "", text).strip()


def _unquoted(text: str) -> str:
    if text[:1] == "'" == text[-1:] and len(text) > 1:
        return text[1:-1].replace("''", "'")
    if text[:1] == '"' == text[-1:] and len(text) > 1:
        try:
            return str(ast.literal_eval(text))
        except (SyntaxError, ValueError):
            return text[1:-1]
    return text
