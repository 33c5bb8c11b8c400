"""From a query to a condition in SQL, in which every value is a parameter."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, assert_never

from core.findings import FINDINGS
from core.query.fields import FIELDS, META
from core.query.parse import near
from core.query.tree import (
    And,
    Anything,
    Bound,
    Not,
    Or,
    Query,
    QueryError,
    Span,
    Term,
    Text,
    Value,
)
from core.store.sql_text import SEVERAL

TEXT = "(select text from column_values where name = {} and row = b.row)"

ONE_OF_CLASSES = """exists (select 1 from named_classes
  where verdict_id = b.verdict_id and name in {})"""

FLAGS = {
    "suspect": "b.suggested is not null",
    "judged": "b.verdict is not null",
    "outdated": "b.item_id in (select item_id from outdated_verdicts)",
    "unlabeled": "b.given is null",
    "unreadable": "b.item_id in (select item_id from quarantine)",
    "disputed": "b.item_id in (select item_id from disputed_items)",
    "skipped": "b.item_id in (select item_id from passed)",
} | {
    kind.flag: f"exists (select 1 from findings where kind = '{name}' and item_id = b.item_id)"
    for name, kind in FINDINGS.items()
}

SKIPPED_BY = """b.item_id in (select item_id from passed
  join auditors on auditors.id = auditor_id where auditors.name = {})"""

IS_BLIND = "(b.row in (select value from json_each(:blind)))"

REVEALING = ("verdict", "auditor", "judged")
"""Fields of what was decided; where that is hidden, an item has none of them."""

REVEALING_FLAGS = ("judged", "disputed")

LAST = "~"
"""Sorts behind whatever may follow the beginning of a time."""


class Conditions:
    """Writes conditions on ``browse b``, and collects their parameters.

    Parameters
    ----------
    names : callable
        Returns the known names of a ``class``, an ``auditor`` or a ``split``.
    auditor : str or None
        Whose skipped items ``is:skipped`` means; None for everybody's.
    blind : sequence of int
        Rows of the items that count as not reviewed, see `core.store.blind_rows`.

    Attributes
    ----------
    parameters : dict
        By name, for the statement that the conditions become part of.
    is_for_few : bool
        Whether few items are expected to meet the conditions: then what lies in
        another table is found there once, else it is looked up item by item.
    """

    def __init__(
        self,
        names: Callable[[str], Sequence[str]],
        auditor: str | None = None,
        blind: Sequence[int] = (),
    ) -> None:
        self.names = names
        self.auditor = auditor
        self.blind = blind
        self.parameters: dict[str, Any] = {"blind": json.dumps(blind)} if blind else {}
        self.is_for_few = True

    def bind(self, value: Any) -> str:
        """Return the placeholder of a new parameter."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f":{name}"

    def of(self, query: Query) -> str:
        """Return the condition that `query` asks for.

        Raises
        ------
        QueryError
            When it names a class, an auditor or a split that is not there.
        """
        match query:
            case Term():
                return f"({' or '.join(self._term(query.field, v) for v in query.values)})"
            case Not():
                return f"({self.of(query.part)} is not true)"
            case And():
                return f"({' and '.join(map(self.of, query.parts)) or '1'})"
            case Or():
                return f"({' or '.join(map(self.of, query.parts))})"
        raise TypeError(f"{query!r} is no query")

    def expression(self, field: str) -> str:
        """Return the value of a field that is no flag, as people read it."""
        if field.startswith(META):
            return TEXT.format(self.bind(field.removeprefix(META)))
        if field == "note":
            return "(select note from items where items.id = b.item_id)"
        if field == "selection":
            return "(select min(selection_id) from selection_items s where s.item_id = b.item_id)"
        if field == "split" and not self.names("split"):
            raise QueryError("Nothing in this audit says which split an image belongs to.")
        if self.blind and field in REVEALING:
            return f"case when {IS_BLIND} then null else b.{field} end"
        if self.blind and field == "final":
            return f"case when {IS_BLIND} then b.given else b.final end"
        return f"b.{field}"

    def _term(self, field: str, value: Value) -> str:
        """Return the condition that a field has a value."""
        if field == "is":
            assert isinstance(value, Text)
            return self._flag(value.parts[0])
        if field == "note":
            return f"b.item_id in (select id from items where {self._value(field, 'note', value)})"
        if field == "selection":
            chosen = self._value(field, "selection_id", value)
            return f"b.item_id in (select item_id from selection_items where {chosen})"
        if not field.startswith(META):
            # A plus: many items are looked for along the index of the sort, not of this field.
            plus = "" if self.is_for_few else "+"
            if self.blind and field in (*REVEALING, "final"):
                return self._if_seen(field, plus, value)
            return self._value(field, plus + self.expression(field), value)
        name = self.bind(field.removeprefix(META))
        condition = f"name = {name} and {self._value(field, 'text', value)}"
        if self.is_for_few:
            return f"b.row in (select row from column_values where {condition})"
        return f"exists (select 1 from column_values where row = b.row and {condition})"

    def _if_seen(self, field: str, plus: str, value: Value) -> str:
        """Return the condition on a field of what was decided, where some of that is hidden."""
        decided = self._value(field, f"{plus}b.{field}", value)
        if field != "final":
            return f"({decided} and not {IS_BLIND})"
        given = self._value("given", f"{plus}b.given", value)
        return f"case when {IS_BLIND} then {given} else {decided} end"

    def _value(self, field: str, expression: str, value: Value) -> str:
        match value:
            case Anything():
                return f"{expression} is not null"
            case Span():
                return self._span(field, expression, value)
            case Text():
                return self._text(field, expression, value)
        assert_never(value)

    def _flag(self, name: str) -> str:
        if name == "skipped" and self.auditor is not None:
            return SKIPPED_BY.format(self.bind(self.auditor))
        if self.blind and name in REVEALING_FLAGS:
            return f"({FLAGS[name]} and not {IS_BLIND})"
        return FLAGS[name]

    def _text(self, field: str, expression: str, text: Text) -> str:
        if field in ("given", "suggested", "final"):
            names = self._json(self._named("class", text))
            if field != "final":
                return f"({expression} in {names})"
            # The names of several, joined, may read like the name of another class.
            single = f"{expression} in {names} and coalesce(b.verdict, '') not in {SEVERAL}"
            return f"({single} or {ONE_OF_CLASSES.format(names)})"
        if field in ("auditor", "split"):
            return f"{expression} in {self._json(self._named(field, text))}"
        if field == "verdict" or (field == "selection" and text.plain is not None):
            return f"{expression} = {self.bind(text.parts[0])}"
        anywhere = field in FIELDS and FIELDS[field].kind == "text" and text.plain is not None
        return f"{expression} like {self.bind(_pattern(text, anywhere))} escape '\\'"

    def _json(self, names: Sequence[str]) -> str:
        if len(names) == 1:
            return f"({self.bind(names[0])})"
        return f"(select value from json_each({self.bind(json.dumps(names))}))"

    def _named(self, what: str, text: Text) -> list[str]:
        """Return the names that `text` means: just that one, or those that fit the pattern."""
        known = self.names(what)
        if text.plain is None:
            return [name for name in known if text.pattern.fullmatch(name)]
        if text.plain in known:
            return [text.plain]
        alike = [name for name in known if name.casefold() == text.plain.casefold()]
        if alike:
            return alike
        there_is_no = {
            "class": "There is no class {!r}.",
            "auditor": "Nobody called {!r} has judged here.",
            "split": "There is no split {!r}.",
        }
        raise QueryError(
            there_is_no[what].format(text.plain) + near(text.plain, known),
            text.position,
            text.length,
        )

    def _span(self, field: str, expression: str, span: Span) -> str:
        bounds = [bound for bound in (span.low, span.high) if bound is not None]
        numbers = not isinstance(bounds[0], str)
        conditions = []
        if field.startswith(META) and numbers:
            expression = "value"
            conditions.append("typeof(value) in ('integer', 'real')")
        if span.low is not None:
            sign = ">" if span.low_open and numbers else ">="
            conditions.append(f"{expression} {sign} {self._bound(span.low, span.low_open)}")
        if span.high is not None:
            sign = "<" if span.high_open or not numbers else "<="
            conditions.append(f"{expression} {sign} {self._bound(span.high, not span.high_open)}")
        return f"({' and '.join(conditions)})"

    def _bound(self, bound: Bound, behind: bool) -> str:
        """Return a bound; of a time, `behind` all that begins like it or before it."""
        return self.bind(bound + LAST if isinstance(bound, str) and behind else bound)


def _pattern(text: Text, anywhere: bool) -> str:
    """Return the pattern for LIKE with a backslash as its escape."""
    escaped = [
        part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for part in text.parts
    ]
    return f"%{escaped[0]}%" if anywhere else "%".join(escaped)
