"""Audits of earlier versions open as before, whatever schema they have.

Each file in ``schemas`` is the dump of a small database that the version of that
schema has written with code of its own. It is of eighteen pictures: 12 was renamed
to 13, 14 came later, 8 has changed since its verdict, 11 cannot be read. There are
two forms of two of the schemas: the first commit had no view of what is ranked,
and Browse's table had other indexes at first.
"""

import sqlite3
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlite_utils import Database

from core.audit import Audit, item_id
from core.store import Store, derived
from core.store.migrations import migrations
from core.terms import Role
from tests.core.making import Auditor

SCHEMAS = Path(__file__).parent / "schemas"

FIRST_VERDICTS = {
    1: ("keep", [], "Ana"),
    2: ("relabel", ["dog"], "Ana"),
    3: ("ambiguous", ["emu", "cat"], "Ana"),
    4: ("none", [], "Ana"),
    5: ("bad image", [], "Ana"),
    6: ("unsure", [], "Ana"),
    9: ("keep", [], "Ben"),
    10: ("relabel", ["cat"], "Ana"),
    12: ("relabel", ["emu"], "Ana"),
    14: ("ambiguous", ["ant", "dog"], "Ben"),
    15: ("relabel", ["dog"], "Ben"),
}
FIRST_FINAL = {
    1: "cat", 2: "dog", 3: "cat|emu", 4: None, 5: None, 6: "dog", 7: "emu", 8: "emu", 9: "emu",
    10: "cat", 11: "cat", 14: "dog|ant", 15: "dog", 16: "cat", 17: "dog", 18: "emu",
}  # fmt: skip

# From m002 on, what was decided on 12 was carried to 13, and the picture of 8 has changed.
CARRIED = FIRST_VERDICTS | {13: ("relabel", ["emu"], "Ana")}
CARRIED_FINAL = FIRST_FINAL | {13: "emu"}

# From m006 on, there are second reviews of 2, 3 and 6, an adjudication of 2, a bulk verdict on
# 16 to 18 that was undone and redone, and one on 4 likewise; what Cleo said of 1 was undone.
SHARED = CARRIED | {
    2: ("relabel", ["emu"], "Cleo"),
    3: ("ambiguous", ["cat", "emu"], "Ben"),
    4: ("keep", [], "Cleo"),
    6: ("relabel", ["cat"], "Ben"),
    16: ("relabel", ["ant"], "Ana"),
    17: ("relabel", ["ant"], "Ana"),
    18: ("relabel", ["ant"], "Ana"),
}
SHARED_FINAL = CARRIED_FINAL | {2: "emu", 4: "dog", 6: "cat", 16: "ant", 17: "ant", 18: "ant"}

# Each of three says something else of 2: of equally many, the latest that is not an adjudication.
BY_MAJORITY = SHARED | {2: ("keep", [], "Ben")}

IN_COLUMN = {"train": {1, 2, 3, 8, 9, 10, 11, 13, 14, 15, 16, 17, 18}, "éval": {4, 5, 6}}
IN_FOLDERS = {"train": {1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17}, "test": {3, 6, 9, 15, 18}}


class Old(NamedTuple):
    """What an audit of an earlier schema holds, by the numbers of its pictures."""

    verdicts: dict
    final: dict
    splits: dict
    reads_table: bool
    has_copies: bool = True
    detector: str | None = None
    rule: str = "adjudicated"


OLD = {
    "m001_first": Old(
        FIRST_VERDICTS | {8: ("keep", [], "Ana")}, FIRST_FINAL | {12: "emu"}, {}, True, False
    ),
    "m001_audit": Old(
        FIRST_VERDICTS | {8: ("keep", [], "Ana")}, FIRST_FINAL | {12: "emu"}, {}, True, False
    ),
    "m002_contents": Old(CARRIED, CARRIED_FINAL, IN_FOLDERS, False, False),
    "m003_findings": Old(CARRIED, CARRIED_FINAL, IN_COLUMN, True),
    "m004_streams": Old(CARRIED, CARRIED_FINAL, {}, False, detector="neighbors"),
    "m005_run_commands": Old(CARRIED, CARRIED_FINAL, IN_COLUMN, True),
    "m006_people": Old(
        BY_MAJORITY, SHARED_FINAL | {2: "cat"}, IN_COLUMN, True, rule="majority"
    ),
    "m007_early": Old(SHARED, SHARED_FINAL, IN_COLUMN, True),
    "m007_browse": Old(SHARED, SHARED_FINAL, IN_COLUMN, True),
    "m008_changes": Old(SHARED, SHARED_FINAL, IN_FOLDERS, False, rule="latest"),
    "m009_speed": Old(SHARED, SHARED_FINAL, IN_COLUMN, True, detector="neighbors"),
    "m010_terms": Old(SHARED, SHARED_FINAL, IN_COLUMN, True, detector="neighbors"),
}  # fmt: skip
FROM_M002 = [name for name in OLD if name > "m002"]
FROM_M006 = [name for name in OLD if name > "m006"]


def load(name, folder):
    """Make a folder with the database of a dump; return the database's path."""
    folder.mkdir(exist_ok=True)
    path = folder / "audit.db"
    with sqlite3.connect(path) as db:
        db.executescript((SCHEMAS / f"{name}.sql").read_text(encoding="utf-8"))
    db.close()
    return path


def dump(path):
    db = sqlite3.connect(path)
    try:
        return list(db.iterdump())
    finally:
        db.close()


def number_of(path):
    return int(Path(path).stem)


def numbers(store, ids):
    """The numbers of the pictures with these ids, listed now or not."""
    paths = {row["id"]: row["path"] for row in store._query("select id, path from items")}
    return {number_of(paths[one]) for one in ids}


def path_of(store, number):
    (path,) = (r["path"] for r in store.input_rows() if number_of(r["path"]) == number)
    return path


def found(store, text):
    return numbers(store, store.match_ids(store.parse_query(text)))


@pytest.fixture(params=OLD)
def name(request):
    return request.param


@pytest.fixture
def audit(name, tmp_path):
    """The audit of a dump, opened by today's code."""
    load(name, tmp_path / "old")
    audit = Audit(tmp_path / "old")
    yield audit
    audit.store.close()


@pytest.fixture
def store(audit):
    return audit.store


@pytest.fixture
def expected(name):
    return OLD[name]


def test_each_schema_that_ever_was_has_a_file():
    dumped = {path.stem.split("_")[0] for path in SCHEMAS.glob("*.sql")}
    pending = migrations.pending(Database(memory=True))
    known = {migration.name.split("_")[0] for migration in pending}
    assert {path.stem for path in SCHEMAS.glob("*.sql")} == set(OLD)
    # What this version creates.
    assert known - dumped == {"m011", "m012", "m013", "m014", "m015", "m016"}


def test_items_and_classes_are_there(store):
    counts = store.counts()
    assert counts["items"] == 17
    assert counts["unlabeled"] == counts["quarantined"] == 1
    assert counts["ranked"] == 15
    assert store.class_names() == {1: "cat", 2: "dog", 3: "emu", 4: "ant"}
    assert [(number_of(row["path"]), row["reason"]) for row in store.quarantined()] == [
        (11, "not an image")
    ]
    assert store.auditor_names()[:2] == ["Ana", "Ben"]


def test_suspects_are_the_labels_that_were_less_probable_than_another(store):
    rows = store._query("select item_id, coalesce(p_suggested > p_given, 0) as was from scores")
    was = {row["item_id"] for row in rows if row["was"]}
    listed = {row["id"] for row in store.suspects()}
    assert listed and listed <= was
    assert {
        n["item_id"] for n in store._query("select item_id from scores where is_suspect")
    } == was


def test_verdicts_that_decided_still_do(store, expected):
    paths = {row["id"]: row["path"] for row in store._query("select id, path from items")}
    assert {
        number_of(paths[item]): (row["verdict"], row["labels"], row["auditor"])
        for item, row in store.current_verdicts().items()
    } == expected.verdicts


def test_final_labels_follow_from_the_verdicts(store, expected):
    final = {number_of(row["path"]): row["final"] for row in store.input_rows()}
    assert final == expected.final


def test_log_is_unchanged_to_the_byte(name, tmp_path):
    path = load(name, tmp_path / "old")
    known = {"action", "redoes", "role", "choice", "carried_from", "place_id"}
    known |= {"import_id", "after_id"}
    tables = ("verdicts", "verdict_classes", "auditors")

    def rows(table, columns=None):
        db = sqlite3.connect(path)
        names = columns or [row[1] for row in db.execute(f"pragma table_info({table})")]
        found = db.execute(f"select {', '.join(names)} from {table} order by rowid").fetchall()
        db.close()
        return names, found

    before = {table: rows(table) for table in tables}
    assert len(before["verdicts"][1]) >= 15
    Store(path).close()
    for table, (columns, found) in before.items():
        assert rows(table, columns) == (columns, found)
    assert set(rows("verdicts")[0]) - set(before["verdicts"][0]) <= known


def test_log_can_still_only_grow(store):
    for statement in ("update verdicts set verdict = 'keep'", "delete from verdicts"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"), store.transaction() as db:
            db.execute(statement)


def test_undone_stays_undone(store):
    undone = store._query("select item_id from verdicts where id in (select undoes from verdicts)")
    assert 7 in numbers(store, [row["item_id"] for row in undone])
    assert 7 not in numbers(store, store.judged_ids())


@pytest.mark.parametrize("name", FROM_M002, indirect=True)
def test_verdict_on_an_earlier_picture_stays_outdated(store):
    assert store.counts()["outdated"] == 1
    assert found(store, "is:outdated") == {8}
    ids = [row["id"] for row in store.input_rows()]
    (outdated,) = store.outdated_verdicts(ids).values()
    assert (outdated.verdict, outdated.changed) == ("keep", "image")


def test_splits_are_normalized_and_found(store, expected):
    assert store.splits() == sorted(expected.splits)
    for split, pictures in expected.splits.items():
        assert found(store, f"split:{split}") == pictures


def test_source_is_a_value(audit, expected):
    labels = {"labels": "/data/labels.csv"} if expected.reads_table else {}
    assert audit.source.format == ("csv" if expected.reads_table else "class-folders")
    assert audit.source.path == Path("/data/pictures")
    assert audit.source.options == labels
    assert audit.store.setting("labels_file", "none") == "none"


def test_settings_are_in_the_names_of_today(audit, name, expected):
    assert audit.store.setting("detector") == expected.detector
    assert audit.store.final_rule() == expected.rule
    assert audit.id == f"{int(name[1:4]):012}"


def test_browse_finds_verdicts_and_final_labels(store, expected):
    listed = {number: one for number, one in expected.verdicts.items() if number in expected.final}
    for verdict in ("keep", "relabel", "ambiguous", "none"):
        pictures = {number for number, one in listed.items() if one[0] == verdict}
        assert found(store, f"verdict:{verdict}") == pictures
    for label in ("cat", "dog", "emu", "ant"):
        pictures = {n for n, final in expected.final.items() if label in (final or "").split("|")}
        assert found(store, f"final:{label}") == pictures


def test_browse_finds_copies(store, expected):
    assert found(store, "is:copy") == ({7, 17} if expected.has_copies else set())


def test_browse_finds_columns_of_the_input(store, expected):
    if expected.reads_table:
        assert found(store, 'camera:"Pixel 7"') == set(expected.final) & {1, 4, 7, 10, 13, 16}


def test_verdict_undo_and_redo_can_be_stored(store, expected):
    dora = Auditor(store, "Dora")
    path = path_of(store, 9)
    dora.judge(path, "relabel", ["ant"])
    assert found(store, "final:ant auditor:Dora") == {9}
    dora.undo(path)
    assert store.judged_ids()[item_id(path)] == expected.verdicts[9][0]
    store.redo_action(session="redo", seq=1, auditor="Dora")
    assert found(store, "final:ant auditor:Dora") == {9}


def test_earlier_verdict_can_be_undone(store):
    Auditor(store, "Ana", "another session").undo(path_of(store, 3))
    # Where Ben has had a second look, his verdict is left.
    assert store.judged_ids().get(item_id(path_of(store, 3))) in (None, "ambiguous")
    assert store.undone_items("Ana")[0] == item_id(path_of(store, 3))


@pytest.mark.parametrize("name", FROM_M006, indirect=True)
def test_what_several_auditors_said_is_known(store):
    two = item_id(path_of(store, 2))
    assert [(one["auditor"], one["role"]) for one in store.annotations([two])[two]] == [
        ("Ana", Role.REVIEW),
        ("Ben", Role.SECOND),
        ("Cleo", Role.ADJUDICATION),
    ]
    assert numbers(store, store.disputed_ids()) == {2, 4, 9}
    assert store.adjudications() == {two: "relabel"}
    assert store.preferences("Ana") == {"keys": {"keep": "k"}}
    assert list(store.saved_filters()) == ["Suspects of dog"]


def test_every_rule_can_be_chosen(store, expected):
    for rule in ("majority", "latest", "adjudicated", expected.rule):
        store.set_final_rule(rule)
    final = {number_of(row["path"]): row["final"] for row in store.input_rows()}
    assert final == expected.final


def test_second_opening_changes_nothing(name, tmp_path):
    path = load(name, tmp_path / "old")
    Store(path).close()
    once = dump(path)
    Store(path).close()
    assert dump(path) == once


def test_upgraded_database_has_the_schema_of_a_new_one(name, tmp_path):
    def schema(path):
        db = sqlite3.connect(path)
        columns = {
            table: {row[1] for row in db.execute(f"pragma table_info([{table}])")}
            for (table,) in db.execute("select name from sqlite_master where type = 'table'")
        }
        more = db.execute(
            "select type, name, sql from sqlite_master where type in ('trigger', 'view')"
            " or (tbl_name = 'browse' and type = 'index' and sql is not null) order by name"
        )
        found = columns, more.fetchall()
        db.close()
        return found

    path, new = load(name, tmp_path / "old"), tmp_path / "new.db"
    Store(path).close()
    Store(new).close()
    assert schema(path) == schema(new)


def test_listing_and_scores_of_an_old_audit_can_be_replaced(store, expected):
    rows = store.input_rows()
    store.replace_listing(
        {
            "id": row["id"],
            "path": row["path"],
            "label": row["given"],
            "fields": row["fields"],
            "position": position,
            "split": "test",
        }
        for position, row in enumerate(rows)
    )
    store.replace_scores([{"item_id": rows[0]["id"], "suspicion": 0.5, "suggested_id": 2}])
    assert found(store, "split:test") == set(expected.final)
    assert found(store, "suspicion:>=0") == {1}
    final = {number_of(row["path"]): row["final"] for row in store.input_rows()}
    assert final == expected.final


def test_database_with_newer_views_and_triggers_opens(name, tmp_path):
    path = load(name, tmp_path / "old")
    Store(path).close()
    with sqlite3.connect(path) as db:
        db.execute("update settings set value = '\"of a later version\"' where key = 'derived'")
        db.execute("create view later_view as select item_id from decided")
        db.execute("drop trigger verdicts_decide")
        db.execute(
            "create trigger later_trigger after insert on verdicts"
            " begin delete from browse where item_id = new.item_id; end"
        )
    db.close()
    store = Store(path)
    Auditor(store, "Dora").judge(path_of(store, 9), "none")
    assert found(store, "auditor:Dora") == {9}
    names = {row["name"] for row in store._query("select name from sqlite_master")}
    assert names.isdisjoint({"later_view", "later_trigger"})
    store.close()


@pytest.mark.parametrize("fails", ["_name_source_format", "splits_in_0_1"])
@pytest.mark.parametrize("name", [name for name in OLD if name < "m010"], indirect=True)
def test_migration_that_fails_leaves_the_file_as_it_was(name, fails, tmp_path, monkeypatch):
    def fail(db):
        raise ZeroDivisionError

    path = load(name, tmp_path / "old")
    before = dump(path)
    with monkeypatch.context() as patched:
        patched.setattr(f"core.store.migrations.{fails}", fail)
        with pytest.raises(ZeroDivisionError):
            Store(path)
    assert dump(path) == before
    store = Store(path)  # and the next attempt begins where this one did
    assert store.counts()["items"] == 17
    store.close()


def test_views_that_fail_leave_the_file_as_it_was(name, tmp_path, monkeypatch):
    path = load(name, tmp_path / "old")
    before = dump(path)
    monkeypatch.setitem(derived.TRIGGERS, "broken", "after nothing")
    with pytest.raises(sqlite3.OperationalError):
        Store(path)
    assert dump(path) == before


def test_places_selections_and_runs_are_kept(store):
    place = store._query("select item_id from places join auditors on auditors.id = auditor_id")
    assert numbers(store, [row["item_id"] for row in place]) == {10}
    assert store.latest_run()["state"] == "done"
    assert store.fingerprint("evidence") == "0123456789abcdef"


def test_columns_are_those_of_the_input(store, expected):
    columns = store.input_columns()
    assert columns[:2] == ["path", "label"]
    assert ("camera" in columns) == expected.reads_table
