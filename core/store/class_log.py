"""Classes as people have changed them: renamed, merged, split, described, retired.

A change is a row of a log that only grows. What the classes are follows from
the rows that nobody has undone, in their order, and so do the labels of items
and what verdicts come to: nothing of the input, and no verdict, is rewritten.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlite_utils import Database

from core.store.browse_table import refill
from core.store.connection import Row, StoreBase, StoreError, now
from core.store.derived import REDECIDED, run_each
from core.store.undo import undo_verdicts
from core.store.verdict_log import auditor_id_of
from core.terms import CLASS_SEPARATOR, UNDO, ClassChange


@dataclass(frozen=True)
class ClassState:
    """What a class is by now.

    Attributes
    ----------
    id : int
    name : str
        What it is called.
    spelling : str
        How the input spells it; of one that the input does not have, its first name.
    merged_into : int or None
        The class that it became a part of.
    is_added : bool
        Whether somebody has added it, so that it is there though no item has it.
    is_retired : bool
        Whether it is no answer any more.
    description : str or None
    """

    id: int
    name: str
    spelling: str
    merged_into: int | None = None
    is_added: bool = False
    is_retired: bool = False
    description: str | None = None


STANDING = f"""
select kind, class_id, other_id, text from class_log c
where kind != '{UNDO}' and not exists (select 1 from class_log u where u.undoes = c.id) order by id
"""

UPDATED = """
update classes set name = ?, merged_into = ?, is_added = ?, is_retired = ?, description = ?
where id = ?
"""

# What the evidence said of classes that are one now is their sum, until it is computed anew.
MERGED_SCORES = """
update scores set suggested_id = (
  select coalesce(merged_into, id) from classes where id = suggested_id)
where suggested_id in (select id from classes where merged_into not null);
update scores set p_given = min(1, p_given + p_suggested), p_suggested = 0, suggested_id = null,
  suspicion = max(0, 1 - p_given - p_suggested), is_suspect = 0, priority = null
where suggested_id = (select class_id from labels where labels.item_id = scores.item_id)
"""

MERGED_LABELS = """
update labels set class_id = (
  select coalesce(merged_into, id) from classes where id = input_class_id)
where class_id is not (select coalesce(merged_into, id) from classes where id = input_class_id)
"""


class ClassStore(StoreBase):
    """The part of the store that knows classes."""

    def class_names(self) -> dict[int, str]:
        """Return what the classes are called by id; those merged into others are left out."""
        rows = self._query("select id, name from classes where merged_into is null")
        return {row["id"]: row["name"] for row in rows}

    def offered_classes(self) -> list[str]:
        """Return the names of the classes that an auditor may choose from, sorted.

        Those that the input names now, those that were added, and those that a
        verdict has named; none that was retired.
        """
        rows = self._query(
            "select name from classes c where merged_into is null and not is_retired and ("
            " is_named or is_added or exists ("
            "   select 1 from verdict_classes join kept_verdicts v on v.id = verdict_id"
            "   where class_id = c.id))"
        )
        return sorted((row["name"] for row in rows), key=str.lower)

    def class_aliases(self) -> dict[str, str]:
        """Return by each name that a class ever had what it is called now."""
        rows = self._query(
            "select former, now.name from ("
            "   select id, spelling as former, 0 as since from classes union all"
            "   select class_id, text, id from class_log where kind = ? union all"
            "   select id, name, 9e18 from classes where merged_into is null)"
            " formerly join classes was on was.id = formerly.id"
            " join classes now on now.id = coalesce(was.merged_into, was.id) order by since",
            [ClassChange.RENAME],
        )
        return {row["former"]: row["name"] for row in rows}

    def classes(self) -> list[Row]:
        """Return the classes that were not merged into others, by name.

        Keys: ``id``, ``name``, ``spellings`` (how the input spells it, several
        after a merge), ``items``, ``reviewed``, ``is_added``, ``is_retired``,
        ``description``.
        """
        rows = self._query(
            "select c.id, name, is_added, is_retired, description,"
            " (select json_group_array(spelling) from ("
            "   select spelling from classes s where coalesce(s.merged_into, s.id) = c.id"
            "   order by spelling)) as spellings,"
            " (select count(*) from labels where class_id = c.id) as items,"
            " (select count(*) from labels join current_verdicts v on v.item_id = labels.item_id"
            "   where class_id = c.id) as reviewed"
            " from classes c where merged_into is null order by lower(name), name"
        )
        return [row | {"spellings": json.loads(row["spellings"])} for row in rows]

    def items_of_class(self, class_id: int, limit: int | None = None) -> list[str]:
        """Return the items whose given label is that class, the least suspect first."""
        rows = self._query(
            "select labels.item_id as id from labels join items on items.id = labels.item_id"
            " left join scores on scores.item_id = labels.item_id where listed and class_id = ?"
            " order by coalesce(suspicion, 1), items.row limit ?",
            [class_id, -1 if limit is None else limit],
        )
        return [row["id"] for row in rows]

    def class_log_id(self) -> int:
        """Return the id of the newest change of classes; 0 when there is none."""
        return int(self._value("select coalesce(max(id), 0) from class_log"))

    def class_log(self) -> list[Row]:
        """Return every change of classes, undos included, oldest first.

        Keys: ``id``, ``kind``, ``class_id``, ``class_spelling``, ``other``
        (the spelling of the other class, or None), ``text``, ``undoes``,
        ``is_undone``, ``auditor``, ``at``.
        """
        return self._query(
            "select l.id, kind, class_id, c.spelling as class_spelling, o.spelling as other,"
            " text, undoes, l.id in (select undoes from class_log) as is_undone,"
            " auditors.name as auditor, at from class_log l"
            " join classes c on c.id = class_id left join classes o on o.id = other_id"
            " join auditors on auditors.id = auditor_id order by l.id"
        )

    def add_class_change(
        self,
        kind: ClassChange,
        *class_ids: int,
        auditor: str,
        other_id: int | None = None,
        text: str | None = None,
    ) -> None:
        """Append a change of each of some classes to the log, and let everything follow.

        Parameters
        ----------
        kind : ClassChange
        *class_ids : int
            The classes that change.
        auditor : str
        other_id : int or None
            The class that they are merged into, or kept apart from.
        text : str or None
            The new name or description.
        """
        with self.transaction() as db:
            for class_id in class_ids:
                _append(db, kind, class_id, auditor, other_id=other_id, text=text)
            _follow(db)

    def add_class(self, name: str, *, auditor: str, action: str | None = None) -> int:
        """Add a class that the input does not have; return its id.

        Parameters
        ----------
        name : str
        auditor : str
        action : str or None
            ``session:seq`` of the verdicts by which it is split off from
            others; they are undone with it.

        Raises
        ------
        StoreError
            When there is one of that name, or was.
        """
        kind = ClassChange.ADD if action is None else ClassChange.SPLIT
        with self.transaction() as db:
            if db.execute(
                "select 1 from classes where name = :name or spelling = :name", {"name": name}
            ).fetchone():
                raise StoreError(f"There is a class {name!r} already, or was.")
            class_id = db.table("classes").insert({"name": name, "spelling": name}).last_pk
            assert isinstance(class_id, int)
            _append(db, kind, class_id, auditor, text=action)
            _follow(db)
            return class_id

    def undo_class_change(self, *, auditor: str) -> Row:
        """Undo the latest change of classes that stands, whoever made it; return its row.

        Raises
        ------
        StoreError
            When there is none.
        """
        standing = [row for row in self.class_log() if row["kind"] != UNDO and not row["is_undone"]]
        if not standing:
            raise StoreError("No change of classes is left to undo.")
        last = standing[-1]
        with self.transaction() as db:
            if last["kind"] == ClassChange.SPLIT:
                undo_verdicts(db, last["text"], f"class change {last['id']}")
            _append(db, UNDO, last["class_id"], auditor, undoes=last["id"])
            _follow(db)
        return last

    def former_classes(self) -> list[Row]:
        """Return where the items of classes that are gone from the input are now.

        Returns
        -------
        list of dict
            ``former`` and ``now`` (ids of classes), ``moved`` (how many items of
            the one are the other's now, by id or by content), ``had`` (how many
            items the former one had) and ``has`` (how many the other has).
        """
        return self._query(FORMER_CLASSES)


FORMER_CLASSES = """
with gone as (
  select id from classes where merged_into is null
    and not exists (select 1 from labels where input_class_id = classes.id)),
moved as (
  select former_class_id as former, class_id as now, items.id as item
  from items join labels on item_id = items.id
  where listed and former_class_id in gone
  union
  select was.former_class_id, class_id, i.id
  from items was join items i on i.content_hash = was.content_hash
  join labels on labels.item_id = i.id
  where not was.listed and i.listed and was.former_class_id in gone)
select former, now, count(*) as moved,
  (select count(*) from items where former_class_id = former) as had,
  (select count(*) from labels where class_id = now) as has
from moved where now is not null and now != former group by former, now
"""


def _append(
    db: Database,
    kind: str,
    class_id: int,
    auditor: str,
    *,
    other_id: int | None = None,
    text: str | None = None,
    undoes: int | None = None,
) -> None:
    row = {
        "kind": str(kind),
        "class_id": class_id,
        "other_id": other_id,
        "text": text,
        "undoes": undoes,
        "auditor_id": auditor_id_of(db, auditor),
        "at": now(),
    }
    db.table("class_log").insert(row, pk="id")


def _follow(db: Database) -> None:
    """Bring classes, labels and what verdicts come to up to date with the log."""
    states = _states(db)
    before = db.execute("select id, name, merged_into from classes").fetchall()
    # Two classes may swap their names; until both have the new one, neither has either.
    db.execute("update classes set name = name || char(0) || id")
    db.conn.executemany(
        UPDATED,
        [
            (s.name, s.merged_into, s.is_added, s.is_retired, s.description, s.id)
            for s in states.values()
        ],
    )
    if before == [(one, states[one].name, states[one].merged_into) for one, _, _ in before]:
        return
    db.execute("delete from merged_choices")
    choices = [row[0] for row in db.execute("select distinct choice from verdicts").fetchall()]
    db.table("merged_choices").insert_all(
        {"choice": choice, "merged": merged}
        for choice in filter(None, choices)
        if (merged := _merged_choice(choice, states)) != choice
    )
    run_each(db, MERGED_LABELS)
    run_each(db, MERGED_SCORES)
    run_each(db, REDECIDED)
    refill(db)


def _states(db: Database) -> dict[int, ClassState]:
    """Return what each class is after all changes that stand, by id."""
    rows = db.execute("select id, spelling from classes").fetchall()
    states = {row[0]: ClassState(row[0], row[1], row[1]) for row in rows}
    for kind, class_id, other_id, text in db.execute(STANDING).fetchall():
        state = states[class_id]
        match ClassChange(kind):
            case ClassChange.ADD | ClassChange.SPLIT:
                states[class_id] = replace(state, is_added=True)
            case ClassChange.RENAME:
                states[class_id] = replace(state, name=text)
            case ClassChange.DESCRIBE:
                states[class_id] = replace(state, description=text or None)
            case ClassChange.RETIRE | ClassChange.RESTORE:
                states[class_id] = replace(state, is_retired=kind == ClassChange.RETIRE)
            case ClassChange.MERGE:
                into = states[other_id].merged_into or other_id
                for one in _parts(states.values(), class_id):
                    states[one.id] = replace(one, merged_into=into)
            case ClassChange.SEPARATE:
                pass
    return states


def _parts(states: Iterable[ClassState], class_id: int) -> list[ClassState]:
    """Return a class and those that were merged into it."""
    return [one for one in states if class_id in (one.id, one.merged_into)]


def _merged_choice(choice: str, states: dict[int, ClassState]) -> str:
    """Return a choice with each class replaced by the one it was merged into."""
    if not choice[0].isdigit():
        return choice
    ids = {int(one) for one in choice.split(CLASS_SEPARATOR)}
    merged = {states[one].merged_into or one for one in ids}
    return CLASS_SEPARATOR.join(map(str, sorted(merged)))
