"""What the database derives from its tables by itself: views, triggers, and the tables they keep.

All of it follows from the code, from `core.terms` above all. It is created
anew when a database is opened that an earlier version of the code has written,
so that neither a new verdict nor a changed view needs a migration.
"""

from __future__ import annotations

import hashlib

from sqlite_utils import Database

from core.store.browse_table import INDEXES, refill
from core.store.browse_table import TRIGGERS as BROWSE_TRIGGERS
from core.store.views import VIEWS

# No "insert or replace": a statement that says itself what a conflict is to do says so for its
# triggers too.
CHANGED = """
  delete from verdict_changes where item_id = {row}.item_id;
  insert into verdict_changes (item_id) values ({row}.item_id);
"""

LOGGED = (
    "id, item_id, auditor_id, given_id, verdict, undoes, redoes, content_hash, stream, role,"
    " choice, session, seq, at, action, carried_from, import_id, after_id"
)
"""What a row of the log says, for good; only where its content lies may change."""

DECIDE_AGAIN = """
  delete from current_verdicts where item_id = {item};
  insert into current_verdicts select * from decided where item_id = {item};
"""

TRIGGERS = {
    **{
        f"{log}_no_{verb.split()[0]}": f"before {verb} on {log}"
        f" begin select raise(abort, '{what} are append-only'); end"
        for log, what, verbs in (
            ("verdicts", "verdicts", (f"update of {LOGGED}", "delete")),
            ("class_log", "changes of classes", ("update", "delete")),
        )
        for verb in verbs
    },
    "verdicts_decide": "after insert on verdicts"
    f" begin {DECIDE_AGAIN.format(item='new.place_id')} end",
    "verdicts_follow": "after update of place_id on verdicts"
    f" begin {DECIDE_AGAIN.format(item='old.place_id')} {DECIDE_AGAIN.format(item='new.place_id')}"
    " end",
    **{
        f"labels_former_{verb.split()[0]}": f"after {verb} on labels"
        f" when old.input_class_id is not null {changed}"
        " begin update items set former_class_id = old.input_class_id where id = old.item_id; end"
        for verb, changed in (
            ("delete", ""),
            ("update of input_class_id", "and new.input_class_id is not old.input_class_id"),
        )
    },
    **{
        f"labels_decide_{verb}": f"after {event} on labels"
        f" when {changed} exists (select 1 from verdicts where place_id = new.item_id)"
        f" begin {DECIDE_AGAIN.format(item='new.item_id')} end"
        for verb, event, changed in (
            ("insert", "insert", ""),
            ("update", "update of class_id", "new.class_id is not old.class_id and"),
        )
    },
    **{
        f"unblinded_no_{verb}": f"before {verb} on unblinded"
        " begin select raise(abort, 'what was seen stays seen'); end"
        for verb in ("update", "delete")
    },
    "items_decide": "after update of content_hash on items"
    " when new.content_hash is not old.content_hash"
    f" begin {DECIDE_AGAIN.format(item='new.id')} end",
    **{
        f"verdict_changes_{verb}": f"after {verb} on current_verdicts"
        f" begin {CHANGED.format(row=row)} end"
        for verb, row in (("insert", "new"), ("update", "new"), ("delete", "old"))
    },
    **BROWSE_TRIGGERS,
}

SETTING = "derived"
"""Which text the views and triggers of a database have."""

_DECIDING = "id, coalesce(given_id, 0), coalesce(choice, '')"

REDECIDED = f"""
delete from current_verdicts where ({_DECIDING}) not in (select {_DECIDING} from decided);
insert into current_verdicts select * from decided
where item_id not in (select item_id from current_verdicts);
"""
"""Lets every item be decided anew; what stays the same is not touched."""


def bring_up_to_date(db: Database) -> None:
    """Create views and triggers where they are not those of this code, within a transaction."""
    text = hashlib.blake2b(repr((VIEWS, TRIGGERS, INDEXES)).encode(), digest_size=8).hexdigest()
    stored = db.execute("select value from settings where key = ?", [SETTING]).fetchone()
    if stored is not None and stored[0] == f'"{text}"':
        return
    for kind in ("trigger", "view"):
        names = db.execute("select name from sqlite_master where type = ?", [kind]).fetchall()
        for (name,) in names:
            db.execute(f"drop {kind} [{name}]")
    for name, view in VIEWS.items():
        db.execute(f"create view {name} as {view}")
    run_each(db, REDECIDED)
    refill(db)
    for name, body in TRIGGERS.items():
        db.execute(f"create trigger {name} {body}")
    db.execute("insert or replace into settings (key, value) values (?, ?)", [SETTING, f'"{text}"'])


def run_each(db: Database, statements: str) -> None:
    """Run statements one after the other; a script would end the transaction first."""
    for statement in filter(str.strip, statements.split(";")):
        db.execute(statement)
