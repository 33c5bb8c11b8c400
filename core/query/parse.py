"""Parsing a query: ``given:cat suspicion:>0.8 -verdict:any``.

Terms that stand beside each other must all hold; ``or``, ``not``, ``-`` and
parentheses have their usual meaning. A word without a field is searched in the path.
Texts are found in any case, of which SQLite knows only that of A to Z; names of
classes and people in that of every alphabet.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import NoReturn

from core.query.fields import FIELDS, META, Field
from core.query.spans import COMPARED, Token, span
from core.query.tree import (
    Anything,
    Query,
    QueryError,
    Term,
    Text,
    Value,
    all_of,
    any_of,
    negated,
    term,
)
from core.terms import current_name

__all__ = ["Query", "QueryError", "Term", "find_field", "near", "parse", "term"]

LONGEST = 4000
MOST_TERMS = 200
DEEPEST = 40
RUN = re.compile(r'[^\s()",:]+')
BARE = re.compile(r'[^\s()",]+')
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
PIECES = re.compile(r'\\(["*\\])|(\*)|(.)', re.DOTALL)
UNSENDABLE = re.compile("[\0\ud800-\udfff]")


def parse(text: str, columns: Sequence[str] = ()) -> Query:
    """Parse a query.

    Parameters
    ----------
    text : str
        Empty for everything.
    columns : sequence of str
        Columns of the input, which are fields too.

    Raises
    ------
    QueryError
        When it is not valid. Names that are not in the audit are found by
        `Store.explain`.
    """
    if len(text) > LONGEST:
        raise QueryError(
            f"A query has {LONGEST:,} characters at most.", LONGEST, len(text) - LONGEST
        )
    if (odd := UNSENDABLE.search(text)) is not None:
        raise QueryError("This character cannot be searched for.", odd.start())
    return _Parser(text, columns).parse_all()


def find_field(name: str, columns: Sequence[str]) -> str | None:
    """Return the field that `name` means, in any case: a built-in one or ``meta.`` and a column."""
    if name.lower() in FIELDS:
        return name.lower()
    column = name[len(META) :] if name.lower().startswith(META) else name
    if column in columns:
        return META + column
    alike = [known for known in columns if known.casefold() == column.casefold()]
    return META + alike[0] if len(alike) == 1 else None


def near(name: str, known: Iterable[str]) -> str:
    """Return the question whether the nearest of the `known` names was meant, or nothing."""
    by_fold = {each.casefold(): each for each in known}
    found = difflib.get_close_matches(name.casefold(), by_fold, n=1, cutoff=0.5)
    return f" Did you mean {by_fold[found[0]]!r}?" if found else ""


class _Parser:
    """A recursive-descent parser: one pass from left to right."""

    def __init__(self, text: str, columns: Sequence[str]) -> None:
        self.text = text
        self.columns = columns
        self.at = 0
        self.depth = 0
        self.terms = 0

    def parse_all(self) -> Query:
        self._skip_space()
        if self.at == len(self.text):
            return Query.ALL
        query = self._disjunction()
        if self.at < len(self.text):
            self._unopened_parenthesis()
        return query

    def _unopened_parenthesis(self) -> NoReturn:
        raise QueryError("This parenthesis closes nothing.", self.at)

    def _skip_space(self) -> None:
        while self.text[self.at : self.at + 1].isspace():
            self.at += 1

    def _next(self) -> str:
        return self.text[self.at : self.at + 1]

    def _keyword(self) -> str:
        """Return the ``and``, ``or`` or ``not`` that stands here, in lower case, or nothing."""
        run = RUN.match(self.text, self.at)
        token = run[0].lower() if run else ""
        is_field = run is not None and self.text[run.end() : run.end() + 1] == ":"
        return token if token in ("and", "or", "not") and not is_field else ""

    def _disjunction(self) -> Query:
        parts = [self._conjunction()]
        while self._keyword() == "or":
            self._operator("or")
            parts.append(self._conjunction())
        return any_of(parts)

    def _conjunction(self) -> Query:
        parts = [self._factor()]
        while self.at < len(self.text) and self._next() != ")":
            keyword = self._keyword()
            if keyword == "or":
                break
            if keyword == "and":
                self._operator("and")
            parts.append(self._factor())
        return all_of(parts)

    def _operator(self, token: str) -> None:
        """Step over a keyword, after which something must come."""
        start = self.at
        self.at += len(token)
        self._skip_space()
        if self.at == len(self.text) or self._next() == ")":
            raise QueryError(f"Something must follow {token!r}.", start, len(token))

    def _factor(self) -> Query:
        """Read a term, a group, or either with a negation before it; and the space behind."""
        start = self.at
        self.depth += 1
        if self.depth > DEEPEST:
            raise QueryError("Parentheses are nested too deep.", start)
        keyword = self._keyword()
        if self._next() == ")":
            self._unopened_parenthesis()
        if self._next() == "(":
            query = self._parenthesized()
        elif keyword == "not":
            self._operator("not")
            query = negated(self._factor())
        elif keyword:
            raise QueryError(f"Something must stand before {keyword!r}.", start, len(keyword))
        elif self._next() == "-":
            self.at += 1
            if self._next().isspace() or self._next() in ("", ")"):
                raise QueryError("A minus must stand right before the term that it negates.", start)
            query = negated(self._factor())
        else:
            query = self._term()
        self.depth -= 1
        self._skip_space()
        return query

    def _parenthesized(self) -> Query:
        start = self.at
        self.at += 1
        self._skip_space()
        if self._next() == ")":
            raise QueryError("There is nothing in these parentheses.", start, self.at + 1 - start)
        if self.at == len(self.text):
            raise QueryError("This parenthesis is not closed.", start)
        query = self._disjunction()
        if self._next() != ")":
            raise QueryError("This parenthesis is not closed.", start)
        self.at += 1
        return query

    def _term(self) -> Term:
        start = self.at
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise QueryError(f"A query has {MOST_TERMS} terms at most.", start)
        if self._next() == ",":
            raise QueryError("A comma stands between values, as in given:cat,dog.", start)
        name = self._name()
        if name is None:
            self.at = start
            tokens = self._tokens("path", free=True)
            return Term("path", tuple(_text(token) for token in tokens))
        field = find_field(name, self.columns)
        if field is None:
            self._unknown(name, start)
        tokens = self._tokens(name)
        return Term(field, tuple(_value(field, token) for token in tokens))

    def _name(self) -> str | None:
        """Return the name before a colon and step over both, or return None."""
        run = RUN.match(self.text, self.at)
        name = run[0] if run else ""
        self.at += len(name)
        if self._next() == '"' and name.lower() in ("", META):
            name += "".join(self._token().parts)
        if self._next() != ":":
            return None
        self.at += 1
        return name

    def _tokens(self, name: str, free: bool = False) -> list[Token]:
        """Read values with commas between them; the first is no field when it is `free`."""
        tokens = [self._token(name)]
        if free:
            self._check_missing_colon(tokens[0])
        while self._next() == ",":
            self.at += 1
            self._skip_space()
            tokens.append(self._token(name))
        return tokens

    def _token(self, name: str = "") -> Token:
        start = self.at
        if self._next() == '"':
            quoted = QUOTED.match(self.text, start)
            if quoted is None:
                raise QueryError("This quote is not closed.", start, len(self.text) - start)
            self.at = quoted.end()
            return Token(_parts(quoted[1]), quoted[1], True, start, self.at - start)
        bare = BARE.match(self.text, start)
        if bare is None:
            example = FIELDS[name.lower()].example if name.lower() in FIELDS else f"{name}:value"
            begin = max(0, start - 1)
            raise QueryError(f"A value must follow here, as in {example}.", begin)
        self.at = bare.end()
        written = bare[0]
        if written in COMPARED:  # "> 0.8", with a space
            self._skip_space()
            if (number := BARE.match(self.text, self.at)) is not None:
                self.at = number.end()
                written += number[0]
        parts = _shortest(written.split("*"))
        return Token(parts, written, False, start, self.at - start)

    def _check_missing_colon(self, token: Token) -> None:
        name = re.split("[<>=]", token.written)[0]
        if not token.quoted and name != token.written and find_field(name, self.columns):
            rest = token.written[len(name) :].removeprefix("=")
            raise QueryError(
                f"A colon stands behind a field: {name}:{rest}.", token.position, token.length
            )

    def _unknown(self, name: str, start: int) -> NoReturn:
        if not name:
            raise QueryError("A field stands before a colon, as in given:cat.", start)
        hint = near(name, [*FIELDS, *self.columns])
        raise QueryError(
            f"There is no field {name!r}." + (hint or " To search for it in paths, quote it."),
            start,
            len(name),
        )


def _parts(inside: str) -> tuple[str, ...]:
    """Return the text between quotes, split at its wildcards."""
    parts = [""]
    for escaped, wildcard, other in PIECES.findall(inside):
        if wildcard:
            parts.append("")
        else:
            parts[-1] += escaped or other
    return _shortest(parts)


def _shortest(parts: list[str]) -> tuple[str, ...]:
    """Return `parts` without the empty ones between two wildcards."""
    return (*parts[:1], *(part for part in parts[1:-1] if part), *parts[1:][-1:])


def _value(field: str, token: Token) -> Value:
    """Return what a value of `field` means."""
    known = FIELDS.get(field)
    is_any = token.written == "any" and not token.quoted
    if is_any and field != "is":
        return Anything()
    if known is None:
        return _text(token) if token.quoted else span(field, token) or _text(token)
    if known.kind in ("number", "time"):
        found = span(field, token)
        assert found is not None
        return found
    if known.kind == "choice":
        return _choice(known, token)
    if not token.quoted and token.written[0] in "<>":
        raise QueryError(
            f"{field!r} cannot be compared by size; write {known.example}.",
            token.position,
            token.length,
        )
    return _text(token)


def _text(token: Token) -> Text:
    if token.parts == ("",):
        raise QueryError("There is nothing between these quotes.", token.position, token.length)
    return Text(token.parts, token.position, token.length)


def _choice(field: Field, token: Token) -> Text:
    name = " ".join(token.written.lower().replace("-", " ").replace("_", " ").split())
    name = current_name(name)
    if name not in field.choices:
        wrong = {
            "verdict": f"There is no verdict {token.written!r}.",
            "is": f"No item is {token.written!r}.",
        }[field.name]
        hint = near(name, field.choices) or f" There are {', '.join(field.choices)}."
        raise QueryError(wrong + hint, token.position, token.length)
    return Text((name,), token.position, token.length)
