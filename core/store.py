"""The audit's database: the schema's owner and every query.

One connection with a lock writes, in ``BEGIN IMMEDIATE`` transactions; reads
take connections of their own from a pool and never wait. Safe under many
threads, and beside other processes that hold a Store on the same file.
"""

from __future__ import annotations

import json
import queue
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlite_utils import Database

from core.store_schema import migrations

Row = dict[str, Any]

BUSY_TIMEOUT_SECONDS = 30


class StoreError(ValueError):
    """A request that the store refuses; the message is one clear sentence."""


class EmbeddedItem(NamedTuple):
    """An item whose embedding lies in ``embeddings.npy`` at `row`."""

    id: str
    row: int
    class_id: int | None
    content_hash: str


def now() -> str:
    """Return the current time as ISO 8601 in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Store:
    """The database of one audit.

    Parameters
    ----------
    path : Path
        The SQLite file; it is created, or brought up to date, when opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._readers: queue.LifoQueue[Database] = queue.LifoQueue()
        self._writer = self._connect()
        with self.transaction() as db:
            migrations.apply(db)

    def _connect(self) -> Database:
        connection = sqlite3.connect(
            self.path,
            timeout=BUSY_TIMEOUT_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("pragma journal_mode = wal")
        # FULL: a verdict must survive a power cut once the desk has confirmed it.
        connection.execute("pragma synchronous = full")
        connection.execute("pragma foreign_keys = on")
        return Database(connection)

    @contextmanager
    def transaction(self) -> Iterator[Database]:
        """Hold the write lock; commit at the end, roll back on an exception."""
        with self._lock:
            # Immediate: a deferred transaction that reads first fails at once,
            # ignoring the timeout, when another process writes in between.
            self._writer.conn.execute("begin immediate")
            try:
                yield self._writer
            except BaseException:
                self._writer.conn.rollback()
                raise
            self._writer.conn.execute("commit")

    def _query(self, sql: str, parameters: Sequence[Any] | Row = ()) -> list[Row]:
        try:
            db = self._readers.get_nowait()
        except queue.Empty:
            db = self._connect()
        try:
            return list(db.query(sql, parameters))
        finally:
            self._readers.put(db)

    def _value(self, sql: str, parameters: Sequence[Any] | Row = ()) -> Any:
        rows = self._query(sql, parameters)
        return next(iter(rows[0].values())) if rows else None

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            self._writer.close()
        while not self._readers.empty():
            self._readers.get_nowait().close()

    # -- settings and artifacts ------------------------------------------------

    def setting(self, key: str, default: Any = None) -> Any:
        """Return the JSON value stored under `key`."""
        value = self._value("select value from settings where key = ?", [key])
        return default if value is None else json.loads(value)

    def set_settings(self, values: Row) -> None:
        """Store JSON values by key."""
        with self.transaction() as db:
            db.table("settings").upsert_all(
                [{"key": key, "value": json.dumps(value)} for key, value in values.items()],
                pk="key",
            )

    def fingerprint(self, artifact: str) -> str | None:
        """Return the hash of what the computed file `artifact` was made from."""
        value: str | None = self._value(
            "select fingerprint from artifacts where name = ?", [artifact]
        )
        return value

    def set_fingerprint(self, artifact: str, fingerprint: str) -> None:
        """Record what `artifact` was made from."""
        with self.transaction() as db:
            db.table("artifacts").upsert(
                {"name": artifact, "fingerprint": fingerprint, "made": now()}, pk="name"
            )

    def revision(self) -> str:
        """Return a key that changes whenever a verdict or a computed file does."""
        return str(
            self._value(
                "select (select coalesce(max(id), 0) from verdicts) || ' ' ||"
                " (select coalesce(max(made), '') from artifacts) || ' ' ||"
                " (select count(*) from quarantine)"
            )
        )

    # -- what came in -----------------------------------------------------------

    def replace_listing(self, records: Iterable[Row]) -> None:
        """Make the items listed just those of `records`.

        Items that are no longer in the source keep their rows and verdicts but
        are not listed. A new item gets the next free row of the embeddings.

        Parameters
        ----------
        records : iterable of dict
            ``id``, ``path``, ``label`` (None for unlabelled), ``fields``
            (the input's columns) and ``position`` (order in the input).
        """
        records = list(records)
        names = sorted({record["label"] for record in records if record["label"] is not None})
        with self.transaction() as db:
            db.table("classes").insert_all([{"name": name} for name in names], ignore=True)
            class_ids = {row["name"]: row["id"] for row in db.table("classes").rows}
            next_row = db.execute("select coalesce(max(row) + 1, 0) from items").fetchone()[0]
            known = {row[0] for row in db.execute("select id from items")}
            db.execute("update items set listed = 0")
            fresh = sorted((r for r in records if r["id"] not in known), key=lambda r: r["path"])
            db.table("items").insert_all(
                {"id": r["id"], "path": r["path"], "row": next_row + offset, "listed": 1}
                for offset, r in enumerate(fresh)
            )
            db.conn.executemany(
                "update items set listed = 1 where id = ?", [(r["id"],) for r in records]
            )
            db.execute(
                "delete from labels where item_id in (select id from items where listed = 0)"
            )
            db.table("labels").upsert_all(
                (
                    {
                        "item_id": r["id"],
                        "class_id": class_ids.get(r["label"]),
                        "position": r["position"],
                        "fields": json.dumps(r["fields"]),
                    }
                    for r in records
                ),
                pk="item_id",
            )

    def listed_files(self) -> list[Row]:
        """Return path, size, times and hashes of every listed item, in row order."""
        return self._query(
            "select id, row, path, size, mtime_ns, content_hash, embedded_hash,"
            " id in (select item_id from quarantine) as quarantined"
            " from items where listed order by row"
        )

    def row_count(self) -> int:
        """Return the number of rows that ``embeddings.npy`` must have."""
        return int(self._value("select coalesce(max(row) + 1, 0) from items"))

    def record_files(self, files: Sequence[Row], failures: dict[str, str]) -> None:
        """Record what was found in files just read.

        Parameters
        ----------
        files : sequence of dict
            ``id``, ``size``, ``mtime_ns``, ``content_hash``, ``format``,
            ``width`` and ``height`` of the files that were embedded.
        failures : dict of str to str
            Reason by item id, for those that go into quarantine.
        """
        with self.transaction() as db:
            db.conn.executemany(
                "update items set size = :size, mtime_ns = :mtime_ns,"
                " content_hash = :content_hash, embedded_hash = :content_hash,"
                " format = :format, width = :width, height = :height where id = :id",
                files,
            )
            db.conn.executemany(
                "delete from quarantine where item_id = ?", [(file["id"],) for file in files]
            )
            db.table("quarantine").upsert_all(
                [
                    {"item_id": item_id, "reason": reason, "since": now()}
                    for item_id, reason in failures.items()
                ],
                pk="item_id",
            )

    def forget_embeddings(self) -> None:
        """Mark every item as not embedded, when the backbone has changed."""
        with self.transaction() as db:
            db.execute("update items set embedded_hash = null")

    def embedded_items(self) -> list[EmbeddedItem]:
        """Return the listed items that have an embedding, in row order."""
        rows = self._query(
            "select items.id, items.row, class_id, content_hash from items"
            " join labels on labels.item_id = items.id"
            " where listed and embedded_hash is not null"
            " and items.id not in (select item_id from quarantine) order by items.row"
        )
        return [EmbeddedItem(**row) for row in rows]

    def file_of(self, item_id: str) -> Row | None:
        """Return path, hash and format of one item, or None."""
        rows = self._query("select path, content_hash, format from items where id = ?", [item_id])
        return rows[0] if rows else None

    def class_names(self) -> dict[int, str]:
        """Return the names of all classes by id."""
        return {row["id"]: row["name"] for row in self._query("select id, name from classes")}

    def input_columns(self) -> list[str]:
        """Return the columns of the input, in their order."""
        columns: list[str] = self.setting("columns", ["path", "label"])
        return columns

    def quarantined(self) -> list[Row]:
        """Return path and reason of every quarantined item."""
        return self._query(
            "select items.id, path, reason, since from quarantine"
            " join items on items.id = item_id where listed order by path"
        )

    # -- what was computed --------------------------------------------------------

    def replace_scores(self, scores: Iterable[Row]) -> None:
        """Replace all scores at once (columns of the table ``scores``)."""
        with self.transaction() as db:
            db.execute("delete from scores")
            db.table("scores").insert_all(scores)

    def start_run(self, pid: int, steps: Sequence[str]) -> int:
        """Record a run of the pipeline and its steps; return the run's id."""
        with self.transaction() as db:
            run_id = (
                db.table("runs")
                .insert({"pid": pid, "state": "running", "started": now()}, pk="id")
                .last_pk
            )
            db.table("steps").insert_all(
                {
                    "run_id": run_id,
                    "name": name,
                    "position": position,
                    "state": "waiting",
                    "done": 0,
                    "total": 0,
                }
                for position, name in enumerate(steps)
            )
        assert isinstance(run_id, int)
        return run_id

    def update_step(self, run_id: int, name: str, **values: Any) -> None:
        """Update the progress of one step."""
        with self.transaction() as db:
            db.table("steps").update((run_id, name), values)

    def finish_run(self, run_id: int, state: str, message: str | None = None) -> None:
        """Record that a run is ``done`` or ``failed``."""
        with self.transaction() as db:
            db.table("runs").update(run_id, {"state": state, "message": message, "finished": now()})

    def latest_run(self) -> Row | None:
        """Return the newest run with its ``steps`` in order, or None."""
        runs = self._query("select * from runs order by id desc limit 1")
        if not runs:
            return None
        steps = self._query(
            "select * from steps where run_id = ? order by position", [runs[0]["id"]]
        )
        return runs[0] | {"steps": steps}

    # -- what people look at --------------------------------------------------------

    def counts(self) -> dict[str, int]:
        """Return how much of everything there is.

        Keys: ``items``, ``classes``, ``unlabelled``, ``quarantined``,
        ``ranked``, ``suspects`` (suggested more probable than given),
        ``reviewed``.
        """
        rows = self._query(
            "select (select count(*) from items where listed) as items,"
            " (select count(distinct class_id) from labels) as classes,"
            " (select count(*) from labels where class_id is null) as unlabelled,"
            " (select count(*) from quarantine join items on items.id = item_id where listed)"
            "   as quarantined,"
            " (select count(*) from ranked) as ranked,"
            " (select count(*) from ranked where p_suggested > p_given) as suspects,"
            " (select count(*) from current_verdicts join items on items.id = item_id"
            "   where listed) as reviewed"
        )
        return rows[0]

    def ranking(self, limit: int | None = None) -> list[Row]:
        """Return id, path, given, suggested, suspicion; most suspect first."""
        return self._query(
            "select id, path, given, suggested, suspicion from ranked"
            " order by suspicion desc, id limit ?",
            [-1 if limit is None else limit],
        )

    def queue_ids(
        self,
        *,
        given: str | None = None,
        suggested: str | None = None,
        selection: str | None = None,
        suspects_only: bool = False,
    ) -> list[str]:
        """Return the ids of ranked items that fit, most suspect first."""
        rows = self._query(
            "select id from ranked"
            " where (:given is null or given = :given)"
            " and (:suggested is null or suggested = :suggested)"
            " and (:selection is null or id in"
            "   (select item_id from selection_items where selection_id = :selection))"
            " and (not :suspects_only or p_suggested > p_given)"
            " order by suspicion desc, id",
            {
                "given": given,
                "suggested": suggested,
                "selection": selection,
                "suspects_only": suspects_only,
            },
        )
        return [row["id"] for row in rows]

    def items(self, ids: Sequence[str]) -> dict[str, Row]:
        """Return what a card shows, by id: path, hash, labels, probabilities, verdict."""
        rows = self._query(
            "select items.id, path, items.content_hash, format, width, height, given.name as given,"
            " suggested.name as suggested, suspicion, p_given, p_suggested,"
            " current_verdicts.verdict as verdict"
            " from items join labels on labels.item_id = items.id"
            " left join classes given on given.id = labels.class_id"
            " left join scores on scores.item_id = items.id"
            " left join classes suggested on suggested.id = suggested_id"
            " left join current_verdicts on current_verdicts.item_id = items.id"
            " where items.id in (select value from json_each(?))",
            [json.dumps(list(ids))],
        )
        return {row["id"]: row for row in rows}

    def suspicion_histogram(self, bins: int = 40) -> list[Row]:
        """Return ``bin`` (0-based), ``suspects`` and ``others`` counts over 0..1."""
        return self._query(
            "select min(cast(suspicion * :bins as integer), :bins - 1) as bin,"
            " sum(p_suggested > p_given) as suspects,"
            " sum(p_suggested <= p_given) as others from ranked group by bin order by bin",
            {"bins": bins},
        )

    def confusions(self) -> list[Row]:
        """Return ``given``, ``suggested``, ``count``, ``reviewed`` of the suspects."""
        return self._query(
            "select given, suggested, count(*) as count, count(current_verdicts.id) as reviewed"
            " from ranked"
            " left join current_verdicts on current_verdicts.item_id = ranked.id"
            " where p_suggested > p_given group by given, suggested"
            " order by count desc, given, suggested"
        )

    def class_summary(self) -> list[Row]:
        """Return per given class: ``items``, ``suspects`` and ``reviewed``."""
        return self._query(
            "select given, count(*) as items, sum(p_suggested > p_given) as suspects,"
            " count(current_verdicts.id) as reviewed from ranked"
            " left join current_verdicts on current_verdicts.item_id = ranked.id"
            " group by given order by suspects desc, given"
        )

    def map_labels(self) -> list[Row]:
        """Return what colours the map: id, path, hash, labels, suspicion and verdict."""
        return self._query(
            "select items.id, path, items.content_hash, given.name as given, suspicion,"
            " suggested.name as suggested, current_verdicts.verdict as verdict from items"
            " join labels on labels.item_id = items.id"
            " left join classes given on given.id = labels.class_id"
            " left join scores on scores.item_id = items.id"
            " left join classes suggested on suggested.id = suggested_id"
            " left join current_verdicts on current_verdicts.item_id = items.id where listed"
        )

    # -- what people decide -----------------------------------------------------------

    def auditor_id(self, name: str) -> int:
        """Return the id of the auditor `name`, who is added when new."""
        with self.transaction() as db:
            return _auditor_id(db, name)

    def auditors(self) -> list[str]:
        """Return the names of all auditors, the latest to decide first."""
        rows = self._query(
            "select name from auditors left join verdicts on auditor_id = auditors.id"
            " group by auditors.id order by max(verdicts.id) desc, name"
        )
        return [row["name"] for row in rows]

    def add_verdict(
        self,
        *,
        session: str,
        seq: int,
        item_id: str,
        auditor: str,
        verdict: str,
        labels: Sequence[str] = (),
        content_hash: str | None = None,
        stream: str = "queue",
    ) -> int:
        """Append a verdict; sent again with the same `session` and `seq`, it is stored once.

        Parameters
        ----------
        labels : sequence of str
            The class of a ``relabel``, the valid classes of an ``ambiguous``.
        content_hash : str or None
            Hash of the image that was on screen; checked when given.

        Returns
        -------
        int
            The verdict's id.

        Raises
        ------
        StoreError
            When the item or a class is unknown, the image has changed since it
            was shown, or `session` and `seq` belong to another item.
        """
        with self.transaction() as db:
            stored = _stored_action(db, session, seq, item_id)
            if stored is not None:
                return stored
            given_id = _checked_given_id(db, item_id, content_hash)
            class_ids = [_class_id(db, name) for name in labels]
            verdict_id = _append(
                db,
                item_id=item_id,
                auditor_id=_auditor_id(db, auditor),
                given_id=given_id,
                verdict=verdict,
                content_hash=content_hash,
                stream=stream,
                session=session,
                seq=seq,
            )
            db.table("verdict_classes").insert_all(
                {"verdict_id": verdict_id, "position": position, "class_id": class_id}
                for position, class_id in enumerate(class_ids)
            )
            return verdict_id

    def add_undo(self, *, session: str, seq: int, item_id: str, auditor: str) -> int:
        """Append a row that undoes the auditor's current verdict on an item.

        Raises
        ------
        StoreError
            When the auditor has no verdict on that item to undo.
        """
        with self.transaction() as db:
            stored = _stored_action(db, session, seq, item_id)
            if stored is not None:
                return stored
            auditor_id = _auditor_id(db, auditor)
            current = db.execute(
                "select id from verdicts v where item_id = ? and auditor_id = ?"
                " and verdict != 'undo'"
                " and not exists (select 1 from verdicts u where u.undoes = v.id)"
                " order by id desc limit 1",
                [item_id, auditor_id],
            ).fetchone()
            if current is None:
                raise StoreError(f"{auditor} has no verdict on item {item_id} to undo.")
            return _append(
                db,
                item_id=item_id,
                auditor_id=auditor_id,
                verdict="undo",
                undoes=current[0],
                stream="queue",
                session=session,
                seq=seq,
            )

    def current_verdicts(self) -> dict[str, Row]:
        """Return verdict, labels, auditor and time by item id, as they stand now."""
        rows = self._query(
            "select v.id, v.item_id, verdict, auditors.name as auditor, at,"
            " (select json_group_array(name) from (select name from verdict_classes"
            "   join classes on classes.id = class_id where verdict_id = v.id"
            "   order by position)) as labels"
            " from current_verdicts v join auditors on auditors.id = auditor_id"
        )
        return {row["item_id"]: row | {"labels": json.loads(row["labels"])} for row in rows}

    def judged_ids(self) -> dict[str, str]:
        """Return the verdict by item id of every item that has one."""
        rows = self._query("select item_id, verdict from current_verdicts")
        return {row["item_id"]: row["verdict"] for row in rows}

    def recent_items(self, auditor: str, limit: int = 50) -> list[str]:
        """Return the items that `auditor` judged and did not undo, newest first."""
        rows = self._query(
            "select v.item_id from verdicts v join auditors on auditors.id = auditor_id"
            " where auditors.name = ? and verdict != 'undo'"
            " and not exists (select 1 from verdicts u where u.undoes = v.id)"
            " order by v.id desc limit ?",
            [auditor, limit],
        )
        return [row["item_id"] for row in rows]

    def verdict_counts(self) -> dict[str, int]:
        """Return how many items have each verdict now."""
        rows = self._query(
            "select verdict, count(*) as count from current_verdicts"
            " join items on items.id = item_id where listed group by verdict"
        )
        return {row["verdict"]: row["count"] for row in rows}

    def verdict_log(self) -> list[Row]:
        """Return every row of the log, oldest first."""
        return self._query("select * from verdicts order by id")

    def input_rows(self) -> list[Row]:
        """Return id, given label and the input's ``fields``, in the input's order."""
        rows = self._query(
            "select items.id, path, content_hash, classes.name as given, fields"
            " from items join labels on labels.item_id = items.id"
            " left join classes on classes.id = class_id where listed order by position"
        )
        return [row | {"fields": json.loads(row["fields"])} for row in rows]

    # -- where people are ---------------------------------------------------------------

    def place(self, auditor: str, queue_key: str) -> str | None:
        """Return the item that `auditor` last looked at in a queue."""
        value: str | None = self._value(
            "select item_id from places join auditors on auditors.id = auditor_id"
            " where name = ? and queue = ?",
            [auditor, queue_key],
        )
        return value

    def set_place(self, auditor: str, queue_key: str, item_id: str) -> None:
        """Remember the item that `auditor` looks at; unknown items are ignored."""
        with self.transaction() as db:
            if db.execute("select 1 from items where id = ?", [item_id]).fetchone():
                db.table("places").upsert(
                    {
                        "auditor_id": _auditor_id(db, auditor),
                        "queue": queue_key,
                        "item_id": item_id,
                    },
                    pk=("auditor_id", "queue"),
                )

    def add_selection(self, selection_id: str, title: str, ids: Iterable[str]) -> None:
        """Store a set of items that opens as a queue."""
        with self.transaction() as db:
            db.table("selections").upsert(
                {"id": selection_id, "title": title, "made": now()}, pk="id"
            )
            db.table("selection_items").insert_all(
                ({"selection_id": selection_id, "item_id": item_id} for item_id in ids),
                ignore=True,
            )

    def selection_title(self, selection_id: str) -> str | None:
        """Return the title of a selection, or None when there is none."""
        value: str | None = self._value("select title from selections where id = ?", [selection_id])
        return value


def _auditor_id(db: Database, name: str) -> int:
    name = name.strip()
    if not name:
        raise StoreError("An auditor needs a name.")
    db.execute("insert or ignore into auditors (name, since) values (?, ?)", [name, now()])
    return int(db.execute("select id from auditors where name = ?", [name]).fetchone()[0])


def _class_id(db: Database, name: str) -> int:
    found = db.execute("select id from classes where name = ?", [name]).fetchone()
    if found is None:
        raise StoreError(f"There is no class {name!r} in this audit.")
    return int(found[0])


def _stored_action(db: Database, session: str, seq: int, item_id: str) -> int | None:
    found = db.execute(
        "select id, item_id from verdicts where session = ? and seq = ?", [session, seq]
    ).fetchone()
    if found is None:
        return None
    if found[1] != item_id:
        raise StoreError(f"Action {seq} of this session was for another item.")
    return int(found[0])


def _checked_given_id(db: Database, item_id: str, content_hash: str | None) -> int | None:
    found = db.execute(
        "select class_id, content_hash from items left join labels on item_id = id where id = ?",
        [item_id],
    ).fetchone()
    if found is None:
        raise StoreError(f"There is no item {item_id!r} in this audit.")
    if content_hash is not None and content_hash != found[1]:
        raise StoreError("The image has changed since it was shown; the verdict was not stored.")
    given_id: int | None = found[0]
    return given_id


def _append(db: Database, **values: Any) -> int:
    verdict_id = db.table("verdicts").insert(values | {"at": now()}, pk="id").last_pk
    assert isinstance(verdict_id, int)
    return verdict_id
