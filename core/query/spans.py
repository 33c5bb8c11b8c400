"""Ranges of numbers and times: ``>0.8``, ``0.2..0.5``, ``<=2026-11``."""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import NamedTuple, NoReturn

from core.query.fields import FIELDS, Kind
from core.query.tree import Bound, QueryError, Span

COMPARED = (">=", "<=", ">", "<")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
TIMES = ("%Y", "%Y-%m", "%Y-%m-%d", "%Y-%m-%dT%H", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")
TIME = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d)?)?)?)?)?", re.ASCII)


class Token(NamedTuple):
    """One value as it stands in a query.

    Attributes
    ----------
    parts : tuple of str
        What stands between the wildcards.
    written : str
        As it is, but without the quotes.
    quoted : bool
    position, length : int
        Where it stands, quotes included.
    """

    parts: tuple[str, ...]
    written: str
    quoted: bool
    position: int
    length: int


def span(field: str, token: Token) -> Span | None:
    """Return the numbers or times that a value names.

    Parameters
    ----------
    field : str
        A field of numbers, of times, or a column of the input, which may hold
        either; what is neither is None there.

    Raises
    ------
    QueryError
        When they are not what the field holds.
    """
    known = FIELDS.get(field)
    kind = None if known is None else known.kind
    for sign in COMPARED:
        if token.written.startswith(sign):
            bound = _bound(token.written.removeprefix(sign), kind)
            if bound is None:
                _refuse(field, token)
            if sign[0] == ">":
                return Span(low=bound, low_open=sign == ">")
            return Span(high=bound, high_open=sign == "<")
    if ".." in token.written:
        return _range(field, token, kind)
    if known is None:  # equal as texts: 007 is not 7
        return None
    bound = _bound(token.written, kind)
    if bound is None:
        _refuse(field, token)
    return Span(bound, bound)


def _range(field: str, token: Token, kind: Kind | None) -> Span | None:
    before, _, after = token.written.partition("..")
    low, high = _bound(before, kind), _bound(after, kind)
    understood = (low is not None or not before) and (high is not None or not after)
    mixed = low is not None and high is not None and type(low) is not type(high)
    if not understood or mixed or token.written == "..":
        return None if kind is None else _refuse(field, token)
    if low is not None and high is not None and low > high:  # type: ignore[operator]
        raise QueryError(
            f"Nothing lies in {token.written}; the smaller comes first.",
            token.position,
            token.length,
        )
    return Span(low, high)


def _bound(text: str, kind: Kind | None) -> Bound | None:
    """Return the number or the time that `text` is, or None."""
    if kind != "time" and NUMBER.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else None
    if kind != "number" and TIME.fullmatch(text.upper()):
        return _time(text.upper())
    return None


def _time(text: str) -> str | None:
    for form in TIMES:
        try:
            datetime.strptime(text, form)
        except ValueError:
            continue
        return text
    return None


def _refuse(field: str, token: Token) -> NoReturn:
    known = FIELDS.get(field)
    kind = "number or date" if known is None else "date" if known.kind == "time" else "number"
    example = "year:>1990" if known is None else known.example
    raise QueryError(
        f"{token.written!r} is no {kind}; write it as in {example}.", token.position, token.length
    )
