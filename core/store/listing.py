"""What comes in: the items of the data set as it lies, and the classes that its labels name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from sqlite_utils import Database

from core.store.connection import Row, StoreBase
from core.store.crop_rows import as_json

LABELED = """
insert into labels (item_id, class_id, input_class_id, position, fields)
values (:id, :class_id, :input_class_id, :position, :fields)
on conflict (item_id) do update set class_id = excluded.class_id,
  input_class_id = excluded.input_class_id, position = excluded.position, fields = excluded.fields
"""


class ListingStore(StoreBase):
    """The part of the store that takes in a data set."""

    def replace_listing(self, records: Iterable[Row], classes: Iterable[str] = ()) -> None:
        """Make the items listed just those of `records`.

        Items that are no longer in the source keep their rows and verdicts but
        are not listed. A new item gets the next free row of the embeddings. A
        label is of the class that the input has spelled so before, else of the
        one that is called so; where there is neither, it makes a new one.

        Parameters
        ----------
        records : iterable of dict
            ``id``, ``path``, ``label`` (None for unlabeled), ``fields``
            (the input's columns), ``position`` (order in the input) and,
            where there are any, ``split`` and ``region`` (left, top, width and
            height of a crop, in pixels).
        classes : iterable of str
            Names of classes that exist though they may label no item.
        """
        records = list(records)
        named = {r["label"] for r in records if r["label"] is not None} | {*classes}
        with self.transaction() as db:
            class_of = _classes(db, named)
            _mark_named(db, class_of)
            _list_items(db, records)
            db.conn.executemany(
                LABELED, ({**r, **_label(r, class_of)} for r in map(_with_all, records))
            )

    def listed_class_names(self) -> list[str]:
        """Return the names of the classes that label a listed item, sorted."""
        rows = self._query(
            "select distinct name from classes join labels on class_id = classes.id order by name"
        )
        return [row["name"] for row in rows]


def _with_all(record: Row) -> Row:
    return {key: record[key] for key in ("id", "label", "fields", "position")}


def _label(record: Row, class_of: dict[str, tuple[int, int]]) -> Row:
    input_class_id, class_id = class_of.get(record["label"], (None, None))
    return {
        "input_class_id": input_class_id,
        "class_id": class_id,
        "fields": json.dumps(record["fields"]),
    }


def _classes(db: Database, labels: set[str]) -> dict[str, tuple[int, int]]:
    """Return the class of each label, and the one that it was merged into; new ones are made."""
    by_spelling, by_name = _known_classes(db)
    fresh = sorted(labels - by_spelling.keys() - by_name.keys())
    db.table("classes").insert_all({"name": name, "spelling": name} for name in fresh)
    by_spelling, by_name = _known_classes(db)
    return {label: by_spelling.get(label) or by_name[label] for label in labels}


def _mark_named(db: Database, class_of: dict[str, tuple[int, int]]) -> None:
    """Remember which classes the input names now: these can be given."""
    ids = {class_id for _, class_id in class_of.values()}
    db.execute(
        "update classes set is_named = id in (select value from json_each(?))",
        [json.dumps(sorted(ids))],
    )


def _known_classes(
    db: Database,
) -> tuple[dict[str, tuple[int, int]], dict[str, tuple[int, int]]]:
    rows = db.execute(
        "select spelling, name, id, coalesce(merged_into, id) from classes"
    ).fetchall()
    return {row[0]: row[2:] for row in rows}, {row[1]: row[2:] for row in rows}


def _list_items(db: Database, records: Sequence[Row]) -> None:
    next_row = db.execute("select coalesce(max(row) + 1, 0) from items").fetchone()[0]
    known = {row[0] for row in db.execute("select id from items")}
    db.execute("update items set listed = 0")
    fresh = sorted((r for r in records if r["id"] not in known), key=lambda r: r["path"])
    db.table("items").insert_all(
        {"id": r["id"], "path": r["path"], "row": next_row + offset, "listed": 1}
        for offset, r in enumerate(fresh)
    )
    db.conn.executemany(
        "update items set listed = 1, split = ?, region = ? where id = ?",
        [(r.get("split"), as_json(r.get("region")), r["id"]) for r in records],
    )
    db.execute("delete from labels where item_id in (select id from items where listed = 0)")
