"""What comes in: the items of the data set as it lies, and the classes that its labels name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlite_utils import Database

from core.store.browse_table import added_at_once
from core.store.connection import Row, StoreBase
from core.store.crop_rows import as_json

CACHE_KIB = 128 * 1024
"""Of the pages that are written: indexes of a million texts in no order fit."""

# What comes in, until it is compared with what is there: a statement for all rows of a kind takes
# a fraction of the time of one for each.
INCOMING = """
create temp table incoming (id text not null, path text not null, label text, position integer,
  fields text not null, split text, region text)
"""
CLASS_OF = """
create temp table class_of (label text primary key, input_class_id integer, class_id integer)
"""

UNLISTED = "update items set listed = 0 where listed and id not in (select id from incoming)"

LISTED = """
update items set listed = 1, split = i.split, region = i.region from incoming i
where i.id = items.id
  and (not listed or items.split is not i.split or items.region is not i.region)
"""

FRESH = """
insert into items (id, path, row, listed, split, region)
select id, path, :next_row - 1 + row_number() over (order by path), 1, split, region
from incoming where id not in (select id from items) order by path
"""

# In the order of the ids, whose index then grows at its end.
LABELED = """
insert into labels (item_id, class_id, input_class_id, position, fields)
select id, class_id, input_class_id, position, fields
from incoming left join class_of on class_of.label = incoming.label where true
order by incoming.id
on conflict (item_id) do update set class_id = excluded.class_id,
  input_class_id = excluded.input_class_id, position = excluded.position, fields = excluded.fields
where class_id is not excluded.class_id or input_class_id is not excluded.input_class_id
  or position is not excluded.position or fields is not excluded.fields
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
        # What takes time of Python is done before others wait for the database.
        rows = [_row(record) for record in records]
        with self.transaction() as db, _large_cache(db):
            db.execute(INCOMING)
            db.conn.executemany("insert into incoming values (?, ?, ?, ?, ?, ?, ?)", rows)
            labels = db.execute("select distinct label from incoming where label not null")
            class_of = _classes(db, {row[0] for row in labels.fetchall()} | {*classes})
            _mark_named(db, class_of)
            _list_items(db)
            _label_items(db, class_of)
            db.execute("drop table incoming")

    def listed_class_names(self) -> list[str]:
        """Return the names of the classes that label a listed item, sorted."""
        rows = self._query(
            "select distinct name from classes join labels on class_id = classes.id order by name"
        )
        return [row["name"] for row in rows]


def _row(record: Row) -> tuple[str | int | None, ...]:
    return (
        record["id"],
        record["path"],
        record["label"],
        record["position"],
        json.dumps(record["fields"]),
        record.get("split"),
        as_json(record.get("region")),
    )


@contextmanager
def _large_cache(db: Database) -> Iterator[None]:
    before = db.execute("pragma cache_size").fetchone()[0]
    db.execute(f"pragma cache_size = -{CACHE_KIB}")
    try:
        yield
    finally:
        db.execute(f"pragma cache_size = {before}")


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


def _list_items(db: Database) -> None:
    next_row = db.execute("select coalesce(max(row) + 1, 0) from items").fetchone()[0]
    db.execute(UNLISTED)
    db.execute(LISTED)
    db.execute(FRESH, {"next_row": next_row})
    db.execute("delete from labels where item_id in (select id from items where listed = 0)")


def _label_items(db: Database, class_of: dict[str, tuple[int, int]]) -> None:
    db.execute(CLASS_OF)
    db.conn.executemany(
        "insert into class_of values (?, ?, ?)", [(label, *ids) for label, ids in class_of.items()]
    )
    with added_at_once(db):
        db.execute(LABELED)
    db.execute("drop table class_of")
