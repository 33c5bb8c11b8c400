"""The log as it goes out to another audit: rows that say who they are wherever they lie."""

from __future__ import annotations

import json
from collections.abc import Iterator

from core.store.connection import Row, StoreBase
from core.terms import ClassChange

ROWS_AT_ONCE = 5000

NUMBERED_HERE = """({0}.carried_from is not null or {0}.session glob 'class change *')
  and {0}.session not glob '* at *'"""
"""The rows whose number this audit gave itself, so that another may have given it, too."""

SESSION = f"""case when {NUMBERED_HERE}
  then {{0}}.session || ' at ' || {{0}}.at else {{0}}.session end"""
"""The session under which a row is known in every audit."""

SENT = f"""
select v.id, {SESSION.format("v")} as session, v.seq, v.action, v.at, auditors.name as auditor,
  items.path, v.content_hash as content, v.verdict, given.spelling as given,
  (select json_group_array(spelling) from (
    select spelling from verdict_classes join classes on classes.id = class_id
    where verdict_id = v.id order by position)) as labels,
  v.role, v.stream, {SESSION.format("u")} as undoes_session, u.seq as undoes_seq,
  {SESSION.format("r")} as redoes_session, r.seq as redoes_seq
from verdicts v join items on items.id = v.place_id join auditors on auditors.id = v.auditor_id
left join classes given on given.id = v.given_id
left join verdicts u on u.id = v.undoes left join verdicts r on r.id = v.redoes
where v.id > :after and v.id <= :last order by v.id limit {ROWS_AT_ONCE}
"""


class SendingStore(StoreBase):
    """The part of the store whose log can be sent to another audit."""

    def log_size(self, last: int) -> int:
        """Return how many rows the log has up to the id `last`."""
        return int(self._value("select count(*) from verdicts where id <= ?", [last]))

    def rows_to_send(self, last: int) -> Iterator[Row]:
        """Yield the rows of the log up to the id `last`, oldest first, read in parts.

        Yields
        ------
        dict
            ``session`` and ``seq`` (by which every audit knows the row), ``action``,
            ``at``, ``auditor``, ``path``, ``content`` (the hash that was judged),
            ``verdict`` (or ``undo``), ``given`` and ``labels`` (as the input spells
            the classes, unmerged), ``role``, ``stream``, and ``undoes`` and
            ``redoes`` (session and number of another row, or None).
        """
        after = 0
        while True:
            rows = self._query(SENT, {"after": after, "last": last})
            yield from map(_sent, rows)
            if len(rows) < ROWS_AT_ONCE:
                return
            after = rows[-1]["id"]

    def classes_to_send(self) -> list[Row]:
        """Return every class: ``spelling``, ``names`` (now and before), ``merged_into``.

        The last is the spelling of the class that it was merged into, or None.
        """
        rows = self._query(
            "select c.spelling, c.name, into_.spelling as merged_into, ("
            "   select json_group_array(text) from ("
            "     select text from class_log l where l.class_id = c.id and kind = ?"
            "     order by id desc)) as former"
            " from classes c left join classes into_ on into_.id = c.merged_into order by c.id",
            [ClassChange.RENAME],
        )
        return [
            {
                "spelling": row["spelling"],
                "names": list(dict.fromkeys([row["name"], *json.loads(row["former"])])),
                "merged_into": row["merged_into"],
            }
            for row in rows
        ]


def _sent(row: Row) -> Row:
    row = dict(row)
    del row["id"]
    row["labels"] = json.loads(row["labels"])
    for what in ("undoes", "redoes"):
        session, seq = row.pop(f"{what}_session"), row.pop(f"{what}_seq")
        row[what] = None if session is None else [session, seq]
    return row
