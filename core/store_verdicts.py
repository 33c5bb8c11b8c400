"""What people decide: auditors, the append-only log of verdicts, places, selections."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlite_utils import Database

from core.store_base import Row, StoreBase, StoreError, now


class VerdictStore(StoreBase):
    """The part of the store that knows decisions."""

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
            Hash of the image that was on screen; checked when given, else the
            verdict is on the content that the item has now.

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
            given_id, content_hash = _checked_item(db, item_id, content_hash)
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

    def carry_verdicts(self) -> int:
        """Let verdicts follow files that were moved or renamed.

        A listed item on which nothing was ever decided takes over the current
        verdict on an item with the same content that is listed no more.

        Returns
        -------
        int
            Items that took one over.
        """
        with self.transaction() as db:
            carried = db.execute(
                "insert into verdicts (item_id, auditor_id, given_id, verdict, content_hash,"
                "   stream, session, seq, at, carried_from)"
                " select to_id, auditor_id, given_id, verdict, hash, stream,"
                "   'moved to ' || to_id, 0, at, v.id from ("
                "   select fresh.id as to_id, fresh.content_hash as hash, max(v.id) as from_id"
                "   from items fresh join items gone on gone.content_hash = fresh.content_hash"
                "   join current_verdicts v on v.item_id = gone.id"
                "   where fresh.listed and not gone.listed"
                "     and not exists (select 1 from verdicts where item_id = fresh.id)"
                "   group by fresh.id) join verdicts v on v.id = from_id"
            ).rowcount
            db.execute(
                "insert into verdict_classes (verdict_id, position, class_id)"
                " select v.id, c.position, c.class_id from verdicts v"
                " join verdict_classes c on c.verdict_id = v.carried_from"
                " where not exists (select 1 from verdict_classes where verdict_id = v.id)"
            )
        return int(carried)

    def current_verdicts(self) -> dict[str, Row]:
        """Return verdict, labels, given label then, auditor and time by item id."""
        rows = self._query(
            "select v.id, v.item_id, verdict, auditors.name as auditor, at,"
            " (select name from classes where classes.id = v.given_id) as given,"
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

    def outdated_verdicts(self, ids: Sequence[str]) -> dict[str, str]:
        """Return the last verdict by item id on those of `ids` that have changed since."""
        rows = self._query(
            "select item_id, verdict from outdated_verdicts"
            " where item_id in (select value from json_each(?))",
            [json.dumps(ids)],
        )
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


def _checked_item(
    db: Database, item_id: str, content_hash: str | None
) -> tuple[int | None, str | None]:
    """Return the item's given class and content, which must be `content_hash` if that is given."""
    found = db.execute(
        "select class_id, content_hash from items left join labels on item_id = id where id = ?",
        [item_id],
    ).fetchone()
    if found is None:
        raise StoreError(f"There is no item {item_id!r} in this audit.")
    if content_hash is not None and content_hash != found[1]:
        raise StoreError("The image has changed since it was shown; the verdict was not stored.")
    return found[0], found[1]


def _append(db: Database, **values: Any) -> int:
    verdict_id = db.table("verdicts").insert(values | {"at": now()}, pk="id").last_pk
    assert isinstance(verdict_id, int)
    return verdict_id
