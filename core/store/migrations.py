"""The schema of ``audit.db``, as sqlite-utils migrations.

Later changes are appended as new migrations; one that has shipped is never edited, and those of
version 0.1 are in `core.store.shipped_migrations`. Views and triggers are no matter for them since
`m010_terms`: see `core.store.derived`.
"""

from __future__ import annotations

import json

from sqlite_utils.db import Database

from core.store.shipped_migrations import migrations
from core.store.shipped_splits import splits_in_0_1

__all__ = ["migrations"]


@migrations()
def m010_terms(db: Database) -> None:
    """Give items their split and region, sources their format, and Browse the final label."""
    # What an earlier version named is created anew by `core.store.derived`.
    for kind in ("trigger", "view"):
        names = db.execute("select name from sqlite_master where type = ?", [kind]).fetchall()
        for (name,) in names:
            db.execute(f"drop {kind} [{name}]")
    db.execute("alter table items add column split text")
    db.execute("alter table items add column region text")
    db.execute("alter table browse add column split text")
    db.execute("alter table browse add column final text")
    db.execute("alter table findings drop column split")
    db.conn.executemany("update items set split = ? where id = ?", splits_in_0_1(db))
    _name_source_format(db)
    db.execute("update settings set value = '\"neighbors\"' where value = '\"neighbours\"'")


def _name_source_format(db: Database) -> None:
    settings = {row["key"]: json.loads(row["value"]) for row in db.table("settings").rows}
    if "source" in settings:
        labels = settings.get("labels_file")
        source = {
            "format": "csv" if labels else "class-folders",
            "path": settings["source"],
            "options": {"labels": labels} if labels else {},
        }
        db.table("settings").upsert({"key": "source", "value": json.dumps(source)}, pk="key")
    db.execute("delete from settings where key in ('labels_file', 'splits')")


@migrations()
def m011_contents_and_classes(db: Database) -> None:
    """Let verdicts lie where their content is, and classes be renamed, merged and described."""
    db.execute("drop trigger if exists verdicts_no_update")
    db.execute("alter table verdicts add column place_id text references items(id)")
    db.execute("update verdicts set place_id = item_id")
    for index in ("idx_verdicts_stream", "idx_verdicts_item_auditor", "idx_verdicts_unsure"):
        db.execute(f"drop index {index}")
    db.execute("create index idx_verdicts_stream on verdicts (stream, place_id)")
    db.execute("create index idx_verdicts_place on verdicts (place_id, auditor_id)")
    db.execute("create index idx_verdicts_unsure on verdicts (place_id) where verdict = 'unsure'")
    db.execute("alter table labels add column input_class_id integer references classes(id)")
    db.execute("update labels set input_class_id = class_id")
    db.execute("alter table items add column former_class_id integer references classes(id)")
    db.execute("create index idx_items_former_class on items (former_class_id)")
    for column in (
        "spelling text",
        "merged_into integer references classes(id)",
        "is_named integer not null default 0",
        "is_added integer not null default 0",
        "is_retired integer not null default 0",
        "description text",
    ):
        db.execute(f"alter table classes add column {column}")
    db.execute(
        "update classes set spelling = name,"
        " is_named = exists (select 1 from labels where class_id = classes.id)"
    )
    db.execute("create unique index idx_classes_spelling on classes (spelling)")
    db.execute(
        "create table class_log (id integer primary key, kind text not null,"
        " class_id integer not null references classes(id),"
        " other_id integer references classes(id), text text,"
        " undoes integer unique references class_log(id),"
        " auditor_id integer not null references auditors(id), at text not null)"
    )
    db.execute("create index idx_verdict_classes_class on verdict_classes (class_id)")
    db.execute("create table merged_choices (choice text primary key, merged text not null)")


@migrations()
def m012_unblinded(db: Database) -> None:
    """Record who has seen verdicts before their own blind second review; see `blind_rows`."""
    db.table("unblinded").create(
        {"auditor_id": int, "item_id": str, "verdict_id": int, "content_hash": str, "at": str},
        pk=("verdict_id", "auditor_id"),
        not_null={"item_id", "at"},
        foreign_keys=[
            ("auditor_id", "auditors", "id"),
            ("item_id", "items", "id"),
            ("verdict_id", "verdicts", "id"),
        ],
    )
    db.table("unblinded").create_index(["item_id", "auditor_id"])


@migrations()
def m013_crops(db: Database) -> None:
    """Let items that are crops know where they lie in the upright picture of their file."""
    db.execute("alter table items add column box text")


@migrations()
def m014_imports(db: Database) -> None:
    """Let rows of another log be among this one's, in the order of time; see `log_merging`."""
    db.table("imports").create(
        {"id": int, "audit": str, "name": str, "exported": str, "at": str},
        pk="id",
        not_null={"audit", "at"},
    )
    # Of an imported row: what it came with, and the newest row of this audit's own before it.
    db.execute("alter table verdicts add column import_id integer references imports(id)")
    db.execute("alter table verdicts add column after_id integer")


@migrations()
def m015_pixels(db: Database) -> None:
    """Keep what was measured of the pixels of a content; see `pixel_rows`."""
    numbers = (
        "p01", "p05", "p95", "p99", "entropy", "flat", "sharpness", "chroma",
        "top", "bottom", "left", "right", "edge",
    )  # fmt: skip
    db.table("pixels").create(
        {"content_hash": str, **dict.fromkeys(numbers, float), "sketch": bytes}, pk="content_hash"
    )
    # Of copies, what tells that they are some; of other findings, what was found.
    db.execute("alter table findings add column match text")
    db.execute("alter table findings add column note text")


@migrations()
def m016_suspects(db: Database) -> None:
    """Keep which labels the evidence contradicts: probabilities count the label itself, too."""
    db.execute("alter table scores add column is_suspect integer not null default 0")
    db.execute("update scores set is_suspect = 1 where p_suggested > coalesce(p_given, 0)")
