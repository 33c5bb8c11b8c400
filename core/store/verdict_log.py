"""The append-only log of verdicts: what is written to it, once each, and taken back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from enum import Enum, auto
from typing import Any, NamedTuple

from sqlite_utils import Database

from core.store.connection import Row, StoreBase, StoreError, now
from core.terms import CLASS_SEPARATOR, VERDICTS, Role, Stream, Verdict

_COLUMNS = (
    "item_id", "place_id", "auditor_id", "given_id", "verdict", "undoes", "redoes", "content_hash",
    "stream", "role", "choice", "session", "seq", "action", "import_id", "after_id",
)  # fmt: skip
_INSERT = (
    f"insert into verdicts ({', '.join(_COLUMNS)}, at)"
    f" values ({', '.join(f':{column}' for column in _COLUMNS)}, :at)"
)


class Unchecked(Enum):
    """In place of what was on screen, where nothing was."""

    GIVEN = auto()


class Decision(NamedTuple):
    """What is decided about one item.

    Attributes
    ----------
    item_id : str
    verdict : str
    labels : tuple of str
        The class of a ``relabel``, the valid classes of an ``ambiguous``.
    content_hash : str or None
        Hash of the image that was on screen; checked when given, else the
        verdict is on the content that the item has now.
    given : str, None or Unchecked.GIVEN
        The given label that was on screen, None for no label; checked when
        given, else the verdict is on the label that the item has now.
    """

    item_id: str
    verdict: str
    labels: tuple[str, ...] = ()
    content_hash: str | None = None
    given: str | Unchecked | None = Unchecked.GIVEN


class VerdictStore(StoreBase):
    """The part of the store that writes decisions."""

    def auditor_id(self, name: str) -> int:
        """Return the id of the auditor `name`, who is added when new."""
        with self.transaction() as db:
            return auditor_id_of(db, name)

    def add_action(
        self,
        *,
        session: str,
        seq: int,
        auditor: str,
        decisions: Sequence[Decision],
        stream: str = Stream.QUEUE,
        role: str = Role.REVIEW,
        seen: int | None = None,
    ) -> list[int]:
        """Append the verdicts of one action, all or none.

        Sent again with the same `session` and `seq`, it is stored once.

        Parameters
        ----------
        session, seq : str, int
            Who sends, and the number of the action there.
        auditor : str
        decisions : sequence of Decision
            On different items.
        stream : str
            Of `core.terms.Stream`.
        role : str
            Of `core.terms.Role`.
        seen : int or None
            `log_id` when the person last saw what others had decided: refused
            when another session has decided an item since. None for no check.

        Returns
        -------
        list of int
            The verdicts' ids, in the order of `decisions`.

        Raises
        ------
        StoreError
            When an item, a class, the stream or the role is unknown, an image
            has changed since it was shown, somebody else was quicker, or
            `session` and `seq` belong to another action.
        """
        check_one_of("stream", stream, Stream)
        check_one_of("role", role, Role)
        with self.transaction() as db:
            wanted = [decision.item_id for decision in decisions]
            stored = stored_action(db, session, seq, wanted)
            if stored is not None:
                return stored
            if seen is not None:
                _check_unseen(db, wanted, session, seen)
            auditor_id = auditor_id_of(db, auditor)
            class_ids = {name: class_id_of(db, name) for d in decisions for name in d.labels}
            return [
                _append_decision(
                    db,
                    decision,
                    [class_ids[name] for name in decision.labels],
                    auditor_id=auditor_id,
                    stream=stream,
                    role=role,
                    **number,
                )
                for decision, number in zip(
                    decisions, numbering(session, seq, len(decisions)), strict=True
                )
            ]


def auditor_id_of(db: Database, name: str) -> int:
    """Return the id of the auditor `name`, who is added when new, within a transaction."""
    name = name.strip()
    if not name:
        raise StoreError("An auditor needs a name.")
    db.execute("insert or ignore into auditors (name, since) values (?, ?)", [name, now()])
    return int(db.execute("select id from auditors where name = ?", [name]).fetchone()[0])


def check_one_of(kind: str, name: str, known: Iterable[str]) -> None:
    """Refuse a name that is not among the `known` ones."""
    names = [str(one) for one in known]
    if name not in names:
        there = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
        raise StoreError(f"There is no {kind} {name!r}; there are {there}.")


def class_id_of(db: Database, name: str) -> int:
    """Return the class that is called `name` now, or else was when the input was read."""
    found = db.execute(
        "select coalesce(merged_into, id) from classes where name = :name or spelling = :name"
        " order by name = :name desc limit 1",
        {"name": name},
    ).fetchone()
    if found is None:
        raise StoreError(f"There is no class {name!r} in this audit.")
    return int(found[0])


def merged_class(db: Database, class_id: int | None) -> int | None:
    """Return the class that another was merged into, else itself."""
    found = db.execute("select merged_into from classes where id = ?", [class_id]).fetchone()
    return class_id if found is None or found[0] is None else int(found[0])


def numbering(session: str, seq: int, count: int) -> list[Row]:
    """Return session, number and action of the rows of one action; a single row keeps its own."""
    action = f"{session}:{seq}"
    if count == 1:
        return [{"session": session, "seq": seq, "action": action}]
    return [{"session": action, "seq": number, "action": action} for number in range(count)]


def stored_action(
    db: Database, session: str, seq: int, item_ids: Sequence[str]
) -> list[int] | None:
    """Return the rows that an action has stored already, which must be on `item_ids`."""
    rows = rows_of_action(db, session, seq)
    if not rows:
        return None
    if [item_id for _, item_id in rows] != list(item_ids):
        raise StoreError(f"Action {seq} of this session was for another item.")
    return [verdict_id for verdict_id, _ in rows]


def rows_of_action(db: Database, session: str, seq: int) -> list[tuple[int, str]]:
    """Return id and item of the rows that an action has stored."""
    return db.execute(
        "select id, item_id from verdicts where session = :session and seq = :seq"
        " union select id, item_id from verdicts where action = :session || ':' || :seq"
        " order by id",
        {"session": session, "seq": seq},
    ).fetchall()


def _check_unseen(db: Database, item_ids: Sequence[str], session: str, seen: int) -> None:
    """Refuse what was decided without knowing what another session had decided meanwhile."""
    found = db.execute(
        "select auditors.name, count(*) over () from kept_verdicts v"
        " join auditors on auditors.id = auditor_id"
        " where item_id in (select value from json_each(?)) and v.id > ?"
        " and session != ? and instr(coalesce(action, ''), ? || ':') != 1"
        " order by v.id desc limit 1",
        [json.dumps(list(item_ids)), seen, session, session],
    ).fetchone()
    if found is not None:
        what = "this image" if len(item_ids) == 1 else f"{found[1]:,} of these images"
        raise StoreError(f"{found[0]} has decided {what} meanwhile; look again.")


def _append_decision(db: Database, decision: Decision, class_ids: list[int], **values: Any) -> int:
    given_id, content_hash = checked_item(db, decision.item_id, decision.content_hash)
    _check_given(db, decision, given_id)
    verdict_id = append_row(
        db,
        item_id=decision.item_id,
        given_id=given_id,
        verdict=decision.verdict,
        content_hash=content_hash,
        choice=choice_of(decision.verdict, given_id, class_ids),
        **values,
    )
    db.conn.executemany(
        "insert into verdict_classes (verdict_id, position, class_id) values (?, ?, ?)",
        [(verdict_id, position, class_id) for position, class_id in enumerate(class_ids)],
    )
    return verdict_id


def _check_given(db: Database, decision: Decision, given_id: int | None) -> None:
    """Refuse what was decided about another label than the item has now."""
    if isinstance(decision.given, Unchecked):
        return
    try:
        shown = None if decision.given is None else class_id_of(db, decision.given)
    except StoreError:
        shown = -1
    if shown != given_id:
        raise StoreError(
            f"The label has changed since it was shown, from {label_text(decision.given)} to"
            f" {label_text(_class_name(db, given_id))}; the verdict was not stored."
        )


def label_text(name: str | None) -> str:
    """Return a label in a sentence.

    Examples
    --------
    >>> label_text("cat"), label_text(None)
    ("'cat'", 'no label')
    """
    return "no label" if name is None else repr(name)


def _class_name(db: Database, class_id: int | None) -> str | None:
    found = db.execute("select name from classes where id = ?", [class_id]).fetchone()
    return None if found is None else str(found[0])


def choice_of(verdict: str, given_id: int | None, class_ids: list[int]) -> str:
    """Return what the verdict comes to: verdicts that agree have the same.

    The ids of the classes that fit, ascending, with ``|`` between them; where
    it names none, the verdict. The final label follows from this alone, see
    `core.store.sql_text.final_label`.
    """
    term = VERDICTS[Verdict(verdict)]
    class_ids = list(dict.fromkeys(class_ids))
    if term.leaves == "given" and term.is_sure and given_id is not None:
        return str(given_id)
    return CLASS_SEPARATOR.join(map(str, sorted(class_ids))) or verdict


def checked_item(
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


def append_row(db: Database, *, at: str | None = None, **values: Any) -> int:
    """Append a row to the log and return its id; its time is now, unless it came with one."""
    row = dict.fromkeys(_COLUMNS) | values | {"place_id": values["item_id"], "at": at or now()}
    return int(db.execute(_INSERT, row).lastrowid or 0)
