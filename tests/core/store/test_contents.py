"""Verdicts stand for the pictures they were given on, and follow them."""

import sqlite3

from sqlite_utils import Database

from core.audit import item_id
from core.store import Store
from core.store.migrations import migrations
from tests.core.making import file_found, records


def see(store, path, content):
    """Record that the file at `path` has that content now."""
    store.record_files([file_found(path, content)], {})


def test_verdict_stands_only_for_the_picture_it_was_given_on(store, ana):
    see(store, "0.jpg", "a")
    ana.judge("0.jpg", "none")
    see(store, "0.jpg", "b")
    assert store.judged_ids() == {}
    assert store.outdated_verdicts([item_id("0.jpg")]) == {
        item_id("0.jpg"): ("none", "cat", "image")
    }
    assert store.queue_ids(outdated=True) == []  # nothing is ranked here


def test_verdict_on_the_new_picture_makes_the_old_one_history(store, ana):
    see(store, "0.jpg", "a")
    ana.judge("0.jpg", "none")
    see(store, "0.jpg", "b")
    ana.judge("0.jpg", "keep")
    assert store.judged_ids() == {item_id("0.jpg"): "keep"}
    assert store.outdated_verdicts([item_id("0.jpg")]) == {}


def test_picture_that_comes_back_has_the_verdict_it_had(store, ana):
    see(store, "0.jpg", "a")
    ana.judge("0.jpg", "none")
    see(store, "0.jpg", "b")
    ana.judge("0.jpg", "keep")
    see(store, "0.jpg", "a")
    assert store.judged_ids() == {item_id("0.jpg"): "none"}


def test_verdict_of_an_item_that_is_no_picture_stands(store, ana):
    ana.judge("0.jpg", "none")
    assert store.judged_ids() == {item_id("0.jpg"): "none"}


def list_again(store, **paths):
    """List these paths only, by name and label."""
    store.replace_listing(records({f"{name}.jpg": label for name, label in paths.items()}))


def test_verdict_follows_a_file_that_was_moved(store, ana):
    see(store, "0.jpg", "a")
    ana.judge("0.jpg", "ambiguous", ["cat", "dog"])
    list_again(store, moved="cat")
    see(store, "moved.jpg", "a")
    assert store.place_verdicts() == 1
    moved = store.current_verdicts()[item_id("moved.jpg")]
    assert (moved["verdict"], moved["labels"]) == ("ambiguous", ["cat", "dog"])
    assert store.place_verdicts() == 0


def test_verdict_that_was_carried_can_be_undone_for_good(store, ana):
    see(store, "0.jpg", "a")
    ana.judge("0.jpg", "none")
    list_again(store, moved="cat")
    see(store, "moved.jpg", "a")
    store.place_verdicts()
    ana.undo("moved.jpg")
    store.place_verdicts()
    assert item_id("moved.jpg") not in store.judged_ids()


def test_latest_of_several_verdicts_on_the_same_picture_is_carried(store, ana, ben):
    see(store, "0.jpg", "a")
    see(store, "1.jpg", "a")
    ana.judge("1.jpg", "none")
    ben.judge("0.jpg", "keep")
    list_again(store, moved="cat")
    see(store, "moved.jpg", "a")
    store.place_verdicts()
    assert store.judged_ids()[item_id("moved.jpg")] == "keep"


def test_verdict_that_was_undone_can_be_redone_where_the_picture_lies_now(store, ana):
    see(store, "0.jpg", "a")
    ana.judge("0.jpg", "none")
    ana.undo("0.jpg")
    list_again(store, moved="cat")
    see(store, "moved.jpg", "a")
    assert store.place_verdicts() == 1
    assert store.judged_ids() == {}
    store.add_redo(session="redo", seq=1, item_id=item_id("moved.jpg"), auditor="Ana")
    assert store.judged_ids() == {item_id("moved.jpg"): "none"}


def test_verdict_is_not_carried_from_a_file_that_is_still_there(store, ana):
    see(store, "0.jpg", "a")
    ana.judge("0.jpg", "none")
    see(store, "1.jpg", "a")
    assert store.place_verdicts() == 0


def test_database_of_an_older_version_keeps_its_verdicts(tmp_path):
    old = Database(sqlite3.connect(tmp_path / "audit.db"))
    migrations.apply(old, stop_before="m002_contents")
    old.table("items").insert({"id": "x", "path": "x.jpg", "row": 0, "content_hash": "a"})
    old.table("auditors").insert({"id": 1, "name": "Ana", "since": "then"})
    verdict = {"auditor_id": 1, "verdict": "none", "stream": "queue", "session": "s", "at": "then"}
    old.table("verdicts").insert({"item_id": "x", "seq": 1, "content_hash": "a"} | verdict)
    old.close()
    store = Store(tmp_path / "audit.db")
    assert store.judged_ids() == {"x": "none"}
    store.close()
