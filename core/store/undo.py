"""Taking decisions back and giving them again: rows of the log like any other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlite_utils import Database

from core.store.connection import StoreBase, StoreError
from core.store.sql_text import TURN, latest_first
from core.store.verdict_log import (
    append_row,
    auditor_id_of,
    check_one_of,
    checked_item,
    merged_class,
    numbering,
    rows_of_action,
    stored_action,
)
from core.terms import UNDO, Stream

ON_CONTENT = "(v.content_hash is null or v.content_hash is i.content_hash)"
LAST = f"{TURN.format('v')} desc, v.at desc, v.id desc"


class UndoStore(StoreBase):
    """The part of the store that undoes and redoes."""

    def add_undo(
        self, *, session: str, seq: int, item_id: str, auditor: str, stream: str | None = None
    ) -> int:
        """Append a row that undoes the auditor's latest verdict on an item.

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
            check_one_of("stream", stream, Stream)
        with self.transaction() as db:
            stored = stored_action(db, session, seq, [item_id])
            if stored is not None:
                return stored[0]
            auditor_id = auditor_id_of(db, auditor)
            latest = db.execute(
                # What is undone is what is seen: a verdict on what the item holds now comes first.
                "select v.id from kept_verdicts v join items i on i.id = v.item_id"
                " where i.id = ? and auditor_id = ? and stream = coalesce(?, stream)"
                f" order by {ON_CONTENT} desc, {latest_first('v')} limit 1",
                [item_id, auditor_id, stream],
            ).fetchone()
            if latest is None:
                raise StoreError(f"{auditor} has no verdict on item {item_id} to undo.")
            return _append_undo(db, latest[0], **numbering(session, seq, 1)[0])

    def add_redo(self, *, session: str, seq: int, item_id: str, auditor: str) -> int:
        """Give the verdict again that the auditor has last undone on an item.

        Raises
        ------
        StoreError
            When there is none, or the image has changed meanwhile.
        """
        with self.transaction() as db:
            stored = stored_action(db, session, seq, [item_id])
            if stored is not None:
                return stored[0]
            auditor_id = auditor_id_of(db, auditor)
            last = db.execute(
                "select verdict, undoes from verdicts v join items i on i.id = place_id"
                f" where i.id = ? and auditor_id = ? order by {ON_CONTENT} desc, {LAST} limit 1",
                [item_id, auditor_id],
            ).fetchone()
            if last is None or last[0] != UNDO:
                raise StoreError(f"{auditor} has no undone verdict on item {item_id} to redo.")
            return _append_again(db, last[1], **numbering(session, seq, 1)[0])

    def undo_action(self, *, session: str, seq: int, auditor: str) -> list[str]:
        """Take back the latest action of the auditor that still stands, all of its verdicts.

        Returns
        -------
        list of str
            The items that it was on.

        Raises
        ------
        StoreError
            When there is nothing to undo.
        """
        with self.transaction() as db:
            done = _items_of_action(db, session, seq)
            if done:
                return done
            action = _latest_action(db, auditor_id_of(db, auditor))
            if action is None:
                raise StoreError(f"{auditor} has nothing to undo.")
            rows = db.execute(
                "select id, item_id from kept_verdicts where action = ? order by id", [action]
            ).fetchall()
            return _append_each(db, _append_undo, rows, session, seq)

    def redo_action(self, *, session: str, seq: int, auditor: str) -> list[str]:
        """Give again what the auditor's latest undo took back, unless they have decided since.

        Returns
        -------
        list of str
            The items that it was on.

        Raises
        ------
        StoreError
            When there is nothing to redo, or an image has changed meanwhile.
        """
        with self.transaction() as db:
            done = _items_of_action(db, session, seq)
            if done:
                return done
            rows = _redoable(db, auditor_id_of(db, auditor))
            if not rows:
                raise StoreError(f"{auditor} has nothing to redo.")
            return _append_each(db, _append_again, rows, session, seq)


def undo_verdicts(db: Database, action: str, session: str) -> None:
    """Undo whatever still stands of an action, within a transaction."""
    rows = db.execute(
        "select id, item_id from kept_verdicts where action = ? order by id", [action]
    ).fetchall()
    _append_each(db, _append_undo, rows, session, 0)


def _items_of_action(db: Database, session: str, seq: int) -> list[str]:
    return [item_id for _, item_id in rows_of_action(db, session, seq)]


def _append_each(
    db: Database,
    append: Callable[..., int],
    rows: Sequence[tuple[int, str]],
    session: str,
    seq: int,
) -> list[str]:
    """Append what answers each verdict of an action, and return the items that they are on."""
    for (verdict_id, _), number in zip(rows, numbering(session, seq, len(rows)), strict=True):
        append(db, verdict_id, **number)
    return [item_id for _, item_id in rows]


def _append_undo(db: Database, verdict_id: int, **number: Any) -> int:
    """Append a row that undoes a verdict; it belongs to the same person, stream and role."""
    undone = db.table("verdicts").get(verdict_id)
    kept = {key: undone[key] for key in ("auditor_id", "content_hash", "stream", "role")}
    item_id = undone["place_id"]
    return append_row(db, item_id=item_id, verdict=UNDO, undoes=verdict_id, **kept, **number)


def _append_again(db: Database, verdict_id: int, **number: Any) -> int:
    """Append a verdict that was undone once more."""
    undone = db.table("verdicts").get(verdict_id)
    item_id, given_id = undone["place_id"], merged_class(db, undone["given_id"])
    checked_item(db, item_id, undone["content_hash"])
    label = db.execute("select class_id from labels where item_id = ?", [item_id]).fetchone()
    if label is not None and label[0] != given_id:
        raise StoreError("The label has changed since; the verdict was not redone.")
    fields = ("auditor_id", "verdict", "content_hash", "stream", "role", "choice")
    kept = {key: undone[key] for key in fields}
    again = append_row(db, item_id=item_id, given_id=given_id, redoes=verdict_id, **kept, **number)
    db.execute(
        "insert into verdict_classes (verdict_id, position, class_id)"
        " select ?, position, class_id from verdict_classes where verdict_id = ?",
        [again, verdict_id],
    )
    return again


def _latest_action(db: Database, auditor_id: int) -> str | None:
    found = db.execute(
        # What came from another audit was done there.
        "select action from kept_verdicts where auditor_id = ? and action is not null"
        " and import_id is null order by id desc limit 1",
        [auditor_id],
    ).fetchone()
    return str(found[0]) if found else None


def _redoable(db: Database, auditor_id: int) -> list[tuple[int, str]]:
    """Return verdict and item of what the auditor's latest undo took back, if it can be redone."""
    return db.execute(
        "select undoes, item_id from redoable_undos where action ="
        " (select action from redoable_undos where auditor_id = ? order by id desc limit 1)"
        " order by undoes",
        [auditor_id],
    ).fetchall()
