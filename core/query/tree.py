"""The syntax tree of a query, which can be written as text again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from core.query.fields import META

BARE = re.compile(r"[^\s()\",*\\]+")
SPECIAL = re.compile(r'["*\\]')
BARE_NAME = re.compile(r"[^\s()\",:<>=*\\-][^\s()\",:<>=*\\]*")


class QueryError(ValueError):
    """A query that cannot be parsed; the message names the mistake and its place.

    Attributes
    ----------
    position : int or None
        Column of the text, from 0, at which the mistake begins.
    length : int
        Characters that belong to it.
    """

    def __init__(self, message: str, position: int | None = None, length: int = 1) -> None:
        super().__init__(message if position is None else f"{message} (column {position + 1})")
        self.position = position
        self.length = length


@dataclass(frozen=True)
class Anything:
    """Any value at all: ``verdict:any``."""

    def __str__(self) -> str:
        return "any"


@dataclass(frozen=True)
class Text:
    """A text, or a pattern with wildcards.

    Attributes
    ----------
    parts : tuple of str
        What stands between the wildcards; one part where there is none.
    """

    parts: tuple[str, ...]
    position: int = field(default=0, compare=False)
    length: int = field(default=0, compare=False)

    @classmethod
    def of(cls, text: str) -> Text:
        """Return the plain text, in which nothing is a wildcard."""
        return cls((text,))

    @property
    def plain(self) -> str | None:
        """The text, or None when it has wildcards."""
        return self.parts[0] if len(self.parts) == 1 else None

    @property
    def pattern(self) -> re.Pattern[str]:
        """A regular expression of the whole text, in any case."""
        return re.compile(".*".join(map(re.escape, self.parts)), re.IGNORECASE | re.DOTALL)

    def __str__(self) -> str:
        bare = "*".join(self.parts)
        ordinary = all(BARE.fullmatch(part) for part in self.parts if part)
        if ordinary and bare and bare != "any" and bare[0] not in "<>=" and ".." not in bare:
            return bare
        return _quoted("*".join(SPECIAL.sub(r"\\\g<0>", part) for part in self.parts))


Bound = float | str
"""A number, or the beginning of a time such as ``2026-11``."""


@dataclass(frozen=True)
class Span:
    """Numbers or times from `low` to `high`, both of which belong to it unless open."""

    low: Bound | None = None
    high: Bound | None = None
    low_open: bool = False
    high_open: bool = False

    def __str__(self) -> str:
        if self.low is not None and self.low == self.high:
            return _written(self.low)
        if self.low is not None and self.high is not None:
            return f"{_written(self.low)}..{_written(self.high)}"
        if self.low is not None:
            return (">" if self.low_open else ">=") + _written(self.low)
        assert self.high is not None
        return ("<" if self.high_open else "<=") + _written(self.high)


Value = Anything | Text | Span


class Query:
    """A condition on items; ``str`` writes it in its one canonical form."""

    ALL: ClassVar[Query]
    """The condition that every item meets."""

    def terms(self) -> Iterator[Term]:
        """Yield every term, from left to right."""
        raise NotImplementedError

    def mentions(self, name: str) -> bool:
        """Return whether a term asks for the field `name`."""
        return any(term.field == name for term in self.terms())


@dataclass(frozen=True)
class Term(Query):
    """The value of a field is one of `values`.

    Attributes
    ----------
    field : str
        Of `core.query.fields.FIELDS`, or ``meta.`` and a column of the input.
    values : tuple of Value
    """

    field: str
    values: tuple[Value, ...]

    def terms(self) -> Iterator[Term]:
        """Yield this term."""
        yield self

    def __str__(self) -> str:
        return f"{field_name(self.field)}:{','.join(map(self._written, self.values))}"

    def _written(self, value: Value) -> str:
        if isinstance(value, Span) and self.field.startswith(META) and value.low == value.high:
            return f"{value}..{value}"  # one number alone is a text there
        return str(value)


@dataclass(frozen=True)
class Not(Query):
    """`part` does not hold; made by `negated`."""

    part: Query

    def terms(self) -> Iterator[Term]:
        """Yield the terms of what is negated."""
        yield from self.part.terms()

    def __str__(self) -> str:
        return f"-{self.part}" if isinstance(self.part, Term) else f"-({self.part})"


@dataclass(frozen=True)
class And(Query):
    """All of `parts` hold; made by `all_of`. Without parts, everything."""

    parts: tuple[Query, ...]

    def terms(self) -> Iterator[Term]:
        """Yield the terms of all parts."""
        for part in self.parts:
            yield from part.terms()

    def __str__(self) -> str:
        return " ".join(f"({part})" if isinstance(part, Or) else str(part) for part in self.parts)


@dataclass(frozen=True)
class Or(Query):
    """At least one of `parts` holds; made by `any_of`."""

    parts: tuple[Query, ...]

    def terms(self) -> Iterator[Term]:
        """Yield the terms of all parts."""
        for part in self.parts:
            yield from part.terms()

    def __str__(self) -> str:
        return " or ".join(
            f"({part})" if isinstance(part, And) else str(part) for part in self.parts
        )


Query.ALL = And(())


def all_of(parts: Iterable[Query]) -> Query:
    """Return the condition that all of `parts` hold."""
    flat = [part for each in parts for part in (each.parts if isinstance(each, And) else [each])]
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def any_of(parts: Iterable[Query]) -> Query:
    """Return the condition that one of `parts` holds, of which there is at least one."""
    flat = [part for each in parts for part in (each.parts if isinstance(each, Or) else [each])]
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def negated(part: Query) -> Query:
    """Return the condition that `part` does not hold."""
    return part.part if isinstance(part, Not) else Not(part)


def field_name(name: str) -> str:
    """Return a field's name as it stands before the colon."""
    if not name.startswith(META):
        return name
    column = name.removeprefix(META)
    if BARE_NAME.fullmatch(column):
        return name
    return META + _quoted(SPECIAL.sub(r"\\\g<0>", column))


def term(name: str, *texts: str) -> str:
    """Return the text of the term that a field has one of these plain texts.

    What a menu writes into the query: quotes are set where they are needed.
    """
    return str(Term(name, tuple(Text.of(text) for text in texts)))


def _written(bound: Bound) -> str:
    return bound if isinstance(bound, str) else repr(float(bound)).removesuffix(".0")


def _quoted(escaped: str) -> str:
    return f'"{escaped}"'
