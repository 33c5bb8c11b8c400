"""The log of verdicts: append-only, each stored once, safe under many writers."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.audit import item_id
from core.store import Store, StoreError
from tests.core.making import Auditor, file_found, records, snapshot, verdict_log, verdict_of

ROOT = Path(__file__).parents[3]


def raw(store):
    """A connection of our own, with SQLite's defaults."""
    return sqlite3.connect(store.path)


def test_verdict_cannot_be_updated(store, ana):
    ana.judge("0.jpg")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw(store).execute("update verdicts set verdict = 'none'")


def test_verdict_cannot_be_deleted(store, ana):
    ana.judge("0.jpg")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw(store).execute("delete from verdicts")


def test_verdict_keeps_what_label_was_judged(store, ana):
    ana.judge("2.jpg")
    (row,) = verdict_log(store)
    assert store.class_names()[row["given_id"]] == "dog"


def test_labels_of_an_ambiguous_verdict_keep_their_order(store, ana):
    ana.judge("0.jpg", "ambiguous", ["emu", "cat"])
    assert store.current_verdicts()[item_id("0.jpg")]["labels"] == ["emu", "cat"]


def test_action_sent_twice_is_stored_once(store, ana):
    first = ana.judge("0.jpg")
    ana.seq -= 1
    assert ana.judge("0.jpg") == first
    assert len(verdict_log(store)) == 1


def test_undo_sent_twice_undoes_once(store, ana):
    ana.judge("0.jpg", "none")
    ana.judge("0.jpg", "keep")
    first = ana.undo("0.jpg")
    ana.seq -= 1
    assert ana.undo("0.jpg") == first
    assert verdict_of(store, "0.jpg") == "none"


def test_action_number_used_for_another_item_is_a_conflict(store, ana):
    ana.judge("0.jpg")
    ana.seq -= 1
    with pytest.raises(StoreError, match="another item"):
        ana.judge("1.jpg")
    ana.seq -= 1
    with pytest.raises(StoreError, match="another item"):
        ana.undo("1.jpg")
    assert len(verdict_log(store)) == 1


def test_same_number_of_two_sessions_is_two_actions(store):
    Auditor(store, session="one").judge("0.jpg")
    Auditor(store, session="two").judge("1.jpg")
    assert len(store.judged_ids()) == 2


def test_later_verdict_replaces_an_earlier_one(store, ana, ben):
    ana.judge("0.jpg", "keep")
    ben.judge("0.jpg", "none")
    assert snapshot(store) == {item_id("0.jpg"): ("none", [], "Ben")}


def test_undo_is_a_new_row(store, ana):
    verdict = ana.judge("0.jpg")
    ana.undo("0.jpg")
    log = verdict_log(store)
    assert [row["verdict"] for row in log] == ["keep", "undo"]
    assert log[1]["undoes"] == verdict


def test_item_undone_is_unjudged(store, ana):
    ana.judge("0.jpg")
    ana.undo("0.jpg")
    assert store.judged_ids() == {}


def test_undo_brings_back_the_verdict_before(store, ana):
    ana.judge("0.jpg", "keep")
    ana.judge("0.jpg", "relabel", ["dog"])
    ana.undo("0.jpg")
    assert verdict_of(store, "0.jpg") == "keep"


def test_second_undo_takes_back_the_verdict_before_the_one_undone(store, ana):
    ana.judge("0.jpg", "keep")
    ana.judge("0.jpg", "none")
    ana.undo("0.jpg")
    ana.undo("0.jpg")
    assert store.judged_ids() == {}


def test_verdict_after_an_undo_counts(store, ana):
    ana.judge("0.jpg", "keep")
    ana.undo("0.jpg")
    ana.judge("0.jpg", "unsure")
    assert verdict_of(store, "0.jpg") == "unsure"


def test_undo_without_a_verdict_is_refused(store, ana):
    with pytest.raises(StoreError, match="Ana has no verdict on item"):
        ana.undo("0.jpg")


def test_undo_beyond_the_first_verdict_is_refused(store, ana):
    ana.judge("0.jpg")
    ana.undo("0.jpg")
    with pytest.raises(StoreError, match="to undo"):
        ana.undo("0.jpg")


def test_undo_takes_back_only_the_auditors_own_verdict(store, ana, ben):
    ana.judge("0.jpg", "keep")
    ben.judge("0.jpg", "none")
    ana.undo("0.jpg")
    assert snapshot(store) == {item_id("0.jpg"): ("none", [], "Ben")}
    with pytest.raises(StoreError):
        ana.undo("0.jpg")


def test_other_auditors_verdict_counts_again_after_an_undo(store, ana, ben):
    ana.judge("0.jpg", "keep")
    ben.judge("0.jpg", "none")
    ben.undo("0.jpg")
    assert snapshot(store) == {item_id("0.jpg"): ("keep", [], "Ana")}


def test_verdict_on_an_image_that_changed_is_refused(store, ana):
    store.record_files([file_found("0.jpg", content="new")], {})
    with pytest.raises(StoreError, match="changed since it was shown"):
        ana.judge("0.jpg", content_hash="old")
    ana.judge("0.jpg", content_hash="new")
    assert len(verdict_log(store)) == 1


def test_verdict_on_an_unknown_item_is_refused(ana):
    with pytest.raises(StoreError, match="no item"):
        ana.judge("unknown.jpg")


def test_verdict_with_an_unknown_class_is_refused_whole(store, ana):
    with pytest.raises(StoreError, match="no class 'yak'"):
        ana.judge("0.jpg", "ambiguous", ["dog", "yak"])
    assert verdict_log(store) == []


def test_auditor_needs_a_name(store):
    with pytest.raises(StoreError, match="needs a name"):
        Auditor(store, "  ").judge("0.jpg")


def test_auditor_is_the_same_with_spaces_round_the_name(store):
    assert store.auditor_id("Ana") == store.auditor_id(" Ana ")


def test_auditors_come_with_the_latest_to_decide_first(store, ana, ben):
    store.auditor_id("Zoë")
    ben.judge("0.jpg")
    ana.judge("1.jpg")
    assert store.auditors() == ["Ana", "Ben", "Zoë"]


def test_recent_items_are_those_not_undone_newest_first(store, ana, ben):
    for path in ("0.jpg", "1.jpg", "2.jpg"):
        ana.judge(path)
    ben.judge("3.jpg")
    ana.undo("1.jpg")
    assert store.recent_items("Ana") == [item_id("2.jpg"), item_id("0.jpg")]
    assert store.recent_items("Ana", 1) == [item_id("2.jpg")]


def test_revision_changes_with_a_verdict(store, ana):
    before = store.revision()
    ana.judge("0.jpg")
    after = store.revision()
    ana.undo("0.jpg")
    assert len({before, after, store.revision()}) == 3


def test_revision_changes_with_the_rule_where_another_verdict_decides_then(store, ana, ben):
    ana.judge("0.jpg", "none")
    ben.judge("0.jpg", "unsure", role="second")
    before = store.revision()
    store.set_final_rule("latest")
    assert store.revision() != before


def test_revision_changes_with_a_computed_file(store):
    before = store.revision()
    store.set_fingerprint("evidence", "abc")
    assert store.revision() != before


def test_eight_threads_lose_no_verdict(store):
    def decide(thread):
        auditor = Auditor(store, f"auditor {thread}")
        for number in range(50):
            auditor.judge(f"{number % 6}.jpg")
            store.counts()  # a read between two writes

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(decide, range(8)))
    log = verdict_log(store)
    assert len({(row["session"], row["seq"]) for row in log}) == len(log) == 400


def test_eight_threads_that_send_the_same_actions_store_each_once(store):
    def decide(_):
        auditor = Auditor(store)
        for number in range(20):
            auditor.judge(f"{number % 6}.jpg")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(decide, range(8)))
    assert len(verdict_log(store)) == 20


WRITER = """
import sys
from pathlib import Path
from core.store import Store
from tests.core.making import Auditor, snapshot, verdict_of
auditor = Auditor(Store(Path(sys.argv[1])), sys.argv[2])
for number in range(150):
    auditor.judge(f"{number % 6}.jpg")
    if number % 10 == 9:
        auditor.undo(f"{number % 6}.jpg")
"""


def test_two_processes_that_write_at_the_same_time_lose_nothing(store):
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, store.path, name], cwd=ROOT, stderr=subprocess.PIPE
        )
        for name in ("Ana", "Ben")
    ]
    errors = [writer.communicate()[1].decode() for writer in writers]
    assert errors == ["", ""]
    assert len(verdict_log(store)) == 2 * (150 + 15)


def test_read_does_not_wait_for_a_transaction(store, ana):
    ana.judge("0.jpg")
    with store.transaction() as db:
        db.table("settings").insert({"key": "k", "value": "1"})
        assert verdict_of(store, "0.jpg") == "keep"
        assert store.setting("k") is None


PATHS = ("0.jpg", "1.jpg", "2.jpg")
actions = st.tuples(
    st.sampled_from(["Ana", "Ben", "Zoë"]),
    st.sampled_from(PATHS),
    st.sampled_from(["keep", "none", "unsure", "bad image", "undo", "undo"]),
)


class Log:
    """The log in plain Python: a list of verdicts, from which an undo takes one away."""

    def __init__(self):
        self.standing = []

    def act(self, auditor, path, verdict):
        """Return whether the action is possible."""
        if verdict != "undo":
            self.standing.append((path, auditor, verdict))
            return True
        own = [n for n, one in enumerate(self.standing) if one[:2] == (path, auditor)]
        if own:
            del self.standing[own[-1]]
        return bool(own)

    def current(self):
        return {item_id(path): (verdict, [], auditor) for path, auditor, verdict in self.standing}


@given(st.lists(actions, max_size=25))
@settings(max_examples=40, deadline=None)
def test_current_verdicts_are_those_of_a_plain_log(sequence):
    with TemporaryDirectory() as folder:
        store, log = Store(Path(folder) / "audit.db"), Log()
        store.replace_listing(records(dict.fromkeys(PATHS, "cat")))
        store.set_final_rule("latest")
        auditors = {name: Auditor(store, name) for name in ("Ana", "Ben", "Zoë")}
        stored = 0
        for name, path, verdict in sequence:
            possible = log.act(name, path, verdict)
            stored += possible
            try:
                if verdict == "undo":
                    auditors[name].undo(path)
                else:
                    auditors[name].judge(path, verdict)
            except StoreError:
                assert not possible
            else:
                assert possible
        assert snapshot(store) == log.current()
        assert len(verdict_log(store)) == stored
        store.close()
