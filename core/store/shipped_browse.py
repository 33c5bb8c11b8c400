"""The table of Browse as versions before 0.2 created it, for the migration that did. Never edited.

What a database has now is in `core.store.browse_table`.
"""

from __future__ import annotations

from sqlite_utils.db import Database

COLUMNS = (
    "row, item_id, path, width, height, given, suggested, suspicion, verdict_id, verdict, auditor,"
    " judged"
)

# Something is suggested where the evidence sides with another label than the given one.
FILLED = """
select items.row, items.id, path, width, height, given.name,
  case when p_suggested > coalesce(p_given, 0) then suggested.name end, suspicion,
  v.id, v.verdict, auditors.name, v.at
from items join labels on labels.item_id = items.id
left join classes given on given.id = labels.class_id
left join scores on scores.item_id = items.id
left join classes suggested on suggested.id = suggested_id
left join current_verdicts v on v.item_id = items.id
left join auditors on auditors.id = v.auditor_id
"""

SCORED = """
update browse set suspicion = new.suspicion, suggested = (
  select name from classes where id = new.suggested_id
  and new.p_suggested > coalesce(new.p_given, 0))
where row = (select row from items where id = new.item_id)
"""

JUDGED = """
update browse set verdict_id = new.id, verdict = new.verdict, judged = new.at,
  auditor = (select name from auditors where id = new.auditor_id)
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

TRIGGERS = {
    "labels_insert": f"""after insert on labels begin
        insert into browse ({COLUMNS}) {FILLED} where items.id = new.item_id;
        {VALUES_OF_ITEM}; end""",
    "labels_class": """after update of class_id on labels
        when new.class_id is not old.class_id begin
        update browse set given = (select name from classes where id = new.class_id)
        where row = (select row from items where id = new.item_id); end""",
    "labels_fields": f"""after update of fields on labels when new.fields is not old.fields begin
        delete from column_values where name in (select name from browsed_columns)
          and row = (select row from items where id = new.item_id);
        {VALUES_OF_ITEM}; end""",
    "labels_delete": """after delete on labels begin
        delete from column_values where name in (select name from browsed_columns)
          and row = (select row from items where id = old.item_id);
        delete from browse where row = (select row from items where id = old.item_id); end""",
    "items_size": """after update of width, height on items
        when new.width is not old.width or new.height is not old.height begin
        update browse set width = new.width, height = new.height where row = new.row; end""",
    "scores_insert": f"after insert on scores begin {SCORED}; end",
    "scores_update": f"""after update of suspicion, suggested_id, p_given, p_suggested on scores
        begin {SCORED}; end""",
    "scores_delete": """after delete on scores begin
        update browse set suspicion = null, suggested = null
        where row = (select row from items where id = old.item_id); end""",
    "verdicts_insert": f"after insert on current_verdicts begin {JUDGED}; end",
    "verdicts_update": f"after update on current_verdicts begin {JUDGED}; end",
    "verdicts_delete": """after delete on current_verdicts begin
        update browse set verdict_id = null, verdict = null, auditor = null, judged = null
        where row = (select row from items where id = old.item_id); end""",
}


def create_browse(db: Database) -> None:
    """Create the tables, fill them and let the database keep them."""
    db.execute(
        "create table browse (row integer primary key, item_id text not null,"
        " path text not null, width integer, height integer, given text, suggested text,"
        " suspicion real, verdict_id integer, verdict text, auditor text,"
        " judged text)"
    )
    db.execute("create table browsed_columns (name text primary key)")
    db.execute(
        "create table column_values (name text not null, row integer not null, value numeric,"
        " text text, primary key (name, row)) without rowid"
    )
    db.execute("create index idx_column_values on column_values (name, value, row)")
    db.execute(f"insert into browse ({COLUMNS}) {FILLED}")
    for column in ("path", "given"):
        db.execute(f"create index idx_browse_{column} on browse ({column}, row)")
    # With the verdict: what is judged already is passed over without a look at the table.
    db.execute("create index idx_browse_suspicion on browse (suspicion, row, verdict)")
    for column in ("suggested", "judged"):  # which most items do not have
        db.execute(
            f"create index idx_browse_{column} on browse ({column}, row) where {column} is not null"
        )
    for name, body in TRIGGERS.items():
        db.execute(f"create trigger browse_{name} {body}")
    db.execute(
        "create table gates (action text primary key, drawn integer not null,"
        " agreed integer not null, size integer not null, at text not null)"
    )
