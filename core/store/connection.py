"""Connections to the audit's database, and transactions that never deadlock.

One connection with a lock writes, in ``BEGIN IMMEDIATE`` transactions; reads
take connections of their own from a pool and never wait. Safe under many
threads, and beside other processes that have the same file open.
"""

from __future__ import annotations

import json
import queue
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from core.store import derived
from core.store.migrations import migrations
from core.store.versions_known import unknown_migrations

Row = dict[str, Any]

BUSY_TIMEOUT_SECONDS = 30
WRITER_CACHE_KIB = 32 * 1024


class StoreError(ValueError):
    """A request that the store refuses; the message is one clear sentence."""


def now() -> str:
    """Return the current time as ISO 8601 in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class StoreBase:
    """Connections to the database of one audit.

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
        # A listing or a ranking writes all over the indexes; less would be written out half done.
        self._writer.conn.execute(f"pragma cache_size = -{WRITER_CACHE_KIB}")
        if unknown := unknown_migrations(self._writer):
            self._writer.close()
            raise StoreError(
                f"it was written by a newer version of Second Look"
                f" ({unknown[-1]}); update this one."
            )
        with self.transaction() as db:
            migrations.apply(db)
            derived.bring_up_to_date(db)

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
