"""Where people are: what they look at, skipped, hold, prefer, and gathered for later."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlite_utils import Database

from core.store.connection import StoreBase, StoreError, now
from core.store.verdict_log import auditor_id_of

LEASE_SECONDS = 120.0


class PlaceStore(StoreBase):
    """The part of the store that knows places, leases, preferences, selections and filters."""

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
                db.execute(
                    "insert or replace into places (auditor_id, queue, item_id) values (?, ?, ?)",
                    [auditor_id_of(db, auditor), queue_key, item_id],
                )

    def lease(
        self, auditor: str, ids: Sequence[str], *, holder: str = "", seconds: float = LEASE_SECONDS
    ) -> set[str]:
        """Keep items from being put before anybody else for a while.

        Parameters
        ----------
        auditor : str
        ids : sequence of str
            What `holder` has on its desk; what it held before is free again.
        holder : str
            The window of the auditor's that asks, where they may have several.
        seconds : float
            After so long without being renewed, a lease is over.

        Returns
        -------
        set of str
            Those of `ids` that are the auditor's now; the others are leased to
            somebody else.
        """
        until = time.time() + seconds
        with self.transaction() as db:
            auditor_id = auditor_id_of(db, auditor)
            db.execute(
                "delete from leases where until < ? or (auditor_id = ? and holder = ?)",
                [time.time(), auditor_id, holder],
            )
            db.execute(
                "insert into leases (item_id, auditor_id, holder, until)"
                " select id, :auditor, :holder, :until from items"
                " where id in (select value from json_each(:ids))"
                " on conflict (item_id) do update set holder = :holder, until = :until"
                " where auditor_id = :auditor",
                {
                    "auditor": auditor_id,
                    "holder": holder,
                    "until": until,
                    "ids": json.dumps(list(ids)),
                },
            )
            held = db.execute("select item_id from leases where auditor_id = ?", [auditor_id])
            return set(ids) & {row[0] for row in held.fetchall()}

    def leased_by_others(self, auditor: str) -> set[str]:
        """Return the items that are on somebody else's desk."""
        rows = self._query(
            "select item_id from leases where until >= ? and auditor_id is not"
            " (select id from auditors where name = ?)",
            [time.time(), auditor],
        )
        return {row["item_id"] for row in rows}

    def preferences(self, auditor: str) -> dict[str, Any]:
        """Return what `auditor` has set for themselves, by key."""
        rows = self._query(
            "select key, value from preferences join auditors on auditors.id = auditor_id"
            " where name = ?",
            [auditor],
        )
        return {row["key"]: json.loads(row["value"]) for row in rows}

    def set_preferences(self, auditor: str, values: Mapping[str, Any]) -> None:
        """Store what `auditor` prefers, JSON values by key; None forgets a key."""
        with self.transaction() as db:
            auditor_id = auditor_id_of(db, auditor)
            for key, value in values.items():
                db.execute(
                    "delete from preferences where auditor_id = ? and key = ?", [auditor_id, key]
                )
                if value is not None:
                    db.execute(
                        "insert into preferences (auditor_id, key, value) values (?, ?, ?)",
                        [auditor_id, key, json.dumps(value)],
                    )

    def pass_over(self, auditor: str, ids: Sequence[str]) -> None:
        """Remember that `auditor` has skipped these items; unknown ones are ignored."""
        with self.transaction() as db:
            db.execute(
                "insert or ignore into passed (auditor_id, item_id)"
                " select ?, id from items where id in (select value from json_each(?))",
                [auditor_id_of(db, auditor), json.dumps(list(ids))],
            )

    def passed_ids(self, auditor: str) -> set[str]:
        """Return the items that `auditor` has skipped."""
        rows = self._query(
            "select item_id from passed join auditors on auditors.id = auditor_id where name = ?",
            [auditor],
        )
        return {row["item_id"] for row in rows}

    def add_selection(
        self, selection_id: str, title: str, ids: Iterable[str], *, again: bool = False
    ) -> None:
        """Store a set of items that opens as a queue.

        Parameters
        ----------
        again : bool
            Verdicts given before do not count in that queue: it is to be gone
            through once more.
        """
        with self.transaction() as db:
            since = _newest(db) if again else None
            db.table("selections").upsert(
                {"id": selection_id, "title": title, "made": now(), "since": since}, pk="id"
            )
            db.conn.executemany(
                "insert or ignore into selection_items (selection_id, item_id) values (?, ?)",
                ((selection_id, item_id) for item_id in ids),
            )

    def selection_title(self, selection_id: str) -> str | None:
        """Return the title of a selection, or None when there is none."""
        value: str | None = self._value("select title from selections where id = ?", [selection_id])
        return value

    def selection_since(self, selection_id: str) -> int:
        """Return the log's id after which verdicts count in the queue of a selection."""
        since = self._value("select since from selections where id = ?", [selection_id])
        return int(since or 0)

    def save_filter(self, name: str, query: str) -> None:
        """Keep a query under a name; an earlier one of that name is replaced."""
        name = name.strip()
        if not name:
            raise StoreError("A filter needs a name.")
        with self.transaction() as db:
            db.table("filters").upsert({"name": name, "query": query, "made": now()}, pk="name")

    def saved_filters(self) -> dict[str, str]:
        """Return the queries that were saved, by name, sorted."""
        rows = self._query("select name, query from filters order by name")
        return {row["name"]: row["query"] for row in rows}

    def forget_filter(self, name: str) -> None:
        """Remove a saved filter, if it is there."""
        with self.transaction() as db:
            db.execute("delete from filters where name = ?", [name])


def _newest(db: Database) -> int:
    return int(db.execute("select coalesce(max(id), 0) from verdicts").fetchone()[0])
