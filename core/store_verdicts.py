"""What people decide: auditors, the append-only log of verdicts, what may be trusted of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlite_utils import Database

from core.store_base import Row, StoreBase, StoreError, now

QUEUE, CHECK = "queue", "check"
STREAMS = (QUEUE, CHECK)
"""Most suspect first, to find errors; drawn at random, to count them. They never mix."""


class Trusted(NamedTuple):
    """What people say of an item's label, as far as they are sure.

    Attributes
    ----------
    given : str or None
        The label that was judged.
    labels : tuple of str
        The labels that fit: the one kept, the new one, or each of an
        ambiguous item; none where the label was ruled out and no other named.
    """

    given: str | None
    labels: tuple[str, ...]

    @property
    def is_error(self) -> bool:
        """Whether the given label is not among those that fit."""
        return self.given not in self.labels


class VerdictStore(StoreBase):
    """The part of the store that knows decisions."""

    def auditor_id(self, name: str) -> int:
        """Return the id of the auditor `name`, who is added when new."""
        with self.transaction() as db:
            return auditor_id_of(db, name)

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
        stream: str = QUEUE,
    ) -> int:
        """Append a verdict; sent again with the same `session` and `seq`, it is stored once.

        Parameters
        ----------
        labels : sequence of str
            The class of a ``relabel``, the valid classes of an ``ambiguous``.
        content_hash : str or None
            Hash of the image that was on screen; checked when given, else the
            verdict is on the content that the item has now.
        stream : str
            ``queue``, or ``check`` for an item of the random check sample.

        Returns
        -------
        int
            The verdict's id.

        Raises
        ------
        StoreError
            When the item, a class or the stream is unknown, the image has changed
            since it was shown, or `session` and `seq` belong to another item.
        """
        _check_stream(stream)
        with self.transaction() as db:
            stored = _stored_action(db, session, seq, item_id)
            if stored is not None:
                return stored
            given_id, content_hash = _checked_item(db, item_id, content_hash)
            class_ids = [_class_id(db, name) for name in labels]
            verdict_id = _append(
                db,
                item_id=item_id,
                auditor_id=auditor_id_of(db, auditor),
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

    def add_undo(
        self, *, session: str, seq: int, item_id: str, auditor: str, stream: str | None = None
    ) -> int:
        """Append a row that undoes the auditor's current verdict on an item.

        Parameters
        ----------
        stream : str or None
            Only a verdict of that stream; None for the latest of either. The
            row belongs to the stream of the verdict that it takes back.

        Raises
        ------
        StoreError
            When the auditor has no verdict on that item to undo, or the
            stream is unknown.
        """
        if stream is not None:
            _check_stream(stream)
        with self.transaction() as db:
            stored = _stored_action(db, session, seq, item_id)
            if stored is not None:
                return stored
            auditor_id = auditor_id_of(db, auditor)
            current = db.execute(
                "select id, stream from verdicts v where item_id = ? and auditor_id = ?"
                " and verdict != 'undo' and stream = coalesce(?, stream)"
                " and not exists (select 1 from verdicts u where u.undoes = v.id)"
                " order by id desc limit 1",
                [item_id, auditor_id, stream],
            ).fetchone()
            if current is None:
                raise StoreError(f"{auditor} has no verdict on item {item_id} to undo.")
            return _append(
                db,
                item_id=item_id,
                auditor_id=auditor_id,
                verdict="undo",
                undoes=current[0],
                stream=current[1],
                session=session,
                seq=seq,
            )

    def carry_verdicts(self) -> int:
        """Let verdicts follow files that were moved or renamed.

        A listed item on which nothing was ever decided takes over the current
        verdict, of each stream, on an item with the same content that is
        listed no more.

        Returns
        -------
        int
            Verdicts that were taken over.
        """
        with self.transaction() as db:
            carried = db.execute(
                "insert into verdicts (item_id, auditor_id, given_id, verdict, content_hash,"
                "   stream, session, seq, at, carried_from)"
                " select to_id, auditor_id, given_id, verdict, hash, v.stream,"
                "   'moved to ' || to_id, row_number() over (partition by to_id order by v.id) - 1,"
                "   at, v.id from ("
                "   select fresh.id as to_id, fresh.content_hash as hash, max(v.id) as from_id"
                "   from items fresh join items gone on gone.content_hash = fresh.content_hash"
                "   join current_by_stream v on v.item_id = gone.id"
                "   where fresh.listed and not gone.listed"
                "     and not exists (select 1 from verdicts where item_id = fresh.id)"
                "   group by fresh.id, v.stream) join verdicts v on v.id = from_id order by v.id"
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

    def trusted_labels(self) -> dict[str, Trusted]:
        """Return what the queue's standing verdicts say of labels, by item id.

        What the check sample has found must not move the queue, or it would
        no longer measure what the queue has left: its verdicts never appear
        here. Items on which the queue's last word is ``unsure`` are left out.
        """
        rows = self._query(
            "select item_id, verdict, given.name as given,"
            " (select json_group_array(name) from (select name from verdict_classes"
            "   join classes on classes.id = class_id where verdict_id = v.id"
            "   order by position)) as labels"
            " from current_by_stream v left join classes given on given.id = v.given_id"
            " where stream = ? and verdict != 'unsure' order by item_id",
            [QUEUE],
        )
        return {
            row["item_id"]: Trusted(
                row["given"],
                tuple(json.loads(row["labels"]))
                if row["verdict"] != "keep"
                else (row["given"],)
                if row["given"]
                else (),
            )
            for row in rows
        }

    def queue_log_size(self) -> int:
        """Return how many rows of the log, undos included, belong to the queue."""
        return int(self._value("select count(*) from verdicts where stream = ?", [QUEUE]))

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


def _check_stream(stream: str) -> None:
    if stream not in STREAMS:
        raise StoreError(f"There is no stream {stream!r}; there are {' and '.join(STREAMS)}.")


def auditor_id_of(db: Database, name: str) -> int:
    """Return the id of the auditor `name`, who is added when new, within a transaction."""
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
