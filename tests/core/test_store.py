import json
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
from tests.core.making import Auditor, file_found, records

ROOT = Path(__file__).parents[2]


def raw(store):
    """A connection of our own, with SQLite's defaults."""
    return sqlite3.connect(store.path)


def verdict_of(store, path):
    return store.judged_ids().get(item_id(path))


def snapshot(store):
    """What is current, by item: verdict, labels, auditor."""
    return {
        item: (row["verdict"], row["labels"], row["auditor"])
        for item, row in store.current_verdicts().items()
    }


# -- the file ------------------------------------------------------------------------------


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


# -- verdicts ------------------------------------------------------------------------------


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
    (row,) = store.verdict_log()
    assert store.class_names()[row["given_id"]] == "dog"


def test_labels_of_an_ambiguous_verdict_keep_their_order(store, ana):
    ana.judge("0.jpg", "ambiguous", ["emu", "cat"])
    assert store.current_verdicts()[item_id("0.jpg")]["labels"] == ["emu", "cat"]


def test_action_sent_twice_is_stored_once(store, ana):
    first = ana.judge("0.jpg")
    ana.seq -= 1
    assert ana.judge("0.jpg") == first
    assert len(store.verdict_log()) == 1


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
    assert len(store.verdict_log()) == 1


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
    log = store.verdict_log()
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
    assert len(store.verdict_log()) == 1


def test_verdict_on_an_unknown_item_is_refused(ana):
    with pytest.raises(StoreError, match="no item"):
        ana.judge("unknown.jpg")


def test_verdict_with_an_unknown_class_is_refused_whole(store, ana):
    with pytest.raises(StoreError, match="no class 'yak'"):
        ana.judge("0.jpg", "ambiguous", ["dog", "yak"])
    assert store.verdict_log() == []


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


def test_revision_changes_with_a_computed_file(store):
    before = store.revision()
    store.set_fingerprint("evidence", "abc")
    assert store.revision() != before


# -- many at once ----------------------------------------------------------------------------


def test_eight_threads_lose_no_verdict(store):
    def decide(thread):
        auditor = Auditor(store, f"auditor {thread}")
        for number in range(50):
            auditor.judge(f"{number % 6}.jpg")
            store.counts()  # a read between two writes

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(decide, range(8)))
    log = store.verdict_log()
    assert len({(row["session"], row["seq"]) for row in log}) == len(log) == 400


def test_eight_threads_that_send_the_same_actions_store_each_once(store):
    def decide(_):
        auditor = Auditor(store)
        for number in range(20):
            auditor.judge(f"{number % 6}.jpg")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(decide, range(8)))
    assert len(store.verdict_log()) == 20


WRITER = """
import sys
from pathlib import Path
from core.store import Store
from tests.core.making import Auditor
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
    assert len(store.verdict_log()) == 2 * (150 + 15)


def test_read_does_not_wait_for_a_transaction(store, ana):
    ana.judge("0.jpg")
    with store.transaction() as db:
        db.table("settings").insert({"key": "k", "value": "1"})
        assert verdict_of(store, "0.jpg") == "keep"
        assert store.setting("k") is None


# -- the listing -----------------------------------------------------------------------------


def rows_of(store):
    return {file["path"]: file["row"] for file in store.listed_files()}


def test_listing_gives_every_item_a_row_of_its_own(store):
    assert sorted(rows_of(store).values()) == list(range(6))
    assert store.row_count() == 6


def test_listing_again_changes_nothing(store):
    before = store.listed_files(), store.input_rows()
    store.replace_listing(records({row["path"]: row["given"] for row in store.input_rows()}))
    assert (store.listed_files(), store.input_rows()) == before


def test_item_that_vanishes_is_not_listed(store):
    store.replace_listing(records({"1.jpg": "cat"}))
    assert [row["path"] for row in store.input_rows()] == ["1.jpg"]
    assert store.counts()["items"] == 1


def test_item_that_vanishes_keeps_its_verdicts(store, ana):
    ana.judge("0.jpg", "none")
    store.replace_listing(records({"1.jpg": "cat"}))
    assert verdict_of(store, "0.jpg") == "none"
    assert store.counts()["reviewed"] == 0
    assert store.verdict_counts() == {}


def test_item_that_comes_back_has_its_old_row_and_verdict(store, ana):
    ana.judge("0.jpg", "none")
    before = rows_of(store)
    store.replace_listing(records({"1.jpg": "cat"}))
    store.replace_listing(records({"0.jpg": "cat", "1.jpg": "cat"}))
    assert rows_of(store) == {path: before[path] for path in ("0.jpg", "1.jpg")}
    assert store.counts()["reviewed"] == 1


def test_new_item_gets_a_new_row(store):
    before = rows_of(store)
    store.replace_listing(records({"1.jpg": "cat", "00.jpg": "cat", "a.jpg": "dog"}))
    assert rows_of(store) == {"1.jpg": before["1.jpg"], "00.jpg": 6, "a.jpg": 7}


def test_row_of_a_vanished_item_is_not_given_away(store):
    store.replace_listing(records({"new.jpg": "cat"}))
    assert rows_of(store) == {"new.jpg": 6}
    assert store.row_count() == 7


def test_changed_label_is_taken_over(store):
    store.replace_listing(records({"0.jpg": "yak"}))
    (row,) = store.input_rows()
    assert row["given"] == "yak"


def test_input_rows_keep_the_inputs_order(store):
    store.replace_listing(records({"5.jpg": "cat", "0.jpg": "cat", "3.jpg": None}))
    assert [row["path"] for row in store.input_rows()] == ["5.jpg", "0.jpg", "3.jpg"]


def test_class_ids_stay_when_classes_are_added(store):
    before = store.class_names()
    store.replace_listing(records({"0.jpg": "ant", "1.jpg": "cat"}))
    assert before.items() <= store.class_names().items()


def test_counts_tell_unlabelled_items(store):
    counts = store.counts()
    assert (counts["items"], counts["classes"], counts["unlabelled"]) == (6, 3, 1)


# -- files and scores ------------------------------------------------------------------------


def test_file_that_could_not_be_read_is_in_quarantine(store):
    store.record_files([], {item_id("0.jpg"): "the file is empty"})
    (row,) = store.quarantined()
    assert (row["path"], row["reason"]) == ("0.jpg", "the file is empty")


def test_file_that_was_read_leaves_quarantine(store):
    store.record_files([], {item_id("0.jpg"): "the file is empty"})
    store.record_files([file_found("0.jpg")], {})
    assert store.quarantined() == []


def test_quarantined_item_counts_as_not_embedded(store):
    store.record_files([file_found("0.jpg"), file_found("1.jpg")], {})
    store.record_files([], {item_id("0.jpg"): "it is damaged"})
    assert [item.id for item in store.embedded_items()] == [item_id("1.jpg")]


def score(path, suspicion, suggested_id=1, p_given=0.2, p_suggested=0.8):
    return {
        "item_id": item_id(path),
        "suspicion": suspicion,
        "p_given": p_given,
        "suggested_id": suggested_id,
        "p_suggested": p_suggested,
    }


def test_ranking_has_the_most_suspect_first(store):
    store.replace_scores([score("0.jpg", 0.1), score("1.jpg", 0.9), score("2.jpg", 0.5)])
    assert [row["path"] for row in store.ranking()] == ["1.jpg", "2.jpg", "0.jpg"]
    assert [row["path"] for row in store.ranking(1)] == ["1.jpg"]


def test_ranking_leaves_out_what_is_not_listed(store):
    store.replace_scores([score("0.jpg", 0.1), score("1.jpg", 0.9)])
    store.replace_listing(records({"0.jpg": "cat"}))
    assert [row["path"] for row in store.ranking()] == ["0.jpg"]


def test_queue_of_suspects_leaves_out_labels_that_are_the_most_probable(store):
    store.replace_scores([score("0.jpg", 0.6), score("1.jpg", 0.5, p_given=0.9, p_suggested=0.1)])
    assert store.queue_ids(suspects_only=True) == [item_id("0.jpg")]
    assert len(store.queue_ids()) == 2


def test_queue_of_a_selection_holds_only_its_items(store):
    store.replace_scores([score("0.jpg", 0.1), score("1.jpg", 0.9), score("2.jpg", 0.5)])
    store.add_selection("s", "Some", [item_id("0.jpg"), item_id("2.jpg")])
    assert store.queue_ids(selection="s") == [item_id("2.jpg"), item_id("0.jpg")]
    assert store.selection_title("s") == "Some"


def test_histogram_counts_every_score_once(store):
    store.replace_scores([score("0.jpg", 0.0), score("1.jpg", 1.0), score("2.jpg", 0.5)])
    bins = store.suspicion_histogram(10)
    assert [row["bin"] for row in bins] == [0, 5, 9]
    assert sum(row["suspects"] + row["others"] for row in bins) == 3


def test_place_is_remembered_for_each_auditor_and_queue(store):
    store.set_place("Ana", "q", item_id("0.jpg"))
    store.set_place("Ana", "q", item_id("1.jpg"))
    assert store.place("Ana", "q") == item_id("1.jpg")
    assert store.place("Ben", "q") is None
    assert store.place("Ana", "other") is None


def test_place_at_an_unknown_item_is_ignored(store):
    store.set_place("Ana", "q", "unknown")
    assert store.place("Ana", "q") is None


# -- invariants ------------------------------------------------------------------------------

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
        assert len(store.verdict_log()) == stored
        store.close()


@given(st.lists(st.sets(st.sampled_from("abcdefgh"), min_size=1), min_size=1, max_size=5))
@settings(max_examples=25, deadline=None)
def test_no_two_items_ever_share_a_row(listings):
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "audit.db")
        seen = {}
        for paths in listings:
            store.replace_listing(records(dict.fromkeys(sorted(paths), "cat")))
            rows = rows_of(store)
            assert rows.keys() == paths
            assert all(seen.setdefault(path, row) == row for path, row in rows.items())
            assert len(set(seen.values())) == len(seen) == store.row_count()
        store.close()


@given(st.dictionaries(st.text(min_size=1), st.none() | st.integers() | st.text(), min_size=1))
@settings(max_examples=25, deadline=None)
def test_settings_come_back_as_they_were(values):
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "audit.db")
        store.set_settings(values)
        assert {key: store.setting(key) for key in values} == json.loads(json.dumps(values))
        store.close()
