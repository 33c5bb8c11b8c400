"""Connections to the audit's database, and transactions that never deadlock.

One connection with a lock writes, in ``BEGIN IMMEDIATE`` transactions; reads
take connections of their own from a pool and never wait. Safe under many
threads, and beside other processes that have the same file open.
"""

from __future__ import annotations

import json
import os
import queue
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlite_utils import Database

from core.store import derived
from core.store.migrations import migrations
from core.store.versions_known import unknown_migrations

Row = dict[str, Any]

BUSY_TIMEOUT_SECONDS = 30
WRITER_CACHE_KIB = 32 * 1024
MOST_OF_A_PATH = 120


BECAUSE = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "it is read-only",
    sqlite3.SQLITE_BUSY: "another program is using it",
    sqlite3.SQLITE_LOCKED: "another program is using it",
    sqlite3.SQLITE_IOERR: "the disk reports an error",
    sqlite3.SQLITE_CANTOPEN: "its file cannot be opened",
    sqlite3.SQLITE_PERM: "its file may not be accessed",
    sqlite3.SQLITE_CORRUPT: "its file is damaged",
    sqlite3.SQLITE_NOTADB: "its file is damaged",
}
"""Why a database cannot be used, by SQLite's result code; others are mistakes of this program."""


class StoreError(ValueError):
    """A request that the store refuses; the message is one clear sentence."""


class StoreUnavailable(StoreError):
    """The database cannot be used at present; the same may succeed later."""


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
        self._writing_thread: int | None = None
        self._is_closed = False
        self._readers: queue.LifoQueue[Database] = queue.LifoQueue()
        self._writer = self._connect("rwc")
        # A listing or a ranking writes all over the indexes; less would be written out half done.
        self._writer.conn.execute(f"pragma cache_size = -{WRITER_CACHE_KIB}")
        # What is opened may have no log yet; the first transaction makes one.
        self._writer.conn.execute("begin immediate")
        self._writer.conn.execute("commit")
        self._files = self._files_in_place()
        if unknown := unknown_migrations(self._writer):
            self._writer.close()
            raise StoreError(
                f"it was written by a newer version of Second Look"
                f" ({unknown[-1]}); update this one."
            )
        with self.transaction() as db:
            migrations.apply(db)
            derived.bring_up_to_date(db)

    def _connect(self, mode: str = "rw") -> Database:
        connection = sqlite3.connect(
            f"file:{quote(str(self.path))}?mode={mode}",
            uri=True,
            timeout=BUSY_TIMEOUT_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("pragma journal_mode = wal")
        # FULL: a verdict must survive a power cut once the desk has confirmed it.
        connection.execute("pragma synchronous = full")
        connection.execute("pragma foreign_keys = on")
        return Database(connection)

    def _files_in_place(self) -> tuple[tuple[int, int] | None, ...]:
        """Return which files lie where the database and its log are."""
        return tuple(_identity(f"{self.path}{suffix}") for suffix in ("", "-wal"))

    @property
    def is_in_place(self) -> bool:
        """Whether the files that were opened are still those of the audit's folder."""
        return not self._is_closed and self._files_in_place() == self._files

    def check_in_place(self) -> None:
        """Raise unless the files that were opened are still those of the audit's folder.

        A file that was deleted or moved can be written to without an error as
        long as it is open: nobody would find there what was stored.

        Raises
        ------
        StoreUnavailable
        """
        if not self.is_in_place:
            raise StoreUnavailable(
                f"The audit's folder {_short(self.path.parent)} was deleted, moved or replaced;"
                " nothing can be stored until it is back."
            )

    @contextmanager
    def _checked(self) -> Iterator[None]:
        """Say in a sentence why the database cannot be used."""
        try:
            self.check_in_place()
            yield
        except sqlite3.DatabaseError as error:
            if self._is_closed:
                self.check_in_place()
            if (reason := _reason(error)) is None:
                raise
            raise StoreUnavailable(
                f"The database in {_short(self.path.parent)} cannot be used now: {reason}."
            ) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Note which thread holds the lock."""
        self._writing_thread = threading.get_ident()
        try:
            yield
        finally:
            self._writing_thread = None

    @contextmanager
    def transaction(self) -> Iterator[Database]:
        """Hold the write lock; commit at the end, roll back on an exception.

        Raises
        ------
        StoreUnavailable
            When nothing was stored, as the database cannot be used.
        RuntimeError
            When this thread holds the lock already: it would wait for itself.
        """
        if self._writing_thread == threading.get_ident():
            raise RuntimeError("A transaction was begun within another of the same thread.")
        with self._lock, self._writing(), self._checked():
            # Immediate: a deferred transaction that reads first fails at once,
            # ignoring the timeout, when another process writes in between.
            self._writer.conn.execute("begin immediate")
            try:
                yield self._writer
                self.check_in_place()
                self._writer.conn.execute("commit")
            except BaseException:
                # A full disk may have rolled it back already.
                if self._writer.conn.in_transaction:
                    self._writer.conn.rollback()
                raise
            # What was taken away while it was written is not stored.
            self.check_in_place()

    def _query(self, sql: str, parameters: Sequence[Any] | Row = ()) -> list[Row]:
        with self._checked():
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
            self._is_closed = True
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


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - a third of the time of a Path's
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _reason(error: sqlite3.DatabaseError) -> str | None:
    code = getattr(error, "sqlite_errorcode", None)
    # The low byte of an extended code is the code itself.
    return None if code is None else BECAUSE.get(code & 0xFF)


def _short(folder: Path) -> str:
    """Return a folder's path; of a long one the end, so that a sentence stays one."""
    text = str(folder)
    return text if len(text) <= MOST_OF_A_PATH else f"…{text[-MOST_OF_A_PATH:]}"
