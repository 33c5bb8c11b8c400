"""What colors and selects points of the map: whole columns at once, by the items' rows."""

from __future__ import annotations

import json

import numpy as np
from numpy.typing import NDArray

from core.query.parse import Query
from core.store.browse import BrowseStore

Rows = NDArray[np.intp]

MOST_VALUES = 4_096
"""Values of a field that are told apart."""

FEW_NUMBERS = 20
"""Different numbers in a column up to which each is shown as a category."""


class MapStore(BrowseStore):
    """The part of the store that reads columns of all listed items.

    As in `BrowseStore`, what an `auditor` may not see yet is as if nobody had
    reviewed it; None is the owner of the data, from whom nothing is hidden.
    """

    def rows_by_id(self) -> dict[str, int]:
        """Return the row of every item by its id, listed or not; these never change."""
        found = self._value("select json_group_object(id, row) from items")
        rows: dict[str, int] = json.loads(found)
        return rows

    def unlisted_ids(self) -> set[str]:
        """Return the items that are known but no longer in the source."""
        return {row["id"] for row in self._query("select id from items where not listed")}

    def ids_of_class(self, class_id: int) -> list[str]:
        """Return the listed items with a given label, in the order of their rows."""
        found = self._query(
            "select items.id from items join labels on labels.item_id = items.id"
            " where class_id = ? and listed order by items.row",
            [class_id],
        )
        return [row["id"] for row in found]

    def rows_by_value(
        self, field: str, auditor: str | None = None, most: int = MOST_VALUES
    ) -> list[tuple[str | None, Rows]]:
        """Return the values of a field as people read them, each with the rows that have it.

        Parameters
        ----------
        field : str
            Any of the query language but ``is`` and ``note``, or a column of the
            input after ``meta.``.
        auditor : str or None
        most : int
            The rows of the values beyond so many are one group.

        Returns
        -------
        list of (value, int array)
            The commonest first; items without a value are in none. The last may
            be of None: rows with one of the values that are too many.
        """
        conditions = self._conditions(Query.ALL, field, auditor=auditor)
        source = self._source(field, conditions, leads=False)
        valued = (
            f"(select {source.text} as value, b.row as row from {source.tables})"
            " where value is not null"
        )
        found = self._query(
            f"select value, json_group_array(row) as rows from {valued}"
            f" group by value order by count(*) desc, value limit {conditions.bind(most)}",
            conditions.parameters,
        )
        groups: list[tuple[str | None, Rows]]
        groups = [(str(one["value"]), _array(one["rows"])) for one in found]
        if len(groups) == most:
            every = _array(
                self._value(f"select json_group_array(row) from {valued}", conditions.parameters)
            )
            others = np.setdiff1d(every, np.concatenate([rows for _, rows in groups]))
            groups += [(None, others)] if len(others) else []
        return groups

    def numbers_by_row(self, field: str) -> tuple[Rows, NDArray[np.float64]]:
        """Return the rows that have a number in a field, and the numbers."""
        conditions = self._conditions(Query.ALL, field)
        source = self._source(field, conditions, leads=False)
        (found,) = self._query(
            "select json_group_array(row) as rows, json_group_array(value) as numbers"
            f" from (select {source.key} as value, b.row as row from {source.tables})"
            " where typeof(value) in ('integer', 'real')",
            conditions.parameters,
        )
        return _array(found["rows"]), np.array(json.loads(found["numbers"]), np.float64)

    def has_numbers(self, field: str) -> bool:
        """Whether all values of a field are numbers, and not just a few different ones."""
        conditions = self._conditions(Query.ALL, field)
        source = self._source(field, conditions, leads=False)
        (found,) = self._query(
            "select count(distinct value) as distinct_values,"
            " coalesce(sum(typeof(value) not in ('integer', 'real')), 0) as others"
            f" from (select {source.key} as value from {source.tables}) where value is not null",
            conditions.parameters,
        )
        return bool(found["others"] == 0 and found["distinct_values"] > FEW_NUMBERS)

    def rows_of_finding(self, kind: str) -> Rows:
        """Return the rows of the items in findings of a kind."""
        found = self._value(
            "select json_group_array(row) from browse"
            " where item_id in (select item_id from findings where kind = ?)",
            [kind],
        )
        return _array(found)

    def rows_of_query(self, query: Query, auditor: str | None = None) -> Rows:
        """Return the rows of the items that meet a query, in no order.

        Raises
        ------
        QueryError
            When it names what is not there.
        """
        conditions = self._conditions(query, auditor=auditor)
        conditions.is_for_few = False
        found = self._value(
            f"select json_group_array(b.row) from browse b where {conditions.of(query)}",
            conditions.parameters,
        )
        return _array(found)


def _array(found: str) -> Rows:
    return np.array(json.loads(found), np.intp)
