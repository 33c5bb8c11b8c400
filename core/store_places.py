"""Where people are: the item they look at, what they skipped, sets they gathered."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from core.store_base import StoreBase, now
from core.store_verdicts import auditor_id_of


class PlaceStore(StoreBase):
    """The part of the store that knows places, skipped items and selections."""

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
                        "auditor_id": auditor_id_of(db, auditor),
                        "queue": queue_key,
                        "item_id": item_id,
                    },
                    pk=("auditor_id", "queue"),
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
