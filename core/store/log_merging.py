"""The log of another audit as it comes in: each row once, at the item that has its content here.

The rows are first laid down in a temporary table, where they keep nobody
waiting. Then one transaction stores what is new of them, or nothing.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, NamedTuple

from sqlite_utils import Database

from core.people.names import known_as
from core.store.connection import Row, StoreBase, StoreError, now
from core.store.log_placing import (
    NOT_HERE,
    LogClass,
    called,
    class_ids,
    classes_used,
    merged_classes,
    placed,
)
from core.store.log_seen import LogSeen, store_seen
from core.store.log_sending import NUMBERED_HERE
from core.store.verdict_log import append_row, auditor_id_of, choice_of
from core.terms import UNDO

UNREAD = "its image was not read there"
TAKEN_BACK = "what it undoes is not here"
NUMBER_TAKEN = "another verdict has its number here"
NO_CLASS = "there is no class {!r} here"


class LogRow(NamedTuple):
    """A row of the other audit's log; see `SendingStore.rows_to_send`."""

    line: int
    session: str
    seq: int
    action: str | None
    at: str
    auditor: str
    path: str
    content: str | None
    verdict: str
    given: str | None
    labels: tuple[str, ...]
    role: str
    stream: str
    undoes: tuple[str, int] | None
    redoes: tuple[str, int] | None


class Unplaced(NamedTuple):
    """A row that could not be stored, and why."""

    line: int
    path: str
    verdict: str
    auditor: str
    at: str
    reason: str


@dataclass
class Merge:
    """What became of the rows of a log.

    Attributes
    ----------
    stored, known : int
        Rows that are new; that were here already.
    unplaced : list of Unplaced
    outdated : int
        Of the new verdicts, those on an image or a label that has changed here.
    disputed, settled : int
        Images on which auditors disagree now, and did not before: those that wait
        for adjudication, and those that have one.
    unread : int
        Images here whose content is not known, as they were never read.
    """

    stored: int = 0
    known: int = 0
    unplaced: list[Unplaced] = field(default_factory=list)
    outdated: int = 0
    disputed: int = 0
    settled: int = 0
    unread: int = 0


INCOMING = """
create temp table incoming (
  line integer primary key, session text, seq integer, action text, at text, auditor text,
  path text, content text, verdict text, given text, labels text, role text, stream text,
  undoes text, redoes text, known_id integer)
"""

KNOWN = f"""
update incoming set known_id = coalesce(
  (select id from verdicts v where v.session = incoming.session and v.seq = incoming.seq),
  (select id from verdicts v where v.seq = incoming.seq
    and v.session = substr(incoming.session, 1, instr(incoming.session, ' at ') - 1)
    and v.session || ' at ' || v.at = incoming.session and {NUMBERED_HERE.format("v")}))
"""

# A number is given once; that another row has it can only be by intent or by a strange accident.
TAKEN = """
update incoming set known_id = -line where exists (
  select 1 from verdicts v where v.id = known_id
  and (v.verdict != incoming.verdict or v.at != incoming.at))
"""

FRESH = """
select line, session, seq, action, at, auditor, path, content, verdict, given, labels, role,
  stream, undoes, redoes
from incoming where known_id is null order by line
"""

DISPUTED = "select item_id, adjudicated from disputed_items"

OUTDATED = """
select count(*) from kept_verdicts v where import_id = ?
and not exists (select 1 from standing_verdicts s where s.item_id = v.item_id and s.id = v.id)
"""


class MergingStore(StoreBase):
    """The part of the store that takes in the log of another audit."""

    @contextmanager
    def incoming_log(
        self, classes: Sequence[LogClass], rows: Iterable[LogRow]
    ) -> Iterator[IncomingLog]:
        """Lay down the rows of another log, to be merged; afterward they are gone.

        What `rows` raises ends it, and nothing was stored.
        """
        try:
            with self._lock, self._checked():
                db = self._writer
                db.execute("begin")
                try:
                    db.execute(INCOMING)
                    db.conn.executemany(
                        f"insert into incoming values ({', '.join('?' * 15)}, null)",
                        map(_laid_down, rows),
                    )
                    _index(db)
                    db.execute("commit")
                except BaseException:
                    db.conn.rollback()
                    raise
            yield IncomingLog(self, classes)
        finally:
            if not self._is_closed:
                with self._lock:
                    self._writer.execute("drop table if exists temp.incoming")


def _index(db: Database) -> None:
    """Let rows be found by number and by thread; a number that comes twice is refused."""
    twice = db.execute(
        "select max(line) from incoming group by session, seq having count(*) > 1 limit 1"
    ).fetchone()
    if twice is not None:
        raise StoreError(f"Line {twice[0]:,} is a row that came before; export the log again.")
    db.execute("create unique index temp.incoming_number on incoming (session, seq)")
    db.execute("create index temp.incoming_thread on incoming (path, content)")


def _laid_down(row: LogRow) -> tuple[Any, ...]:
    return (
        *row[:10],
        json.dumps(row.labels),
        row.role,
        row.stream,
        *(None if other is None else json.dumps(other) for other in (row.undoes, row.redoes)),
    )


class IncomingLog:
    """The log of another audit, laid down beside the audit `store` is of."""

    def __init__(self, store: StoreBase, classes: Sequence[LogClass]) -> None:
        self.store = store
        self.classes = classes

    def unknown_classes(self) -> list[str]:
        """Return what the classes that new rows name, and this audit lacks, are called there."""
        with self.store.transaction() as db:
            _know(db)
            known, names = class_ids(db, self.classes), called(self.classes)
            return sorted(names[one] for one in classes_used(db) if known.get(one) is None)

    def merge(
        self,
        *,
        audit: str,
        name: str,
        exported: str,
        adds_classes: bool,
        seen: Iterable[LogSeen] = (),
    ) -> Merge:
        """Store what is new, all of it or nothing.

        Parameters
        ----------
        audit, name, exported : str
            Id and name of the other audit, and when its log was written.
        adds_classes : bool
            Whether classes that are not here become new ones; else the rows that
            name them are not stored.
        seen : iterable of LogSeen
            Who has seen which of the verdicts before a blind review of their own.
        """
        with self.store.transaction() as db:
            _know(db)
            merge = Merge(known=_count(db, "select count(*) from incoming where known_id > 0"))
            for row in db.execute(
                "select line, path, verdict, auditor, at from incoming where known_id < 0"
            ).fetchall():
                merge.unplaced.append(Unplaced._make([*row, NUMBER_TAKEN]))
            before = {item_id for item_id, _ in db.execute(DISPUTED).fetchall()}
            origin = {"audit": audit, "name": name, "exported": exported, "at": now()}
            import_id = db.table("imports").insert(origin, pk="id").last_pk
            assert isinstance(import_id, int)
            merging = _Merging(db, merge, import_id, self.classes, adds_classes=adds_classes)
            merging.run()
            store_seen(db, seen, merging.row_of, merging.auditor)
            if not merge.stored:
                db.execute("delete from imports where id = ?", [import_id])
            merge.unplaced.sort()
            merge.unread = _count(
                db, "select count(*) from items where listed and content_hash is null"
            )
            merge.outdated = _count(db, OUTDATED, import_id)
            disputes = [one for one in db.execute(DISPUTED).fetchall() if one[0] not in before]
            merge.settled = sum(is_settled for _, is_settled in disputes)
            merge.disputed = len(disputes) - merge.settled
            return merge


class _Merging:
    """Stores the rows that are new, one after the other, within a transaction."""

    def __init__(
        self,
        db: Database,
        merge: Merge,
        import_id: int,
        classes: Sequence[LogClass],
        *,
        adds_classes: bool,
    ) -> None:
        self.db = db
        self.merge = merge
        self.import_id = import_id
        self.class_ids = class_ids(db, classes)
        self.called = called(classes)
        self.merged_into = merged_classes(db)
        self.adds_classes = adds_classes
        self.places, self.without = placed(db, self.class_ids)
        self.auditors: dict[str, int] = {}
        own = db.execute(
            "select at, id from verdicts where import_id is null order by at, id"
        ).fetchall()
        self.times = [at for at, _ in own]
        self.newest = list(accumulate((row_id for _, row_id in own), max))

    def run(self) -> None:
        """Store what can be stored, and name the rest."""
        for values in self.db.execute(FRESH):
            labels, undoes, redoes = (json.loads(values[n] or "null") for n in (10, 13, 14))
            row = LogRow._make([*values[:10], tuple(labels), *values[11:13], undoes, redoes])
            store = self._store_undo if row.verdict == UNDO else self._store_verdict
            if reason := store(row):
                self.merge.unplaced.append(
                    Unplaced(row.line, row.path, row.verdict, row.auditor, row.at, reason)
                )

    def _store_undo(self, row: LogRow) -> str | None:
        undone = None if row.undoes is None else self.row_of(*row.undoes)
        if undone is None:
            return TAKEN_BACK
        if self.db.execute("select 1 from verdicts where undoes = ?", [undone["id"]]).fetchone():
            self.merge.known += 1  # by its author, in another copy of the audit
            return None
        kept = {key: undone[key] for key in ("auditor_id", "content_hash", "stream", "role")}
        self._append(row, item_id=undone["place_id"], undoes=undone["id"], **kept)
        return None

    def _store_verdict(self, row: LogRow) -> str | None:
        if row.content is None:
            return UNREAD
        place = self.places.get((row.path, row.content))
        if place is None:
            return self.without.get((row.path, row.content), NOT_HERE)
        for one in (*row.labels, *([] if row.given is None else [row.given])):
            if self._class(one) is None:
                return NO_CLASS.format(self.called[one])
        given_id = None if row.given is None else self._class(row.given)
        labels = list(dict.fromkeys(filter(None, map(self._class, row.labels))))
        redone = None if row.redoes is None else self.row_of(*row.redoes)
        choice = choice_of(row.verdict, given_id, labels)
        self._follow_merges(choice, given_id, row.verdict, labels)
        verdict_id = self._append(
            row,
            item_id=place,
            auditor_id=self.auditor(row.auditor),
            given_id=given_id,
            content_hash=row.content,
            redoes=None if redone is None else redone["id"],
            role=row.role,
            stream=row.stream,
            choice=choice,
        )
        self.db.conn.executemany(
            "insert into verdict_classes (verdict_id, position, class_id) values (?, ?, ?)",
            [(verdict_id, position, class_id) for position, class_id in enumerate(labels)],
        )
        return None

    def _append(self, row: LogRow, **values: Any) -> int:
        before = bisect_right(self.times, row.at)
        self.merge.stored += 1
        return append_row(
            self.db,
            at=row.at,
            verdict=row.verdict,
            session=row.session,
            seq=row.seq,
            action=row.action,
            import_id=self.import_id,
            after_id=self.newest[before - 1] if before else 0,
            **values,
        )

    def row_of(self, session: str, seq: int) -> Row | None:
        """Return the row that has a number here, whether it has just come or was here."""
        found = self.db.query(
            "select id, place_id, auditor_id, content_hash, stream, role from verdicts where id ="
            " coalesce((select known_id from incoming where session = :session and seq = :seq),"
            " (select id from verdicts where session = :session and seq = :seq))",
            {"session": session, "seq": seq},
        )
        return next(iter(found), None)

    def _follow_merges(
        self, choice: str, given_id: int | None, verdict: str, labels: Sequence[int]
    ) -> None:
        """Say what the choice comes to where classes of it were merged here."""
        merged = [self.merged_into.get(one, one) for one in labels]
        given_id = None if given_id is None else self.merged_into.get(given_id, given_id)
        now_chosen = choice_of(verdict, given_id, merged)
        if now_chosen != choice:
            self.db.execute(
                "insert or replace into merged_choices (choice, merged) values (?, ?)",
                [choice, now_chosen],
            )

    def _class(self, spelling: str) -> int | None:
        """Return the class here; a new one is offered once a verdict names it."""
        if self.class_ids[spelling] is None and self.adds_classes:
            name = self.called[spelling]
            self.db.execute("insert into classes (name, spelling) values (?, ?)", [name, name])
            self.class_ids[spelling] = _count(self.db, "select last_insert_rowid()")
        return self.class_ids[spelling]

    def auditor(self, name: str) -> int:
        """Return the id of an auditor, known here under whatever spelling or added."""
        if name not in self.auditors:
            known = [row[0] for row in self.db.execute("select name from auditors order by id")]
            self.auditors[name] = auditor_id_of(self.db, known_as(name, known))
        return self.auditors[name]


def _know(db: Database) -> None:
    """Find the rows that are here already."""
    db.execute(KNOWN)
    db.execute(TAKEN)


def _count(db: Database, sql: str, *parameters: Any) -> int:
    return int(db.execute(sql, parameters).fetchone()[0])
