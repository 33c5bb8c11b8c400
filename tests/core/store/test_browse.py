"""The table that filters read is always what it is copied from."""

import json
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.audit import item_id
from core.store import Store
from core.store.browse_table import COLUMNS, FILLED
from core.store.derived import TRIGGERS
from core.terms import Verdict
from tests.core.making import Auditor, file_found, records


def kept(store):
    columns = store._query(f"select {COLUMNS} from browse order by row")
    values = store._query("select * from column_values order by name, row")
    return [list(row.values()) for row in columns], [list(row.values()) for row in values]


def made_anew(store):
    with store.transaction() as db:
        rows = [list(row) for row in db.execute(f"{FILLED} order by items.row").fetchall()]
    values = []
    for name in sorted(row["name"] for row in store._query("select name from browsed_columns")):
        for row in store._query(
            "select row, fields from labels join items on items.id = item_id order by row"
        ):
            values.append([name, row["row"], json.loads(row["fields"]).get(name) or None])
    return rows, values


ACTIONS = st.one_of(
    st.tuples(st.just("list"), st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(
        [("cat", "1"), ("dog", "1"), ("dog", "x"), (None, "")]))),
    st.tuples(st.just("judge"), st.sampled_from("abcdef"), st.sampled_from(list(Verdict))),
    st.tuples(st.just("undo"), st.just(None)),
    st.tuples(st.just("redo"), st.just(None)),
    st.tuples(st.just("change"), st.sampled_from("abcdef"), st.sampled_from(["1", "2"])),
    st.tuples(st.just("score"), st.sets(st.sampled_from("abcdef")), st.floats(0, 1)),
    st.tuples(st.just("rule"), st.sampled_from(["latest", "majority", "adjudicated"])),
    st.tuples(st.just("read"), st.sampled_from(["site", "other"])),
)  # fmt: skip


LABELS = {Verdict.RELABEL: ["dog"], Verdict.AMBIGUOUS: ["dog", "cat"]}


def act(store, auditor, action, *values):
    auditor.seq += 1
    number = {"session": "s", "seq": auditor.seq, "auditor": "Ana"}
    listed = {row["path"]: row["id"] for row in store.listed_files()}
    if action == "list":
        store.replace_listing(
            {"id": item_id(name), "path": name, "label": label, "position": n,
             "fields": {"site": site, "other": name}, "split": site or None}
            for n, (name, (label, site)) in enumerate(values[0].items())
        )  # fmt: skip
    elif action == "judge" and values[0] in listed:
        auditor.judge(values[0], values[1], LABELS.get(values[1], ()))
    elif action == "undo" and store.latest_action("Ana"):
        store.undo_action(**number)
    elif action == "redo" and store.undone_items("Ana"):
        store.redo_action(**number)
    elif action == "change" and values[0] in listed:
        store.record_files([file_found(values[0], values[1]) | {"width": int(values[1])}], {})
    elif action == "score":
        classes = list(store.class_names())
        store.replace_scores(
            {"item_id": listed[name], "suspicion": values[1], "p_given": 1 - values[1],
             "suggested_id": classes[0] if classes else None, "p_suggested": values[1] / 2,
             "is_suspect": values[1] > 0.5}
            for name in sorted(values[0]) if name in listed
        )  # fmt: skip
    elif action == "rule":
        store.set_final_rule(values[0])
    elif action == "read":
        store.value_counts(f"meta.{values[0]}")


@given(st.lists(ACTIONS, max_size=12))
@example([("judge", "a", "keep"), ("undo", None), ("redo", None), ("rule", "latest")])
@example([("judge", "a", "keep"), ("change", "a", "1"), ("change", "a", "2")])
@example([("read", "site"), ("list", {"a": ("cat", "2")}), ("list", {"b": ("dog", "1")})])
@example([("read", "site"), ("list", dict.fromkeys("abc", ("cat", "1")))])
@example(
    [("read", "site"), ("judge", "a", "relabel"), ("list", dict.fromkeys("abcdef", ("cat", "1")))]
)
@example([("score", {"a", "b"}, 0.9), ("score", {"a"}, 0.2), ("list", {"a": ("dog", "1")})])
@settings(max_examples=25, deadline=None)
def test_table_is_always_what_it_is_copied_from(actions):
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "audit.db")
        store._writer.conn.execute("pragma synchronous = off")  # for speed
        store.set_settings({"columns": ["site", "other"]})
        auditor = Auditor(store, "Ana", "s")
        act(store, auditor, "list", {"a": ("cat", "1"), "b": ("dog", "x")})
        for action in actions:
            act(store, auditor, *action)
            rows, values = kept(store)
            wanted_rows, wanted_values = made_anew(store)
            assert rows == wanted_rows
            assert [[name, row, text] for name, row, _, text in values] == wanted_values
        store.close()


def test_listing_that_fails_leaves_rows_and_triggers_as_they_were(tmp_path):
    store = Store(tmp_path / "audit.db")
    store.replace_listing(records({"a.jpg": "cat"}))
    before = kept(store)
    twice = records({"b.jpg": "dog"}) * 2
    with pytest.raises(sqlite3.IntegrityError):
        store.replace_listing(twice)
    assert kept(store) == before
    names = {
        row["name"] for row in store._query("select name from sqlite_master where type = 'trigger'")
    }
    assert names == {*TRIGGERS}
    store.replace_listing(records({"b.jpg": "dog"}))
    assert kept(store)[0] == made_anew(store)[0]
    store.close()
