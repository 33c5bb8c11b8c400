"""In which encoding the text of a table lies: told by its first bytes, or by evidence."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.ingest.records import Question, SourceError, UnansweredQuestion
from core.text import shortened

BLOCK = 1 << 20
EVIDENCE = 1 << 16
"""Bytes of lines beyond ASCII that an encoding is told by."""

MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark is the beginning of this one
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
DEFAULT = "utf-8-sig"
WESTERN = "cp1252"
"""Latin-1 with the quotation marks and dashes that are written by it on Windows."""

CANDIDATES = [
    WESTERN, "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "koi8_r", "mac_roman", "cp437",
    "cp932", "euc_jp", "gb18030", "big5", "euc_kr",
]  # fmt: skip
MOSTLY = 10
"""Of so many lines beyond ASCII one may be broken in text that is UTF-8 still."""
TIED = 0.02
"""How much messier a text may read in one encoding than in another that counts as equal."""


@dataclass(frozen=True)
class Encoding:
    """The encoding of a text file.

    Attributes
    ----------
    name : str
        As Python knows it.
    example : str or None
        A line as it reads then, where the encoding was told by evidence.
    has_broken_lines : bool
        Whether some lines, of many, do not fit it; they are damaged.
    others : dict of str to str
        What else it may be, and how the line reads then.
    """

    name: str
    example: str | None = None
    has_broken_lines: bool = False
    others: dict[str, str] = field(default_factory=dict)

    @property
    def errors(self) -> str:
        """How what does not fit is read: as a mark in a damaged line, or not at all."""
        return "surrogateescape" if self.has_broken_lines else "strict"

    def question(self, path: Path) -> Question | None:
        """Ask whether the encoding was told rightly by evidence; None where it is certain."""
        if self.example is None:
            return None
        because = (
            f"{path.name} is not UTF-8 and is read as {self.name}, so that a line reads"
            f" {shortened(self.example, 60)!r}; --encoding NAME reads it otherwise."
        )
        return _question(path, self.name, {self.name: self.example} | self.others, because)


def _question(path: Path, proposed: str, lines: Mapping[str, str], because: str) -> Question:
    shown = {name: f"{shortened(line, 60)} ({name})" for name, line in lines.items()}
    text = f"How does the text of {path.name} read?"
    answers = [*([] if proposed else [""]), *lines]
    needed = not proposed
    return Question("encoding", "--encoding", text, proposed, answers, needed, because, shown)


def text_encoding(path: Path, requested: str | None = None) -> Encoding:
    """Return the encoding of the text file at `path`; it is read through once, in blocks.

    Parameters
    ----------
    path : Path
    requested : str or None
        The encoding that somebody has named.

    Raises
    ------
    SourceError
        When nobody knows the encoding requested, or the file fits none.
    UnansweredQuestion
        When somebody has to say which it is.
    OSError
        When it cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if requested is not None:
        found = _requested(requested)
        # An answer is remembered, and a table may be saved anew as UTF-8 since: text of one byte a
        # character is never UTF-8 by chance, unless it is ASCII.
        is_anew = head.startswith(codecs.BOM_UTF8) or (
            _has_one_byte_a_character(found.name) and _is_utf8(path)
        )
        return Encoding(DEFAULT) if is_anew else found
    for mark, name in MARKS.items():
        if head.startswith(mark):
            return Encoding(name)
    if (wide := utf_16_without_mark(head)) is not None:
        return Encoding(wide)
    if _is_utf8(path):
        return Encoding(DEFAULT)
    if b"\0" in head:
        raise SourceError(f"{path} is no text, so it is no table of a kind that is read.")
    return _by_evidence(path)


def _has_one_byte_a_character(name: str) -> bool:
    return len(bytes(range(256)).decode(name, errors="replace")) == 256


def _requested(name: str) -> Encoding:
    try:
        found = codecs.lookup(name)
    except LookupError:
        found = None
    if found is None or not found._is_text_encoding:
        raise SourceError(f"There is no encoding {shortened(name, 40)!r}; try utf-8 or cp1252.")
    return Encoding(DEFAULT if found.name == "utf-8" else found.name)


def utf_16_without_mark(head: bytes) -> str | None:
    """Tell UTF-16 that lacks its mark: every other byte of Western text is zero."""
    for name, zeros, others in (
        ("utf-16-le", head[1::2], head[::2]), ("utf-16-be", head[::2], head[1::2])
    ):  # fmt: skip
        if len(zeros) > 8 and zeros.count(0) > 0.5 * len(zeros) and not others.count(0):
            return name
    return None


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _by_evidence(path: Path) -> Encoding:
    from charset_normalizer import from_bytes

    lines = _lines_beyond_ascii(path)
    broken = [line for line in lines if not _fits(line, "utf-8")]
    if len(lines) >= MOSTLY * len(broken):
        return Encoding(DEFAULT, has_broken_lines=True)
    lines = broken
    readings = _readings(lines)
    found = list(from_bytes(b"".join(lines), cp_isolation=CANDIDATES))
    if not found:
        raise UnansweredQuestion(
            f"The encoding of {path} cannot be told; save it as UTF-8, or name it with --encoding.",
            [_question(path, "", readings, "")] if readings else [],
        )
    least = min(match.chaos for match in found)
    equal = [match for match in found if match.chaos <= least + TIED]
    most = max(match.coherence for match in equal)
    names = {
        name: position
        for position, match in enumerate(equal)
        if match.coherence >= most - 0.1
        for name in reversed(match.could_be_from_charset)
        if name in CANDIDATES
    }
    texts = {name: _decoded(b"".join(lines), name) for name in names}
    best = min(names, key=lambda name: (_symbols(texts[name]), name != WESTERN, names[name]))
    example = _decoded(lines[0], best).strip()
    others = {name: line for name, line in readings.items() if line != example}
    return Encoding(best, example, others=others)


def _readings(lines: Sequence[bytes]) -> dict[str, str]:
    """Return how a line reads in each encoding that fits; once where several read alike."""
    text = b"".join(lines)
    found: dict[str, str] = {}
    for name in CANDIDATES:
        if _fits(text, name):
            found.setdefault(_decoded(text, name), name)
    return {name: _decoded(lines[0], name).strip() for name in found.values()}


def _fits(data: bytes, name: str) -> bool:
    try:
        data.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _decoded(data: bytes, name: str) -> str:
    return data.decode(name, errors="replace")


def _symbols(text: str) -> int:
    """Count what is rarely part of a name: characters beyond ASCII that are no letters."""
    return sum(
        1 for one in text if one > "\x7f" and unicodedata.category(one)[0] not in ("L", "M", "P")
    )


def _lines_beyond_ascii(path: Path) -> list[bytes]:
    lines, size = [], 0
    with path.open("rb") as file:
        while size < EVIDENCE and (line := file.readline(EVIDENCE)):
            if not line.isascii():
                lines.append(line)
                size += len(line)
    return lines
