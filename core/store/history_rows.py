"""The log, to be read: of one item with all that became of each row, or of everything in parts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from core.store.connection import Row, StoreBase
from core.store.sql_text import TURN
from core.terms import UNDO

ROWS_AT_ONCE = 5000

PLACE = "v.place_id"
"""The item at which a row of the log lies."""

ROW = f"""
select v.id, v.at, auditors.name as auditor, {PLACE} as item_id, items.path, v.verdict,
  (select labels from verdict_labels where verdict_id = v.id) as labels,
  given.name as given, v.role, v.stream, v.undoes, v.redoes,
  (select u.id from verdicts u where u.undoes = v.id) as undone_by
from verdicts v join items on items.id = {PLACE}
join auditors on auditors.id = v.auditor_id left join classes given on given.id = v.given_id
"""

STORY = ROW.replace(
    "select v.id,",
    f"""select v.id,
  v.id = (select id from current_verdicts c where c.item_id = {PLACE}) as decides,
  v.verdict != '{UNDO}' and not exists (select 1 from standing_verdicts s where s.id = v.id)
    and exists (select 1 from kept_verdicts k where k.id = v.id) as is_outdated,
  (select count(*) from verdicts same where same.action = v.action) as together,
  (select at from imports where imports.id = v.import_id) as imported,
  (select path from items origin where origin.id = coalesce((
    select from_row.item_id from verdicts from_row where from_row.id = v.carried_from),
    nullif(v.item_id, v.place_id))) as carried_from,""",
)


class HistoryStore(StoreBase):
    """The part of the store that tells how things came about."""

    def item_of(self, path_or_id: str) -> str | None:
        """Return the id of the item with that id or path, listed now or not; None for none."""
        found: str | None = self._value(
            "select id from items where id = :text or path = :text"
            " order by id = :text desc limit 1",
            {"text": path_or_id},
        )
        return found

    def item_log(self, item_id: str) -> list[Row]:
        """Return every row of the log that lies at an item, oldest first.

        Returns
        -------
        list of dict
            The keys of `log_rows`, and ``decides`` (whether it is the verdict
            that decides), ``is_outdated`` (given on an earlier picture or label),
            ``together`` (rows of the same action, 1 and up; 0 for none),
            ``carried_from`` (the path of the file that it was given on, or None) and
            ``imported`` (when it came from another audit, or None).
        """
        rows = self._query(
            f"{STORY} where {PLACE} = ? order by {TURN.format('v')}, v.at, v.id", [item_id]
        )
        return [_row(row) for row in rows]

    def item_annotations(self, item_id: str) -> list[Row]:
        """Return what `core.review.final_rule.how_decided` needs to know of one item."""
        return self._query(
            "select a.id, auditors.name as auditor, verdict, choice, role,"
            " a.id in (select id from current_verdicts) as decides"
            " from annotations a join auditors on auditors.id = auditor_id"
            " where item_id = ? order by a.id",
            [item_id],
        )

    def final_label(self, item_id: str) -> str | None:
        """Return the label that a listed item leaves the audit with; None for no label."""
        label: str | None = self._value("select final from browse where item_id = ?", [item_id])
        return label

    def log_rows(self, ids: Sequence[str] | None = None, since: str | None = None) -> Iterator[Row]:
        """Yield the log, undos included, oldest first, read in parts.

        Parameters
        ----------
        ids : sequence of str or None
            Only what lies at these items.
        since : str or None
            Only from this time on: ISO 8601 in UTC, to the millisecond.

        Yields
        ------
        dict
            ``id``, ``at``, ``auditor``, ``item_id``, ``path``, ``verdict`` (or
            ``undo``), ``labels``, ``given`` (the label at the time), ``role``,
            ``stream``, ``undoes`` and ``redoes`` (the row that it takes back, or
            gives again), ``undone_by``.
        """
        conditions = ["v.id > :after"]
        if ids is not None:
            conditions.append(f"{PLACE} in (select value from json_each(:ids))")
        if since is not None:
            conditions.append("v.at >= :since")
        sql = f"{ROW} where {' and '.join(conditions)} order by v.id limit {ROWS_AT_ONCE}"
        after = 0
        while True:
            rows = self._query(
                sql, {"after": after, "since": since, "ids": json.dumps(list(ids or ()))}
            )
            yield from map(_row, rows)
            if len(rows) < ROWS_AT_ONCE:
                return
            after = rows[-1]["id"]


def _row(row: Row) -> Row:
    return row | {"labels": json.loads(row["labels"] or "[]")}
