"""XML that is edited where it stands: what is not edited keeps every byte."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from xml.parsers import expat

from core.arrays.blocks import slices
from core.export.choices import ExportError
from core.export.outgoing import Edit
from core.text import shortened

Piece = tuple[int, int, bytes]
"""Where bytes begin and end, and what takes their place."""

BLOCK = 1 << 20
MARKS = {
    b"\xef\xbb\xbf": "utf-8",
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
}
_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)""")
_TAG = re.compile(rb"""<(?:[^<>"']|"[^"]*"|'[^']*')*>""")
_ATTRIBUTE = re.compile(rb"""\s([^\s=<>"']+)\s*=\s*("[^"]*"|'[^']*')""")
_NEVER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold in any form."""

REFERENCES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
IN_QUOTES = REFERENCES | {'"': "&quot;", "'": "&apos;", "\n": "&#10;", "\t": "&#9;"}


@dataclass
class Element:
    """An element and its place among the bytes.

    Attributes
    ----------
    tag : str
    attributes : dict of str to str
    start, inner : int
        Where its first tag begins and ends.
    close, end : int
        Where its last tag begins and ends; of an element that is one tag, both are `inner`.
    children : list of Element
    text : str
        Of its own, before its first child.
    """

    tag: str
    attributes: dict[str, str]
    start: int
    inner: int
    close: int = 0
    end: int = 0
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def find(self, tag: str) -> Element | None:
        """Return the first child of that name."""
        return next((one for one in self.children if one.tag == tag), None)


class XmlText:
    """The content of an XML file in UTF-8, and its way back to the encoding of the file.

    Parameters
    ----------
    found : bytes
        As they lie in the file.
    path : Path
        Of the file, for sentences.

    Attributes
    ----------
    data : bytes
    """

    def __init__(self, found: bytes, path: Path) -> None:
        declared = _DECLARED.search(found[:200])
        marked = next((name for mark, name in MARKS.items() if found.startswith(mark)), None)
        self.path = path
        self.encoding = marked or (declared[1].decode() if declared else "utf-8")
        try:
            self.data = found.decode(self.encoding).encode()
            is_same = b"".join(self.edited([])) == found
        except (UnicodeError, LookupError):
            is_same = False
        if not is_same:
            raise ExportError(
                f"{path} cannot be given back in {self.encoding} byte for byte; save it as UTF-8,"
                " run `audit` again, then export."
            )

    def edited(self, pieces: Iterable[Piece]) -> Iterator[bytes]:
        """Yield the bytes of the file with `pieces`, which do not overlap, in place of its own."""
        last = 0
        for start, end, new in sorted(pieces):
            yield self._back(self.data[last:start])
            yield self._back(new)
            last = end
        yield self._back(self.data[last:])

    def _back(self, data: bytes) -> bytes:
        if self.encoding.casefold() in ("utf-8", "utf8"):
            return data
        return data.decode().encode(self.encoding, "xmlcharrefreplace")

    def elements(self, tags: Collection[str]) -> Iterator[Element]:
        """Yield the elements in the outermost one that are called so, with all that is in them."""
        reading = _Reading(self.data, tags)
        try:
            for part in slices(len(self.data), BLOCK):
                reading.parser.Parse(self.data[part], part.stop == len(self.data))
                yield from reading.taken()
        except expat.ExpatError as error:
            raise ExportError(f"{self.path}: the XML is damaged ({error}).") from None


class _Reading:
    """Takes what the parser finds, with its places."""

    def __init__(self, data: bytes, tags: Collection[str]) -> None:
        self.data, self.tags = data, tags
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._entity
        self._depth = 0
        self._open: list[Element] = []
        self._done: list[Element] = []

    def taken(self) -> Iterator[Element]:
        """Yield what is complete since the last call."""
        done, self._done = self._done, []
        yield from done

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._open or (self._depth == 2 and tag in self.tags):
            start = self.parser.CurrentByteIndex
            found = _TAG.match(self.data, start)
            assert found is not None
            element = Element(tag, attributes, start, found.end())
            if self._open:
                self._open[-1].children.append(element)
            self._open.append(element)

    def _end(self, tag: str) -> None:
        self._depth -= 1
        if not self._open:
            return
        element = self._open.pop()
        if self.data[element.inner - 2 : element.inner] == b"/>":
            element.close = element.end = element.inner
        else:
            element.close = self.parser.CurrentByteIndex
            element.end = self.data.index(b">", element.close) + 1
        if not self._open:
            self._done.append(element)

    def _text(self, text: str) -> None:
        if self._open and not self._open[-1].children:
            self._open[-1].text += text

    def _entity(self, *_: object) -> None:
        raise ExportError("The XML declares entities, which annotations never need.")


def with_text(data: bytes, element: Element, text: str) -> Piece:
    """Return the piece that gives an element another text, between the same blanks."""
    new = written(text, REFERENCES)
    if element.close == element.end:
        return with_content(data, element, new)
    old = data[element.inner : element.close]
    bare = old.strip()
    if not bare or b"<" in bare:
        return element.inner, element.close, new
    start = element.inner + old.index(bare)
    return start, start + len(bare), new


def with_content(data: bytes, element: Element, new: bytes) -> Piece:
    """Return the piece that puts bytes at the end of an element that has no content."""
    if element.close < element.end:
        return element.close, element.close, new
    start = element.start + len(data[element.start : element.inner - 2].rstrip())
    return start, element.inner, b">" + new + f"</{element.tag}>".encode()


def with_attribute(data: bytes, element: Element, name: str, value: str) -> Piece:
    """Return the piece that gives an attribute of an element another value."""
    for found in _ATTRIBUTE.finditer(data, element.start, element.inner):
        if found[1].decode() == name:
            other = "'" if found[2].startswith(b'"') else '"'
            references = {one: text for one, text in IN_QUOTES.items() if one != other}
            return found.start(2) + 1, found.end(2) - 1, written(value, references)
    at = element.start + 1 + len(element.tag.encode())
    return at, at, f' {name}="'.encode() + written(value, IN_QUOTES) + b'"'


def without(data: bytes, element: Element) -> Piece:
    """Return the piece that takes an element out, with the blanks before it."""
    start = element.start
    while data[start - 1 : start].isspace():
        start -= 1
    return start, element.end, b""


def lead(data: bytes, element: Element) -> bytes:
    """Return the blanks before an element."""
    return data[without(data, element)[0] : element.start]


def written(text: str, references: dict[str, str]) -> bytes:
    """Return a text as it stands in XML.

    Raises
    ------
    ExportError
        When it holds what XML cannot.
    """
    if _NEVER.search(text):
        raise ExportError(
            f"XML cannot hold the label {shortened(ascii(text), 60)}; rename the class, or choose"
            " another format."
        )
    return "".join(references.get(one, one) for one in text).encode()


Said = TypeVar("Said")


def relabeled(
    xml: XmlText,
    tag: str,
    edits: Mapping[int, Edit],
    read: Callable[[Element], Said],
    say: Callable[[Element, Edit], tuple[Said, Iterable[Piece]]],
) -> tuple[list[Piece], list[Said]]:
    """Return the pieces that make the elements of a tag say other labels, and what they say then.

    Parameters
    ----------
    xml : XmlText
    tag : str
        Of the elements that say labels, counted from 1.
    edits : dict of int to Edit
        By the number of the element; one that is left out goes.
    read : callable
        Of an element, what it says.
    say : callable
        Of an element and its edit, what it is to say, and the pieces for that.
    """
    pieces: list[Piece] = []
    expected: list[Said] = []
    for number, element in enumerate(xml.elements({tag}), start=1):
        edit = edits.get(number)
        if edit is None:
            expected.append(read(element))
        elif edit.is_left_out:
            pieces.append(without(xml.data, element))
        else:
            said, changes = say(element, edit)
            expected.append(said)
            pieces += changes
    return pieces, expected


def checked(
    xml: XmlText,
    pieces: Iterable[Piece],
    tags: Collection[str],
    read: Callable[[Element], Said],
    expected: Sequence[Said],
) -> list[bytes]:
    """Return a file with `pieces` in it, whose elements have to say what is expected then.

    Parameters
    ----------
    xml : XmlText
    pieces : iterable of Piece
    tags : collection of str
        Of the elements that say labels.
    read : callable
        Of an element, what it says.
    expected : sequence
        Of each that is left.

    Raises
    ------
    ExportError
        When they say something else.
    """
    found = b"".join(xml.edited(pieces))
    if [read(one) for one in XmlText(found, xml.path).elements(tags)] != list(expected):
        raise ExportError(
            f"{xml.path.name} cannot be edited without changing more than its labels; choose"
            " another format."
        )
    return [found]
