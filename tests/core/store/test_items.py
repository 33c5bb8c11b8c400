"""What came in and what is ranked."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from core.audit import item_id
from core.store import Store
from tests.core.making import file_found, records, verdict_of


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


def test_counts_tell_unlabeled_items(store):
    counts = store.counts()
    assert (counts["items"], counts["classes"], counts["unlabeled"]) == (6, 3, 1)


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


def score(path, suspicion, suggested_id=1, is_suspect=True):
    return {
        "item_id": item_id(path),
        "suspicion": suspicion,
        "p_given": 1 - suspicion,
        "suggested_id": suggested_id,
        "p_suggested": suspicion,
        "is_suspect": is_suspect,
    }


def test_ranking_has_the_most_suspect_first(store):
    store.replace_scores([score("0.jpg", 0.1), score("1.jpg", 0.9), score("2.jpg", 0.5)])
    assert [row["path"] for row in store.ranking()] == ["1.jpg", "2.jpg", "0.jpg"]
    assert [row["path"] for row in store.ranking(1)] == ["1.jpg"]


def test_ranking_leaves_out_what_is_not_listed(store):
    store.replace_scores([score("0.jpg", 0.1), score("1.jpg", 0.9)])
    store.replace_listing(records({"0.jpg": "cat"}))
    assert [row["path"] for row in store.ranking()] == ["0.jpg"]


def test_queue_of_suspects_leaves_out_labels_that_the_evidence_does_not_contradict(store):
    store.replace_scores([score("0.jpg", 0.4), score("1.jpg", 0.6, is_suspect=False)])
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


def test_priority_moves_an_item_and_leaves_its_suspicion(store):
    store.replace_scores([score("0.jpg", 0.1), score("1.jpg", 0.9), score("2.jpg", 0.5)])
    store.set_priorities({item_id("0.jpg"): 0.7})
    assert [row["path"] for row in store.ranking()] == ["1.jpg", "0.jpg", "2.jpg"]
    assert [row["suspicion"] for row in store.ranking()] == [0.9, 0.1, 0.5]
    assert store.queue_ids() == [item_id(f"{n}.jpg") for n in (1, 0, 2)]
    assert store.priorities() == {item_id(f"{n}.jpg"): p for n, p in enumerate((0.7, 0.9, 0.5))}


def test_new_scores_have_no_priorities(store):
    store.replace_scores([score("0.jpg", 0.1)])
    store.set_priorities({item_id("0.jpg"): 0.7})
    store.replace_scores([score("0.jpg", 0.1)])
    assert store.priorities() == {item_id("0.jpg"): 0.1}


def test_many_priorities_are_all_stored(store, monkeypatch):
    monkeypatch.setattr("core.store.PRIORITIES_AT_ONCE", 2)
    store.replace_scores([score(f"{n}.jpg", 0.1) for n in range(5)])
    wanted = {item_id(f"{n}.jpg"): n / 10 for n in range(5)}
    store.set_priorities(wanted)
    assert store.priorities() == wanted


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
