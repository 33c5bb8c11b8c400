"""JSON that is edited where it stands: what is not edited keeps every byte.

The text is walked with the C parser of `json`, value by value, so that the place of
each is known and none has to be held.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from core.export.choices import ExportError

Piece = tuple[int, int, str]
"""Where a text begins and ends, and what takes its place."""

_BLANK = re.compile(r"[ \t\n\r]*")
_decode = json.JSONDecoder().raw_decode
MARK = "\ufeff"
NEAR = 200
"""Characters before a list of one element that show how commas are followed."""
WIDE = {"utf-16": 2, "utf-32": 4}


class Part(NamedTuple):
    """An element of a list, or a member of an object.

    Attributes
    ----------
    key : str
        Of a member.
    begin : int
        Where it begins; a member with its key.
    start, end : int
        Of its value.
    value : object
        As it was read.
    """

    key: str
    begin: int
    start: int
    end: int
    value: Any


class JsonText:
    """The text of a JSON file and its way back to bytes.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        data = path.read_bytes()
        found: str = json.detect_encoding(data)
        if found in WIDE:  # which has a mark that says the order of bytes
            is_little = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF32_LE))
            found += "-le" if is_little else "-be"
        self.path = path
        self.encoding = found.removesuffix("-sig")
        self.text = data.decode(self.encoding, "surrogatepass")
        self.start = blank(self.text, len(MARK) if self.text.startswith(MARK) else 0)
        self.is_ascii = self.text.removeprefix(MARK).isascii()

    def written(self, value: Any) -> str:
        """Return a value as JSON, in ASCII where the file is."""
        return json.dumps(value, ensure_ascii=self.is_ascii or not _is_text(value))

    def edited(self, pieces: Iterable[Piece]) -> Iterator[bytes]:
        """Yield the bytes of the file with `pieces`, which do not overlap, in place of its own."""
        last = 0
        for start, end, new in sorted(pieces):
            yield self._encoded(self.text[last:start])
            yield self._encoded(new)
            last = end
        yield self._encoded(self.text[last:])

    def _encoded(self, text: str) -> bytes:
        return text.encode(self.encoding, "surrogatepass")

    def replaced(
        self, part: Part, pieces: Iterable[Piece], is_right: Callable[[Any], bool]
    ) -> Piece:
        """Return a part with `pieces` in it, if what is read of it then is right."""
        text, last = "", part.start
        for start, end, new in sorted(pieces):
            text += self.text[last:start] + new
            last = end
        text += self.text[last : part.end]
        if not is_right(json.loads(text)):
            raise ExportError(
                f"{self.path.name} cannot be edited at character {part.start:,} without changing"
                " more than a label; choose another format."
            )
        return part.start, part.end, text


def _is_text(value: Any) -> bool:
    """Tell whether what a value says can be encoded."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def blank(text: str, at: int) -> int:
    """Return where the blanks at a position end."""
    found = _BLANK.match(text, at)
    return at if found is None else found.end()


def parts(text: str, at: int) -> Iterator[Part]:
    """Yield what the list or object that begins at a position holds.

    Examples
    --------
    >>> [(one.key, one.value) for one in parts('{"a": [1, 2], "b": null}', 0)]
    [('a', [1, 2]), ('b', None)]
    """
    is_object = text[at] == "{"
    at = blank(text, at + 1)
    while text[at] not in "]}":
        begin, key = at, ""
        if is_object:
            key, at = _member(text, at)
        value, end = _decode(text, at)
        yield Part(key, begin, at, end, value)
        at = blank(text, end)
        if text[at] == ",":
            at = blank(text, at + 1)


def places(text: str, at: int) -> dict[str, int]:
    """Return where the value of each key of an object begins; long lists are not held.

    Examples
    --------
    >>> places('{"a": [1, 2], "b": null}', 0)
    {'a': 6, 'b': 19}
    """
    found: dict[str, int] = {}
    at = blank(text, at + 1)
    while text[at] != "}":
        key, at = _member(text, at)
        found[key] = at
        at = blank(text, _end(text, at))
        if text[at] == ",":
            at = blank(text, at + 1)
    return found


def _member(text: str, at: int) -> tuple[str, int]:
    """Return a key, and where its value begins."""
    key, end = _decode(text, at)
    return key, blank(text, blank(text, end) + 1)


def _end(text: str, at: int) -> int:
    """Return where a value ends; of a list, no more than an element is held."""
    if text[at] != "[":
        return _decode(text, at)[1]
    last = at + 1
    for part in parts(text, at):
        last = part.end
    return text.index("]", last) + 1


def removed(found: Iterable[Part], is_removed: Collection[int]) -> Iterator[Piece]:
    """Yield the pieces that take parts out of a list or object, by their numbers from 1.

    A comma and the blanks before it go with each.
    """
    if not is_removed:
        return
    pending, last, is_first = -1, 0, True
    for number, part in enumerate(found, start=1):
        if pending >= 0:
            yield pending, part.begin, ""
            pending = -1
        if number not in is_removed:
            is_first = False
        elif is_first:
            pending = part.begin
        else:
            yield last, part.end, ""
        last = part.end
    if pending >= 0:
        yield pending, last, ""


def added(text: str, at: int, new: Sequence[str]) -> list[Piece]:
    """Return the piece that adds texts to the end of a list or object, spaced as the others are.

    Examples
    --------
    >>> added("[1,  2]", 0, ["3"])
    [(6, 6, ',  3')]
    """
    if not new:
        return []
    found = list(parts(text, at))
    if not found:
        return [(at + 1, at + 1, ", ".join(new))]
    last = found[-1].end
    return [(last, last, "".join(f"{_between(text, at, found)}{one}" for one in new))]


def _between(text: str, at: int, found: Sequence[Part]) -> str:
    if len(found) > 1:
        return text[found[-2].end : found[-1].begin]
    lead = text[at + 1 : found[0].begin]
    return (
        f",{lead}"
        if "\n" in lead
        else ", "
        if ', "' in text[max(at - NEAR, 0) : found[0].end]
        else ","
    )


def like(text: str, part: Part, values: Sequence[tuple[str, str]]) -> str:
    """Return an object of keys and written values, spaced as another that is not empty.

    Examples
    --------
    >>> text = '[{"a" : 1}]'
    >>> like(text, next(parts(text, 0)), [("b", "2"), ("c", "3")])
    '{"b" : 2,"c" : 3}'
    """
    found = list(parts(text, part.start))
    first, between = found[0], _between(text, part.start, found)
    colon = text[_decode(text, first.begin)[1] : first.start]
    written = between.join(f"{json.dumps(key)}{colon}{value}" for key, value in values)
    return text[part.start : first.begin] + written + text[found[-1].end : part.end]
