"""The table that Browse reads: one short row for each listed item, kept by triggers.

A filter over a hundred thousand items is then one pass over one table, and a
page in any order a walk along one index. Nothing here is a fact of its own:
everything is copied from the tables that hold it, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlite_utils import Database

from core.store.sql_text import final_label

COLUMNS = (
    "row, item_id, path, split, width, height, given, suggested, suspicion, verdict_id, verdict,"
    " auditor, judged, final"
)

# Something is suggested where the label is suspect.
FILLED = f"""
select items.row, items.id, path, split, width, height, given.name,
  case when is_suspect then suggested.name end, suspicion,
  v.id, v.verdict, auditors.name, v.at, {final_label("v.choice", "given.name")}
from items join labels on labels.item_id = items.id
left join classes given on given.id = labels.class_id
left join scores on scores.item_id = items.id
left join classes suggested on suggested.id = suggested_id
left join current_verdicts v on v.item_id = items.id
left join auditors on auditors.id = v.auditor_id
"""

SCORED = """
update browse set suspicion = new.suspicion, suggested = (
  select name from classes where id = new.suggested_id and new.is_suspect)
where row = (select row from items where id = new.item_id)
"""

JUDGED = f"""
update browse set verdict_id = new.id, verdict = new.verdict, judged = new.at,
  auditor = (select name from auditors where id = new.auditor_id),
  final = {final_label("new.choice", "given")}
where row = (select row from items where id = new.item_id)
"""

CHOICE = "(select choice from current_verdicts where id = verdict_id)"
LABELED = f"""
update browse set given = (select name from classes where id = new.class_id)
where row = (select row from items where id = new.item_id);
update browse set final = {final_label(CHOICE, "given")}
where row = (select row from items where id = new.item_id)
"""

# Of the columns of the input, those that somebody has asked for, one row for each item. What looks
# like a number is one in `value`, which sorts; `text` is as it was.
VALUES_OF_ITEM = """
insert into column_values (name, row, value, text)
select name, (select row from items where id = new.item_id), value, value from (
  select name, (select nullif(value, '') from json_each(new.fields) where key = name) as value
  from browsed_columns)
"""

# The same for all items that were labeled while `ADDING` was away.
VALUES_ADDED = """
insert into column_values (name, row, value, text)
select name, row, value, value from (
  select name, items.row,
    (select nullif(value, '') from json_each(fields) where key = name) as value
  from browsed_columns cross join labels join items on items.id = item_id
  where items.row not in (select row from browse))
"""

ADDING = "browse_labels_insert"

TRIGGERS = {
    ADDING: f"""after insert on labels begin
        insert into browse ({COLUMNS}) {FILLED} where items.id = new.item_id;
        {VALUES_OF_ITEM}; end""",
    "browse_labels_class": f"""after update of class_id on labels
        when new.class_id is not old.class_id begin {LABELED}; end""",
    "browse_labels_fields": f"""after update of fields on labels
        when new.fields is not old.fields begin
        delete from column_values where name in (select name from browsed_columns)
          and row = (select row from items where id = new.item_id);
        {VALUES_OF_ITEM}; end""",
    "browse_labels_delete": """after delete on labels begin
        delete from column_values where name in (select name from browsed_columns)
          and row = (select row from items where id = old.item_id);
        delete from browse where row = (select row from items where id = old.item_id); end""",
    "browse_items_size": """after update of width, height on items
        when new.width is not old.width or new.height is not old.height begin
        update browse set width = new.width, height = new.height where row = new.row; end""",
    "browse_items_split": """after update of split on items when new.split is not old.split begin
        update browse set split = new.split where row = new.row; end""",
    "browse_scores_insert": f"after insert on scores begin {SCORED}; end",
    "browse_scores_update": f"""after update of suspicion, suggested_id, is_suspect
        on scores begin {SCORED}; end""",
    "browse_scores_delete": """after delete on scores begin
        update browse set suspicion = null, suggested = null
        where row = (select row from items where id = old.item_id); end""",
    "browse_verdicts_insert": f"after insert on current_verdicts begin {JUDGED}; end",
    "browse_verdicts_update": f"after update on current_verdicts begin {JUDGED}; end",
    "browse_verdicts_delete": """after delete on current_verdicts begin
        update browse set verdict_id = null, verdict = null, auditor = null, judged = null,
          final = given
        where row = (select row from items where id = old.item_id); end""",
}

INDEXES = {
    "idx_browse_path": "(path, row)",
    "idx_browse_given": "(given, row)",
    # With the verdict: what is judged already is passed over without a look at the table.
    "idx_browse_suspicion": "(suspicion, row, verdict)",
    # Of what many items do not have.
    "idx_browse_suggested": "(suggested, row) where suggested is not null",
    "idx_browse_judged": "(judged, row) where judged is not null",
    "idx_browse_split": "(split, row) where split is not null",
}


def refill(db: Database) -> None:
    """Make the rows of the table anew; the values of the input's columns stay."""
    # An index that is made of all rows at once takes less time than one that grows with them.
    names = db.execute(
        "select name from sqlite_master where tbl_name = 'browse' and type = 'index'"
        " and sql is not null"
    ).fetchall()
    for (name,) in names:
        db.execute(f"drop index [{name}]")
    db.execute("delete from browse")
    db.execute(f"insert into browse ({COLUMNS}) {FILLED}")
    for name, columns in INDEXES.items():
        db.execute(f"create index {name} on browse {columns}")


@contextmanager
def added_at_once(db: Database) -> Iterator[None]:
    """Add the rows of all items that are labeled within, when all are; in a transaction.

    A trigger for each of a million items takes minutes.
    """
    db.execute(f"drop trigger {ADDING}")
    yield
    added, before = db.execute(
        "select (select count(*) from labels), (select count(*) from browse)"
    ).fetchone()
    if added > before:
        db.execute(VALUES_ADDED)
    if added > 2 * before:
        refill(db)
    elif added > before:
        db.execute(
            f"insert into browse ({COLUMNS}) {FILLED} where items.row not in"
            " (select row from browse)"
        )
    db.execute(f"create trigger {ADDING} {TRIGGERS[ADDING]}")
