"""The file in which a log travels: lines of JSON, a header first, then a row of the log each.

After the rows, a line each says who has seen a verdict before a blind review.
The header says of which audit the log is, when it was written, how many lines
follow, and which classes they name. A row keeps who decided what, when, in which
role, on which content and under which given label; classes are named as the
input spells them, images by the hash of their content.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from core.store import Row, StoreError
from core.store.log_merging import LogRow
from core.store.log_placing import LogClass
from core.store.log_seen import LogSeen
from core.terms import UNDO, VERDICTS, Role, Stream, Verdict
from core.text import one_line, shortened

VERSION = 1
MARK = "second_look_log"
LONGEST_LINE = 64 * 1024 * 1024
LONGEST_TEXT = 4096
LARGEST_NUMBER = 2**63 - 1


class LogFileError(StoreError):
    """A file that holds no log; the message is one clear sentence."""


@dataclass(frozen=True)
class Header:
    """What the first line says.

    Attributes
    ----------
    audit, name : str
        Id and name of the audit.
    exported : str
        When it was written.
    rows, seen : int
        How many lines follow: of the log, and of who has seen what.
    classes : tuple of LogClass
    """

    audit: str
    name: str
    exported: str
    rows: int
    seen: int
    classes: tuple[LogClass, ...]


def lines(header: Header, rows: Iterable[Row], seen: Iterable[Row] = ()) -> Iterator[str]:
    """Yield the lines of a log's file."""
    classes = [one._asdict() for one in header.classes]
    first = {
        MARK: VERSION,
        "audit": header.audit,
        "name": header.name,
        "exported": header.exported,
        "rows": header.rows,
        "seen": header.seen,
        "classes": classes,
    }
    yield _line(first)
    for row in chain(rows, seen):
        yield _line(row)


def _line(value: Row) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


class LogReader:
    """Reads a log's file line by line.

    Parameters
    ----------
    path : Path

    Attributes
    ----------
    header : Header
    seen : list of LogSeen
        Once all rows were read: who has seen which verdicts.

    Raises
    ------
    LogFileError
        When the first line is no header of a version that is known.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            self.header = _header(path, _read(path, file, 1))
        self.seen: list[LogSeen] = []

    def rows(self) -> Iterator[LogRow]:
        """Yield every row.

        Raises
        ------
        LogFileError
            At the first line that is none, or where lines are missing.
        """
        spelled = frozenset(one.spelling for one in self.header.classes)
        self.seen = []
        number = 1
        with self.path.open("rb") as file:
            _read(self.path, file, 1)
            while (text := _read(self.path, file, number + 1)) is not None:
                number += 1
                with _told(self.path, number):
                    row = _object(text)
                    if "seen_by" in row:
                        self.seen.append(_seen(row))
                    else:
                        yield _row(row, number, spelled)
        expected = self.header.rows + self.header.seen
        if number - 1 != expected:
            raise LogFileError(
                f"{_name(self.path)} ends after {number - 1:,} of {expected:,} rows;"
                " copy or export it again."
            )


def _name(path: Path) -> str:
    return shortened(one_line(path.name), 80)


def _read(path: Path, file: BinaryIO, number: int) -> str | None:
    """Return the next line; None at the end."""
    line = file.readline(LONGEST_LINE + 1)
    if not line:
        return None
    with _told(path, number):
        if len(line) > LONGEST_LINE:
            raise ValueError("it is too long")
        return line.decode("utf-8-sig" if number == 1 else "utf-8")


class _told:  # noqa: N801 - it reads as a word of a sentence
    """Says in a sentence which line is wrong, and why."""

    def __init__(self, path: Path, number: int) -> None:
        self.path, self.number = path, number

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, _: object) -> None:
        if isinstance(error, UnicodeError):
            why = "it is not UTF-8"
        elif isinstance(error, json.JSONDecodeError | RecursionError):
            why = "it is no JSON"
        elif isinstance(error, ValueError) and not isinstance(error, StoreError):
            why = shortened(one_line(str(error)), 120)
        else:
            return
        raise LogFileError(
            f"Line {self.number:,} of {_name(self.path)} is no row of a log: {why}."
        ) from None


def _object(text: str) -> Row:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise ValueError("it is no JSON object")
    return value


def _header(path: Path, text: str | None) -> Header:
    try:
        first = _object(text or "")
        version = first.get(MARK)
    except (ValueError, RecursionError):
        version = None
    if not isinstance(version, int):
        raise LogFileError(
            f"{_name(path)} is no log of Second Look; write one with `log DIR --export FILE`."
        )
    if version > VERSION:
        raise LogFileError(
            f"{_name(path)} was written by a newer version of Second Look; update this one."
        )
    with _told(path, 1):
        return Header(
            audit=_text(first, "audit"),
            name=_text(first, "name"),
            exported=_time(first, "exported"),
            rows=_number(first, "rows"),
            seen=_number(first, "seen"),
            classes=tuple(map(_class, _list(first, "classes"))),
        )


def _class(value: object) -> LogClass:
    if not isinstance(value, dict):
        raise ValueError("a class is no JSON object")
    names = _texts(value, "names")
    if not names:
        raise ValueError("a class has no name")
    return LogClass(_text(value, "spelling"), names, _text_or_none(value, "merged_into"))


def _row(row: Row, number: int, spelled: frozenset[str]) -> LogRow:
    verdict = _one_of(row, "verdict", [UNDO, *Verdict])
    read = LogRow(
        line=number,
        session=_text(row, "session"),
        seq=_number(row, "seq"),
        action=_text_or_none(row, "action"),
        at=_time(row, "at"),
        auditor=_person(row, "auditor"),
        path=_text(row, "path"),
        content=_text_or_none(row, "content"),
        verdict=verdict,
        given=_text_or_none(row, "given"),
        labels=_texts(row, "labels"),
        role=_one_of(row, "role", Role),
        stream=_one_of(row, "stream", Stream),
        undoes=_reference(row, "undoes"),
        redoes=_reference(row, "redoes"),
    )
    if (verdict == UNDO) != (read.undoes is not None):
        raise ValueError("undoes does not go with its verdict")
    least, most = (0, 0) if verdict == UNDO else VERDICTS[Verdict(verdict)].classes
    if len(read.labels) < least or (most is not None and len(read.labels) > most):
        raise ValueError(f"{verdict} does not go with {len(read.labels)} labels")
    for one in (*read.labels, *([] if read.given is None else [read.given])):
        if one not in spelled:
            raise ValueError(f"the class {shortened(one, 40)!r} is not in the first line")
    return read


def _seen(row: Row) -> LogSeen:
    return LogSeen(
        seen_by=_person(row, "seen_by"),
        session=_text(row, "session"),
        seq=_number(row, "seq"),
        content=_text_or_none(row, "content"),
        at=_time(row, "at"),
    )


def _person(row: Row, name: str) -> str:
    return str(
        _field(
            row,
            name,
            lambda value: _is_text(value) and value.strip() != "" and one_line(value) == value,
            "name",
        )
    )


def _field(row: Row, name: str, fits: Callable[[Any], bool], what: str) -> Any:
    value = row.get(name)
    if not fits(value):
        raise ValueError(f"{name} is no {what}")
    return value


def _is_text(value: object) -> bool:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or "\0" in value:
        return False
    value.encode()  # half a character cannot be stored: it is no UTF-8
    return True


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_NUMBER


def _text(row: Row, name: str) -> str:
    return str(_field(row, name, lambda value: _is_text(value) and value != "", "text"))


def _text_or_none(row: Row, name: str) -> str | None:
    return None if row.get(name) is None else _text(row, name)


def _number(row: Row, name: str) -> int:
    return int(_field(row, name, _is_number, "number"))


def _list(row: Row, name: str) -> list[Any]:
    return list(_field(row, name, lambda value: isinstance(value, list), "list"))


def _texts(row: Row, name: str) -> tuple[str, ...]:
    values = _list(row, name)
    if not all(_is_text(one) and one != "" for one in values):
        raise ValueError(f"{name} is no list of texts")
    return tuple(values)


def _one_of(row: Row, name: str, known: Iterable[str]) -> str:
    value = row.get(name)
    if value not in [str(one) for one in known]:
        raise ValueError(f"{name} is {shortened(repr(value), 40)}")
    return str(value)


def _reference(row: Row, name: str) -> tuple[str, int] | None:
    if row.get(name) is None:
        return None
    values = _list(row, name)
    if len(values) != 2 or not _is_text(values[0]) or not _is_number(values[1]):
        raise ValueError(f"{name} names no row")
    return values[0], values[1]


def _time(row: Row, name: str) -> str:
    """Return a time as the log writes it: in UTC, to the millisecond."""
    try:
        time = datetime.fromisoformat(_text(row, name))
        if time.tzinfo is None:
            raise ValueError
        return time.astimezone(UTC).isoformat(timespec="milliseconds")
    except (ValueError, OverflowError):
        raise ValueError(f"{name} is no time") from None
