"""What an export is made of: every item with what decides it, read as of one moment."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlite_utils import Database

from core.store.annotations import SHARED_ANNOTATIONS
from core.store.connection import Row, StoreBase
from core.store.sql_text import final_labels
from core.terms import CLASS_SEPARATOR, RULES, UNDO


class ExportRow(NamedTuple):
    """An item of the input, as it lies and as it was decided.

    Attributes
    ----------
    id, path : str
    region : list of int or None
    content_hash, split : str or None
    fields : str
        The input's row, in JSON.
    given : str or None
        As its class is called now.
    spelled : str or None
        As the input spells it.
    labels : list of str or None
        What the verdict leaves; None where no verdict decides.
    verdict, auditor, at : str or None
    suspicion, p_given : float or None
    suggested : str or None
    p_suggested : float or None
    is_suspect : bool or None
    """

    id: str
    path: str
    region: list[int] | None
    content_hash: str | None
    split: str | None
    fields: str
    given: str | None
    spelled: str | None
    labels: list[str] | None
    verdict: str | None
    auditor: str | None
    at: str | None
    suspicion: float | None
    p_given: float | None
    suggested: str | None
    p_suggested: float | None
    is_suspect: bool | None


SELECT = f"""
select items.id, items.path, items.region, items.content_hash, items.split, labels.fields,
  given.name, was.spelling, case when v.choice is not null then coalesce(
    {final_labels("v.choice", "given.name")}, '[]') end,
  v.verdict, auditors.name, v.at, suspicion, p_given, suggested.name, p_suggested,
  is_suspect
from labels cross join items on items.id = labels.item_id
left join classes given on given.id = labels.class_id
left join classes was on was.id = labels.input_class_id
left join current_verdicts v on v.item_id = items.id
left join auditors on auditors.id = v.auditor_id
left join scores on scores.item_id = items.id
left join classes suggested on suggested.id = suggested_id
"""

# The order of an index over positions would look each row up; SQLite sorts faster.
ROWS = f"{SELECT} order by labels.position"

# Those that may leave with another label than the input says, whatever is chosen for others.
TOUCHED = "v.item_id is not null or given.name is not was.spelling or (given.name is null and :all)"
TOUCHED_ROWS = f"{SELECT} where {TOUCHED} order by v.at desc, labels.position"

UNTOUCHED = f"""
select count(given.id), count(*) - count(given.id) from labels
left join classes given on given.id = labels.class_id
left join classes was on was.id = labels.input_class_id
left join current_verdicts v on v.item_id = labels.item_id
where not ({TOUCHED})
"""

REGION, LABELS = (ExportRow._fields.index(name) for name in ("region", "labels"))
"""What lies in the database as JSON and is read at once."""

CLASSES = """
select name, spelling from classes c where merged_into is null and (
  is_named or is_added
  or exists (select 1 from labels where class_id = c.id)
  or exists (select 1 from verdict_classes join kept_verdicts v on v.id = verdict_id
    where class_id = c.id))
"""

NAMES = """
select was.spelling, now.name from classes was
join classes now on now.id = coalesce(was.merged_into, was.id)
"""

LOG = "select coalesce(max(id), 0) from"


class Snapshot:
    """An audit as of one moment, whatever is decided meanwhile.

    Attributes
    ----------
    rule : str
        Of `core.terms.Rule`.
    spellings : dict of str to str
        How the input spells each class, by its name now: those that an item is
        labeled with, that were added, or that a verdict names.
    names : dict of str to str
        What each class is called now, by every spelling of the input.
    columns, earlier : list of str
        The input's columns, and those of an earlier export in it.
    log_id, class_log_id : int
        The newest rows of the logs.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self.rule = str(self._setting("final_rule") or next(iter(RULES)))
        self.columns: list[str] = self._setting("columns") or ["path", "label"]
        self.earlier: list[str] = self._setting("earlier_columns") or []
        self.spellings: dict[str, str] = dict(db.execute(CLASSES).fetchall())
        self.names: dict[str, str] = dict(db.execute(NAMES).fetchall())
        self.log_id, self.class_log_id = (
            int(db.execute(f"{LOG} {log}").fetchone()[0]) for log in ("verdicts", "class_log")
        )

    def _setting(self, key: str) -> Any:
        found = self._db.execute("select value from settings where key = ?", [key]).fetchone()
        return None if found is None else json.loads(found[0])

    def annotations(self) -> dict[str, list[Row]]:
        """Return by item those of `Store.shared_annotations`, with the ``labels`` of each."""
        names = {str(row[0]): row[1] for row in self._db.execute(
            "select was.id, now.name from classes was"
            " join classes now on now.id = coalesce(was.merged_into, was.id)")}  # fmt: skip
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self._db.query(SHARED_ANNOTATIONS):
            if row.pop("annotations") > 1:
                chosen = (row["choice"] or "").split(CLASS_SEPARATOR)
                labels = [names[one] for one in chosen if one in names]
                found[row["item_id"]].append(row | {"labels": labels})
        return found

    def rows(self) -> Iterator[ExportRow]:
        """Yield every item in the input's order, quarantined ones included."""
        return self._rows(ROWS)

    def touched_rows(self) -> Iterator[ExportRow]:
        """Yield those that are decided, or whose class has changed; the latest verdict first."""
        return self._rows(TOUCHED_ROWS, {"all": bool(self.earlier)})

    def untouched(self) -> tuple[int, int]:
        """Return how many others there are with a given label, and without one."""
        found = self._db.execute(UNTOUCHED, {"all": bool(self.earlier)}).fetchone()
        return int(found[0]), int(found[1])

    def _rows(self, sql: str, parameters: Row | None = None) -> Iterator[ExportRow]:
        make = ExportRow._make
        for cells in self._db.execute(sql, parameters or {}):
            row = make(cells)
            # Most items are whole files that nobody has judged; theirs is as it lies.
            if cells[REGION] is not None or cells[LABELS] is not None:
                row = row._replace(
                    region=json.loads(cells[REGION] or "null"),
                    labels=json.loads(cells[LABELS] or "null"),
                )
            yield row

    def class_changes(self) -> list[Row]:
        """Return the changes of classes that nobody has undone, oldest first."""
        return list(
            self._db.query(
                "select kind, c.spelling as class, o.spelling as other, text,"
                " auditors.name as auditor, at from class_log l"
                " join classes c on c.id = class_id left join classes o on o.id = other_id"
                " join auditors on auditors.id = auditor_id"
                f" where kind != '{UNDO}'"
                " and not exists (select 1 from class_log u where u.undoes = l.id) order by l.id"
            )
        )


class ExportStore(StoreBase):
    """The part of the store that exports are read from."""

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Read everything as it is now; others may go on writing."""
        with self._checked():
            db = self._connect()
            try:
                db.execute("begin")
                yield Snapshot(db)
            finally:
                db.close()
