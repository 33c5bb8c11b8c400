"""Browsing: filters, pages by key, counts, and what bulk verdicts look at."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from core.query.fields import FIELDS, META
from core.query.parse import Query, QueryError, find_field, near, parse
from core.store.blind_rows import BlindStore
from core.store.browse_conditions import REVEALING, Conditions
from core.store.browse_pages import Page, Place, Sort, cursor_at, pieces, read_cursor
from core.store.connection import Row, now

FEW = 2000
"""Items that are sorted in an instant."""

VALUES_OF_COLUMN = """
insert into column_values (name, row, value, text)
select :name, row, value, value from (
  select items.row, (select nullif(value, '') from json_each(fields) where key = :name) as value
  from labels join items on items.id = labels.item_id)
"""

# One look into the index a split, however many items there are: the desk asks at every answer.
SPLITS = """
with recursive found(split) as (
  select min(split) from browse where split is not null
  union all
  select (select min(split) from browse where split > found.split) from found
  where split is not null)
select split from found where split is not null
"""

__all__ = ["BrowseStore", "Page", "Sort"]

ROWS = """
select b.row, b.item_id as id, b.path, items.content_hash, b.given, b.suggested, b.final,
  b.suspicion, b.verdict, b.auditor, b.judged as at, b.split,
  case when items.format is null then labels.fields end as fields, items.note, b.width, b.height
from browse b join items on items.id = b.item_id join labels on labels.item_id = b.item_id
where b.row in (select value from json_each(:rows))
"""


UNSEEN: Row = {"verdict": None, "auditor": None, "at": None, "awaits_second": True}
"""What a row says of decisions that are hidden from whom it is for."""


class _Source(NamedTuple):
    """Where a field is read from, and the expressions of its text, of its sort key and of rows."""

    tables: str
    text: str
    key: str
    row: str


class BrowseStore(BlindStore):
    """The part of the store that knows filters.

    What finds, counts, sorts or shows items does so for an `auditor`: those that
    wait for their blind second review are as if nobody had reviewed them. Without
    one (None), it is for the owner of the data, from whom nothing is hidden; see
    `BlindStore.blind_ids`.
    """

    def parse_query(self, text: str) -> Query:
        """Return what `text` asks of this audit; see `core.query.parse.parse`.

        Raises
        ------
        QueryError
            When it cannot be understood, or names what this audit does not have.
        """
        query = parse(text, self._columns())
        self.explain(query)
        return query

    def explain(self, query: Query) -> None:
        """Raise a `QueryError` when `query` names a class, auditor, split or column not there."""
        self._conditions(query).of(query)

    def browse(
        self,
        query: Query = Query.ALL,
        sort: Sort | None = None,
        cursor: str | None = None,
        limit: int = 100,
        auditor: str | None = None,
    ) -> Page:
        """Return a page of the items that meet a query.

        Parameters
        ----------
        query : Query
        sort : Sort or None
            None for the most suspect first.
        cursor : str or None
            Of an earlier page in the same order; None for the first page.
        limit : int
            Items on a page.
        auditor : str or None
            Whose skipped items ``is:skipped`` means, and from whom verdicts are hidden
            until their own; None for the owner of the data.

        Raises
        ------
        QueryError
            When query or order name what is not there, or the cursor is none.
        """
        sort = self._sorted(sort)
        place = None if cursor is None else read_cursor(cursor, sort, self._row_of)
        found = self._walk(query, sort, place, limit + 1, auditor)
        more = len(found) > limit
        if place is not None and place.before:
            if len(found) < limit:  # so near to the start, the page before is the first
                return self.browse(query, sort, None, limit, auditor)
            found = found[:limit][::-1]
            return self._page(found, sort, auditor, has_next=True, has_previous=more)
        has_previous = place is not None
        return self._page(found[:limit], sort, auditor, has_next=more, has_previous=has_previous)

    def match_count(self, query: Query = Query.ALL, auditor: str | None = None) -> int:
        """Return how many items meet a query."""
        conditions = self._conditions(query, auditor=auditor)
        condition = conditions.of(query)
        return int(
            self._value(f"select count(*) from browse b where {condition}", conditions.parameters)
        )

    def match_rows(
        self,
        query: Query = Query.ALL,
        sort: Sort | None = None,
        limit: int | None = None,
        auditor: str | None = None,
    ) -> list[Row]:
        """Return all items that meet a query, in order, with the keys of a `Page`'s rows."""
        sort = self._sorted(sort)
        found = self._walk(query, sort, None, limit, auditor)
        return self._page(found, sort, auditor, has_next=False, has_previous=False).rows

    def match_ids(
        self,
        query: Query = Query.ALL,
        sort: Sort | None = None,
        limit: int | None = None,
        auditor: str | None = None,
    ) -> list[str]:
        """Return the ids of the items that meet a query, in order; parameters as in `browse`."""
        found = self._walk(query, self._sorted(sort), None, limit, auditor)
        return [row["id"] for row in found]

    def rows_of(self, ids: Sequence[str], auditor: str | None = None) -> list[Row]:
        """Return items by their ids, in that order, with the keys of a `Page`'s rows.

        Ids that are not listed are left out; what waits for a blind second review by
        `auditor` is as in `browse`.
        """
        found = self._query(
            "select b.row, b.item_id as id from items join browse b on b.row = items.row"
            " where items.id in (select value from json_each(:ids))",
            {"ids": json.dumps(list(ids))},
        )
        by_id = self._rows_by_id(found, auditor)
        return [by_id[item_id] for item_id in ids if item_id in by_id]

    def query_ids(self, text: str, auditor: str | None = None) -> list[str]:
        """Return the ranked items that meet the query `text`, in the order of their priority."""
        query = self.parse_query(text)
        conditions = self._conditions(query, auditor=auditor)
        rows = self._query(
            "select b.item_id as id from browse b join scores on scores.item_id = b.item_id"
            f" where b.given is not null and {conditions.of(query)}"
            " order by coalesce(priority, scores.suspicion) desc, b.item_id",
            conditions.parameters,
        )
        return [row["id"] for row in rows]

    def value_counts(
        self,
        field: str,
        query: Query = Query.ALL,
        limit: int = 50,
        auditor: str | None = None,
    ) -> list[tuple[str, int]]:
        """Return the commonest values of a field among the items that meet a query.

        Parameters
        ----------
        field : str
            Any but ``is``; see `find_field`.

        Returns
        -------
        list of (value, count)
            The commonest first; items without a value are not counted.
        """
        field = self._field(field)
        conditions = self._conditions(query, field, auditor=auditor)
        source = self._source(field, conditions, leads=False)
        rows = self._query(
            f"select value, count(*) as count from (select {source.text} as value"
            f" from {source.tables} where {conditions.of(query)}) where value is not null"
            f" group by value order by count desc, value limit {conditions.bind(limit)}",
            conditions.parameters,
        )
        return [(row["value"], row["count"]) for row in rows]

    def bulk_rows(self, wanted: Query | Sequence[str], auditor: str | None = None) -> list[Row]:
        """Return what a bulk verdict must know of items: those of a query, or with these ids.

        Returns
        -------
        list of dict
            ``id``, ``content_hash``, ``given``, ``suggested``, ``verdict``,
            ``labels`` (of the verdict) and ``awaits_second``, in the order of the
            rows; ids that are not listed are left out.
        """
        query = wanted if isinstance(wanted, Query) else Query.ALL
        conditions = self._conditions(query, auditor=auditor)
        condition = conditions.of(query)
        if not isinstance(wanted, Query):
            ids = conditions.bind(json.dumps(list(wanted)))
            condition = f"b.item_id in (select value from json_each({ids}))"
        rows = self._query(
            "select b.row, b.item_id as id, content_hash, given, suggested, verdict,"
            " (select labels from verdict_labels where verdict_id = b.verdict_id) as labels"
            f" from browse b join items on items.id = b.item_id where {condition} order by b.row",
            conditions.parameters,
        )
        blind = set(self.blind_rows(auditor))
        return [
            row
            | {"labels": json.loads(row["labels"] or "[]"), "awaits_second": False}
            | (UNSEEN | {"labels": []} if row.pop("row") in blind else {})
            for row in rows
        ]

    def add_gate(self, verdict_id: int, *, drawn: int, agreed: int, size: int) -> None:
        """Record how many of a drawn sample were right, with the action that a verdict is of.

        Recorded again, the first record stays.
        """
        with self.transaction() as db:
            db.execute(
                "insert or ignore into gates (action, drawn, agreed, size, at)"
                " select action, ?, ?, ?, ? from verdicts where id = ?",
                [drawn, agreed, size, now(), verdict_id],
            )

    def _page(
        self,
        found: list[Row],
        sort: Sort,
        auditor: str | None,
        *,
        has_next: bool,
        has_previous: bool,
    ) -> Page:
        """Return the page of the items `found`, and the cursors at its ends."""
        by_id = self._rows_by_id(found, auditor)
        return Page(
            [by_id[row["id"]] for row in found if row["id"] in by_id],
            cursor_at(found[-1], sort, "after") if found and has_next else None,
            cursor_at(found[0], sort, "before") if found and has_previous else None,
        )

    def _rows_by_id(self, found: list[Row], auditor: str | None) -> dict[str, Row]:
        """Return what is shown of the items `found`, by their ids."""
        rows = self._query(ROWS, {"rows": json.dumps([row["row"] for row in found])})
        blind = set(self.blind_rows(auditor))
        return {
            row["id"]: row
            | {"fields": json.loads(row["fields"] or "null"), "awaits_second": False}
            | (UNSEEN | {"final": row["given"]} if row.pop("row") in blind else {})
            for row in rows
        }

    def _walk(
        self,
        query: Query,
        sort: Sort,
        place: Place | None,
        limit: int | None,
        auditor: str | None = None,
    ) -> list[Row]:
        """Return ``row``, ``id`` and ``key`` of what lies behind a place, or before it.

        The nearest to the place comes first.
        """
        conditions = self._conditions(query, sort.field, auditor=auditor)
        condition, is_indexed = self._narrowed(query, conditions, limit)
        source = self._source(sort.field, conditions, leads=is_indexed)
        # A plus keeps SQLite from walking along the index of the key.
        key, row = source.key if is_indexed else f"+{source.key}", source.row
        if place is not None:
            conditions.parameters |= {"key": place.key, "row": place.row}
        against = place is not None and place.before
        direction = "desc" if sort.descending != against else "asc"
        last = "" if is_indexed else f"{key} is null{' desc' if against else ''}, "
        found: list[Row] = []
        stretches = pieces(key, row, sort.descending, place)
        if not is_indexed:
            stretches = [f"({' or '.join(stretches)})"]
        for piece in stretches:
            left = -1 if limit is None else limit - len(found)
            if left != 0:
                found += self._query(
                    f"select b.row as row, b.item_id as id, {key} as key from {source.tables}"
                    f" where {piece} and {condition}"
                    f" order by {last}{key} {direction}, {row} {direction} limit :left",
                    conditions.parameters | {"left": left},
                )
        return found

    def _narrowed(
        self, query: Query, conditions: Conditions, limit: int | None
    ) -> tuple[str, bool]:
        """Return the condition for a page, and whether to look for it along the sort's index.

        Few items are faster found first and sorted then; where there are many,
        a walk along the index has a page soon.
        """
        condition = conditions.of(query)
        if limit is None or query == Query.ALL:
            return condition, limit is not None
        rows = self._query(
            f"select b.row from browse b where {condition} limit :most",
            conditions.parameters | {"most": FEW},
        )
        if len(rows) == FEW:
            conditions.is_for_few = False
            return conditions.of(query), True
        few = conditions.bind(json.dumps([row["row"] for row in rows]))
        return f"b.row in (select value from json_each({few}))", False

    def _source(self, field: str, conditions: Conditions, leads: bool) -> _Source:
        """Return where a field is read from; `leads` walks along the index of its column."""
        if not field.startswith(META):
            expression = conditions.expression(field)
            return _Source("browse b", expression, expression, "b.row")
        column = conditions.bind(field.removeprefix(META))
        tables = "column_values k cross join browse b" if leads else "browse b join column_values k"
        return _Source(
            f"{tables} on b.row = k.row and k.name = {column}", "k.text", "k.value", "k.row"
        )

    def _row_of(self, item_id: str) -> int | None:
        row: int | None = self._value("select row from items where id = ?", [item_id])
        return row

    def _columns(self) -> list[str]:
        columns: list[str] = self.setting("columns", [])
        return columns

    def _field(self, name: str) -> str:
        """Return the field that `name` means."""
        columns = self._columns()
        field = find_field(name, columns)
        if field is None:
            raise QueryError(f"There is no field {name!r}.{near(name, [*FIELDS, *columns])}")
        return field

    def _sorted(self, sort: Sort | None) -> Sort:
        """Return `sort`, its field checked and under its full name."""
        if sort is None:
            return Sort()
        field = self._field(sort.field)
        if field in FIELDS and not FIELDS[field].sortable:
            raise QueryError(f"Items cannot be sorted by {field!r}.")
        return Sort(field, sort.descending)

    def _conditions(self, query: Query, *fields: str, auditor: str | None = None) -> Conditions:
        """Return what writes conditions, once all columns of the input in them can be read."""
        named = {*fields, *(term.field for term in query.terms())}
        self._read_columns({name.removeprefix(META) for name in named if name.startswith(META)})
        hides = any(name in REVEALING or name in ("final", "is") for name in named)
        blind = self.blind_rows(auditor) if hides else []
        return Conditions(self._names, auditor, blind)

    def splits(self) -> list[str]:
        """Return the splits that listed items belong to, sorted."""
        return [row["split"] for row in self._query(SPLITS)]

    def _names(self, what: str) -> list[str]:
        if what == "split":
            return self.splits()
        table = {"class": "classes", "auditor": "auditors"}[what]
        return [row["name"] for row in self._query(f"select name from {table} order by name")]

    def _read_columns(self, columns: set[str]) -> None:
        """Copy columns of the input, once, to where they can be searched and sorted."""
        known = {row["name"] for row in self._query("select name from browsed_columns")}
        for column in sorted(columns - known):
            if column not in self._columns():
                raise QueryError(f"There is no column {column!r} in the input of this audit.")
            with self.transaction() as db:
                if db.execute(
                    "insert or ignore into browsed_columns values (?)", [column]
                ).rowcount:
                    db.execute(VALUES_OF_COLUMN, {"name": column})
