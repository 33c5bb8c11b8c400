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

DECIDE_AGAIN = """
  delete from current_verdicts where item_id = new.{item};
  insert into current_verdicts select * from decided where item_id = new.{item};
"""

TRIGGERS = {
    **{
        f"verdicts_no_{verb}": f"before {verb} on verdicts"
        " begin select raise(abort, 'verdicts are append-only'); end"
        for verb in ("update", "delete")
    },
    **{
        f"unblinded_no_{verb}": f"before {verb} on unblinded"
        " begin select raise(abort, 'what was seen stays seen'); end"
        for verb in ("update", "delete")
    },
    "verdicts_decide": f"after insert on verdicts begin {DECIDE_AGAIN.format(item='item_id')} end",
    "items_decide": "after update of content_hash on items"
    " when new.content_hash is not old.content_hash"
    f" begin {DECIDE_AGAIN.format(item='id')} end",
    **{
        f"verdict_changes_{verb}": f"after {verb} on current_verdicts"
        f" begin insert or replace into verdict_changes (item_id) values ({row}.item_id); end"
        for verb, row in (("insert", "new"), ("update", "new"), ("delete", "old"))
    },
    **BROWSE_TRIGGERS,
}

SETTING = "derived"
"""Which text the views and triggers of a database have."""

REDECIDED = """
delete from current_verdicts where id not in (select id from decided);
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
