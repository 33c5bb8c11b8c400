"""The schema of ``audit.db``, as sqlite-utils migrations.

Later changes are appended as new migrations; one that has shipped is never edited. Views and
triggers are no matter for them since `m010_terms`: see `core.store.derived`.
"""

from __future__ import annotations

import json

from sqlite_utils import Migrations
from sqlite_utils.db import Database

from core.store import shipped_views as views
from core.store.shipped_browse import create_browse
from core.store.shipped_splits import splits_in_0_1

migrations = Migrations("second_look")

DECIDE_AGAIN = """
create trigger {name} after {event} begin
  delete from current_verdicts where item_id = new.{item};
  insert into current_verdicts select * from decided where item_id = new.{item};
end
"""

# Verdicts agree when their choices do: the classes that fit, or what was said instead.
CHOICES = """
update verdicts set choice = case verdict
  when 'keep' then coalesce(cast(given_id as text), 'keep')
  when 'relabel' then (select group_concat(class_id, '|') from verdict_classes
    where verdict_id = verdicts.id)
  when 'ambiguous' then (select group_concat(class_id, '|') from (
    select class_id from verdict_classes where verdict_id = verdicts.id order by class_id))
  else verdict end
where verdict != 'undo'
"""

APPEND_ONLY = """
create trigger verdicts_no_{verb} before {verb} on verdicts
begin select raise(abort, 'verdicts are append-only'); end
"""

VERDICT_CHANGED = """
create trigger verdict_changes_{verb} after {verb} on current_verdicts
begin insert or replace into verdict_changes (item_id) values ({row}.item_id); end
"""


@migrations()
def m001_audit(db: Database) -> None:
    """Create what came in, what was computed and what people decided."""
    db.table("settings").create({"key": str, "value": str}, pk="key")
    db.table("classes").create({"id": int, "name": str}, pk="id", not_null={"name"})
    db.table("classes").create_index(["name"], unique=True)
    db.table("items").create(
        {
            "id": str,
            "path": str,
            "row": int,
            "listed": int,
            "size": int,
            "mtime_ns": int,
            "content_hash": str,
            "embedded_hash": str,
            "format": str,
            "width": int,
            "height": int,
        },
        pk="id",
        not_null={"path", "row", "listed"},
        defaults={"listed": 1},
    )
    db.table("items").create_index(["path"], unique=True)
    db.table("items").create_index(["row"], unique=True)
    db.table("labels").create(
        {"item_id": str, "class_id": int, "position": int, "fields": str},
        pk="item_id",
        foreign_keys=[("item_id", "items", "id"), ("class_id", "classes", "id")],
    )
    db.table("labels").create_index(["class_id"])
    db.table("quarantine").create(
        {"item_id": str, "reason": str, "since": str},
        pk="item_id",
        not_null={"reason"},
        foreign_keys=[("item_id", "items", "id")],
    )
    _create_computed(db)
    # The listed items that have a suspicion; every list of suspects starts from it.
    db.create_view("ranked", views.RANKED)
    _create_decided(db)


def _create_computed(db: Database) -> None:
    db.table("runs").create(
        {"id": int, "pid": int, "state": str, "message": str, "started": str, "finished": str},
        pk="id",
    )
    db.table("steps").create(
        {
            "run_id": int,
            "name": str,
            "position": int,
            "state": str,
            "done": int,
            "total": int,
            "rate": float,
            "seconds_left": float,
            "seconds": float,
        },
        pk=("run_id", "name"),
        foreign_keys=[("run_id", "runs", "id")],
    )
    db.table("artifacts").create({"name": str, "fingerprint": str, "made": str}, pk="name")
    db.table("scores").create(
        {
            "item_id": str,
            "suspicion": float,
            "p_given": float,
            "suggested_id": int,
            "p_suggested": float,
        },
        pk="item_id",
        foreign_keys=[("item_id", "items", "id"), ("suggested_id", "classes", "id")],
    )
    db.table("scores").create_index(["suspicion"])


def _create_decided(db: Database) -> None:
    db.table("auditors").create({"id": int, "name": str, "since": str}, pk="id", not_null={"name"})
    db.table("auditors").create_index(["name"], unique=True)
    db.table("verdicts").create(
        {
            "id": int,
            "item_id": str,
            "auditor_id": int,
            "given_id": int,
            "verdict": str,
            "undoes": int,
            "content_hash": str,
            "stream": str,
            "session": str,
            "seq": int,
            "at": str,
        },
        pk="id",
        not_null={"item_id", "auditor_id", "verdict", "stream", "session", "seq", "at"},
        foreign_keys=[
            ("item_id", "items", "id"),
            ("auditor_id", "auditors", "id"),
            ("given_id", "classes", "id"),
            ("undoes", "verdicts", "id"),
        ],
    )
    # The numbered queue: an action that is sent twice is stored once.
    db.table("verdicts").create_index(["session", "seq"], unique=True)
    db.table("verdicts").create_index(["item_id"])
    db.table("verdicts").create_index(["undoes"], unique=True)
    db.table("verdict_classes").create(
        {"verdict_id": int, "position": int, "class_id": int},
        pk=("verdict_id", "position"),
        foreign_keys=[("verdict_id", "verdicts", "id"), ("class_id", "classes", "id")],
    )
    for verb in ("update", "delete"):
        db.execute(APPEND_ONLY.format(verb=verb))
    db.create_view("current_verdicts", views.CURRENT_VERDICTS)
    db.table("places").create(
        {"auditor_id": int, "queue": str, "item_id": str},
        pk=("auditor_id", "queue"),
        foreign_keys=[("auditor_id", "auditors", "id"), ("item_id", "items", "id")],
    )
    db.table("selections").create({"id": str, "title": str, "made": str}, pk="id")
    db.table("selection_items").create(
        {"selection_id": str, "item_id": str},
        pk=("selection_id", "item_id"),
        foreign_keys=[("selection_id", "selections", "id"), ("item_id", "items", "id")],
    )


@migrations()
def m001_ranked(db: Database) -> None:
    """Create the view that the first form of `m001_audit` lacked, and later migrations drop."""
    db.execute(f"create view if not exists ranked as {views.RANKED}")


@migrations()
def m002_contents(db: Database) -> None:
    """Let verdicts stand only for the content they were given on, and follow it."""
    db.execute("alter table items add column note text")
    db.execute("alter table verdicts add column carried_from integer references verdicts(id)")
    db.execute("create index idx_items_content_hash on items (content_hash)")
    db.execute("drop view current_verdicts")
    db.create_view("standing_verdicts", views.STANDING_VERDICTS)
    db.create_view("current_verdicts", views.CURRENT_STANDING_VERDICTS)
    db.create_view("outdated_verdicts", views.OUTDATED_VERDICTS)


@migrations()
def m003_findings(db: Database) -> None:
    """Keep what was found beside the ranking, in the order to look at it."""
    db.table("findings").create(
        {
            "kind": str,
            "position": int,
            "group_id": str,
            "item_id": str,
            "score": float,
            "exact": int,
            "split": str,
        },
        pk=("kind", "position"),
        not_null={"group_id", "item_id", "score"},
        foreign_keys=[("group_id", "items", "id"), ("item_id", "items", "id")],
    )
    db.table("findings").create_index(["kind", "item_id"], unique=True)
    db.table("findings").create_index(["kind", "group_id"])


@migrations()
def m004_streams(db: Database) -> None:
    """Tell the queue's verdicts from the check's, and let them move what is not yet judged."""
    db.create_view("current_by_stream", views.CURRENT_BY_STREAM)
    db.execute("create index idx_verdicts_stream on verdicts (stream, item_id)")
    db.execute("alter table scores add column priority real")
    db.execute("drop view ranked")
    db.create_view("ranked", views.RANKED_BY_PRIORITY)
    db.table("passed").create(
        {"auditor_id": int, "item_id": str},
        pk=("auditor_id", "item_id"),
        foreign_keys=[("auditor_id", "auditors", "id"), ("item_id", "items", "id")],
    )


@migrations()
def m005_run_commands(db: Database) -> None:
    """Tell runs of the pipeline from those of other long commands."""
    db.execute("alter table runs add column command text not null default 'audit'")


@migrations()
def m006_people(db: Database) -> None:
    """Group verdicts into actions, tell first from second looks, and keep what decides."""
    db.execute("alter table verdicts add column action text")
    db.execute("alter table verdicts add column redoes integer references verdicts(id)")
    db.execute("alter table verdicts add column role text not null default 'review'")
    db.execute("alter table verdicts add column choice text")
    db.execute("drop trigger verdicts_no_update")
    db.execute(CHOICES)
    db.execute("update verdicts set action = session || ':' || seq where carried_from is null")
    db.execute(APPEND_ONLY.format(verb="update"))
    db.execute("create index idx_verdicts_auditor on verdicts (auditor_id, id)")
    db.execute("create index idx_verdicts_action on verdicts (action)")
    # A view names its columns when it is made.
    for name in ("current_verdicts", "current_by_stream", "outdated_verdicts", "standing_verdicts"):
        db.execute(f"drop view {name}")
    db.create_view("standing_verdicts", views.STANDING_VERDICTS)
    db.create_view("outdated_verdicts", views.OUTDATED_VERDICTS)
    db.create_view("current_by_stream", views.CURRENT_BY_STREAM)
    db.create_view("agreed_by_stream", views.AGREED_BY_STREAM)
    db.create_view("kept_verdicts", views.KEPT_VERDICTS)
    db.create_view("redoable_undos", views.REDOABLE_UNDOS)
    db.create_view("verdict_labels", views.VERDICT_LABELS)
    db.create_view("auditor_words", views.AUDITOR_WORDS)
    db.create_view("weighed_words", views.WEIGHED_WORDS)
    db.create_view("deciding_verdicts", views.DECIDING_VERDICTS)
    db.create_view("disputed_items", views.DISPUTED_ITEMS)
    _create_current(db)
    db.table("leases").create(
        {"item_id": str, "auditor_id": int, "holder": str, "until": float},
        pk="item_id",
        not_null={"auditor_id", "holder", "until"},
        foreign_keys=[("item_id", "items", "id"), ("auditor_id", "auditors", "id")],
    )
    db.table("preferences").create(
        {"auditor_id": int, "key": str, "value": str},
        pk=("auditor_id", "key"),
        foreign_keys=[("auditor_id", "auditors", "id")],
    )
    db.table("filters").create({"name": str, "query": str, "made": str}, pk="name")
    db.execute("alter table selections add column since integer")


def _create_current(db: Database) -> None:
    """Create the table of the verdicts that decide, which the database itself keeps."""
    db.table("current_verdicts").create(
        {
            "item_id": str,
            "id": int,
            "auditor_id": int,
            "given_id": int,
            "verdict": str,
            "content_hash": str,
            "stream": str,
            "session": str,
            "seq": int,
            "at": str,
            "action": str,
            "role": str,
            "choice": str,
        },
        pk="item_id",
        not_null={"id", "auditor_id", "verdict", "stream", "session", "seq", "at", "role"},
        foreign_keys=[("item_id", "items", "id"), ("auditor_id", "auditors", "id")],
    )
    db.table("current_verdicts").create_index(["id"], unique=True)
    db.table("current_verdicts").create_index(["verdict"])
    db.create_view("decided", views.DECIDED)
    db.execute("insert into current_verdicts select * from decided")
    for name, event, item in (
        ("verdicts_decide", "insert on verdicts", "item_id"),
        (
            "items_decide",
            "update of content_hash on items when new.content_hash is not old.content_hash",
            "id",
        ),
    ):
        db.execute(DECIDE_AGAIN.format(name=name, event=event, item=item))


@migrations()
def m007_browse(db: Database) -> None:
    """Keep what filters and sorts read in one narrow table."""
    create_browse(db)


@migrations()
def m008_changes(db: Database) -> None:
    """Count what changes of the verdicts that decide, so that a server can follow them.

    An item has one number, that of its latest change; numbers only grow.
    """
    db.execute(
        "create table verdict_changes"
        " (number integer primary key autoincrement, item_id text not null unique)"
    )
    db.execute("insert into verdict_changes (item_id) select item_id from current_verdicts")
    for verb, row in (("insert", "new"), ("update", "new"), ("delete", "old")):
        db.execute(VERDICT_CHANGED.format(verb=verb, row=row))
    db.execute("create index idx_verdicts_redoes on verdicts (redoes)")


@migrations()
def m009_speed(db: Database) -> None:
    """Let lists of many items be one pass over the scores, and what waits be found at once."""
    db.execute("create index idx_items_unlisted on items (id) where listed = 0")
    db.execute(
        "create index idx_scores_priority on scores (coalesce(priority, suspicion) desc, item_id)"
    )
    db.execute(
        "create index idx_verdicts_undos on verdicts (auditor_id, id) where verdict = 'undo'"
    )
    db.execute("create index idx_verdicts_item_auditor on verdicts (item_id, auditor_id)")
    db.execute("create index idx_verdicts_unsure on verdicts (item_id) where verdict = 'unsure'")
    db.create_view("ranked_scores", views.RANKED_SCORES)


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
