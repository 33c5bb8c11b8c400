"""The database itself: the file, transactions, settings."""

import json
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.audit import item_id
from core.store import Store, StoreError
from tests.core.making import snapshot, verdict_of


def raw(store):
    """A connection of our own, with SQLite's defaults."""
    return sqlite3.connect(store.path)


def test_database_is_in_wal_mode(store):
    assert raw(store).execute("pragma journal_mode").fetchone() == ("wal",)


def test_verdicts_are_synced_to_disk(store):
    with store.transaction() as db:
        assert db.execute("pragma synchronous").fetchone() == (2,)


def test_foreign_keys_are_enforced(store):
    with pytest.raises(sqlite3.IntegrityError), store.transaction() as db:
        db.execute("insert into quarantine values ('no such item', 'why', 'now')")


def test_transaction_that_fails_leaves_nothing_behind(store):
    with pytest.raises(ZeroDivisionError), store.transaction() as db:
        db.table("classes").insert({"name": "yak"})
        db.table("settings").upsert({"key": "k", "value": "1"}, pk="key")
        _ = 1 / 0
    assert "yak" not in store.class_names().values()
    assert store.setting("k") is None


def test_store_works_after_a_transaction_that_failed(store, ana):
    with pytest.raises(StoreError):
        ana.judge("unknown.jpg")
    ana.judge("0.jpg")
    assert verdict_of(store, "0.jpg") == "keep"


def test_opened_again_it_has_what_was_stored(store, ana):
    ana.judge("0.jpg", "relabel", ["dog"])
    store.close()
    again = Store(store.path)
    assert snapshot(again) == {item_id("0.jpg"): ("relabel", ["dog"], "Ana")}
    again.close()


def test_setting_keeps_what_json_can_say(store):
    store.set_settings({"columns": ["path", "größe"], "limit": None})
    assert store.setting("columns") == ["path", "größe"]
    assert store.setting("missing", 7) == 7


@given(st.dictionaries(st.text(min_size=1), st.none() | st.integers() | st.text(), min_size=1))
@settings(max_examples=25, deadline=None)
def test_settings_come_back_as_they_were(values):
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "audit.db")
        store.set_settings(values)
        assert {key: store.setting(key) for key in values} == json.loads(json.dumps(values))
        store.close()
