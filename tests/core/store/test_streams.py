"""The two streams of verdicts: the queue finds errors, the check sample counts them."""

import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from core.audit import item_id
from core.store import Store, StoreError, Trusted
from core.store.migrations import migrations
from tests.core.making import Auditor, file_found, records, verdict_log


def trusted(store, path):
    return store.trusted_labels().get(item_id(path))


@pytest.mark.parametrize(
    ("verdict", "labels", "said"),
    [
        ("keep", [], Trusted("cat", ("cat",))),
        ("relabel", ["dog"], Trusted("cat", ("dog",))),
        ("ambiguous", ["dog", "cat"], Trusted("cat", ("cat", "dog"))),
        ("none", [], Trusted("cat", ())),
        ("bad image", [], Trusted("cat", ())),
        ("unsure", [], None),
    ],
)
def test_verdict_says_which_labels_fit(store, ana, verdict, labels, said):
    ana.judge("0.jpg", verdict, labels)
    assert trusted(store, "0.jpg") == said


@pytest.mark.parametrize(
    ("verdict", "labels", "error"),
    [
        ("keep", [], False),
        ("relabel", ["dog"], True),
        ("ambiguous", ["dog", "cat"], False),
        ("ambiguous", ["dog", "emu"], True),
        ("none", [], True),
    ],
)
def test_given_label_is_an_error_when_it_does_not_fit(store, ana, verdict, labels, error):
    ana.judge("0.jpg", verdict, labels)
    assert trusted(store, "0.jpg").is_error is error


def test_item_without_a_label_that_is_kept_so_has_no_label_that_fits(store, ana):
    ana.judge("5.jpg", "keep")
    assert trusted(store, "5.jpg") == Trusted(None, ())


def test_label_kept_teaches_nothing_about_another_that_the_input_gives_since(store, ana):
    ana.judge("0.jpg", "keep")
    assert trusted(store, "0.jpg") == Trusted("cat", ("cat",))
    store.replace_listing(records({"0.jpg": "emu"}))
    assert trusted(store, "0.jpg") is None


def test_verdict_of_the_check_is_not_trusted(store, ana):
    ana.judge("0.jpg", "none", stream="check")
    assert store.trusted_labels() == {}
    assert store.judged_ids() == {item_id("0.jpg"): "none"}


@pytest.mark.parametrize("order", [("queue", "check"), ("check", "queue")])
def test_item_judged_in_both_streams_has_the_queues_own_word(store, ana, ben, order):
    said = {"queue": ("relabel", ["dog"]), "check": ("none", [])}
    for auditor, stream in zip((ana, ben), order, strict=True):
        auditor.judge("0.jpg", *said[stream], stream=stream)
    assert trusted(store, "0.jpg") == Trusted("cat", ("dog",))


def test_verdict_on_a_picture_that_changed_is_not_trusted(store, ana):
    store.record_files([file_found("0.jpg", "a")], {})
    ana.judge("0.jpg", "none")
    store.record_files([file_found("0.jpg", "b")], {})
    assert store.trusted_labels() == {}


def test_later_unsure_takes_the_trust_away(store, ana, ben):
    ana.judge("0.jpg", "none")
    ben.judge("0.jpg", "unsure")
    assert store.trusted_labels() == {}


def test_undo_belongs_to_the_stream_of_what_it_takes_back(store, ana):
    ana.judge("0.jpg", "keep")
    ana.judge("0.jpg", "none", stream="check")
    ana.undo("0.jpg")
    assert [row["stream"] for row in verdict_log(store)] == ["queue", "check", "check"]
    assert trusted(store, "0.jpg") == Trusted("cat", ("cat",))
    ana.undo("0.jpg")
    assert store.trusted_labels() == {}


def test_undo_in_one_stream_leaves_the_other_alone(store, ana):
    ana.judge("0.jpg", "keep")
    ana.judge("0.jpg", "none", stream="check")
    ana.undo("0.jpg", stream="queue")
    assert store.judged_ids() == {item_id("0.jpg"): "none"}
    with pytest.raises(StoreError, match="to undo"):
        ana.undo("0.jpg", stream="queue")


@pytest.mark.parametrize("action", ["judge", "undo"])
def test_unknown_stream_is_refused(store, ana, action):
    ana.judge("0.jpg")
    with pytest.raises(StoreError, match="no stream 'random'; there are queue and check"):
        getattr(ana, action)("0.jpg", stream="random")
    assert len(verdict_log(store)) == 1


def test_queue_log_counts_undos_and_leaves_out_the_check(store, ana):
    ana.judge("0.jpg")
    ana.undo("0.jpg")
    ana.judge("1.jpg", stream="check")
    assert store.queue_log_size() == 2


def test_verdicts_of_both_streams_follow_a_file_that_was_moved(store, ana, ben):
    store.record_files([file_found("0.jpg", "a")], {})
    ana.judge("0.jpg", "relabel", ["dog"])
    ben.judge("0.jpg", "none", stream="check")
    store.replace_listing(records({"moved.jpg": "cat"}))
    store.record_files([file_found("moved.jpg", "a")], {})
    assert store.place_verdicts() == 1
    assert trusted(store, "moved.jpg") == Trusted("cat", ("dog",))
    assert store.judged_ids()[item_id("moved.jpg")] == "none"
    assert store.place_verdicts() == 0


def test_database_of_an_older_version_keeps_its_scores_and_trusts_its_verdicts(tmp_path):
    old = Database(sqlite3.connect(tmp_path / "audit.db"))
    migrations.apply(old, stop_before="m004_streams")
    old.table("items").insert({"id": "x", "path": "x.jpg", "row": 0})
    old.table("auditors").insert({"id": 1, "name": "Ana", "since": "then"})
    verdict = {"auditor_id": 1, "verdict": "none", "stream": "queue", "session": "s", "at": "then"}
    old.table("verdicts").insert({"item_id": "x", "seq": 1} | verdict)
    old.table("classes").insert({"id": 1, "name": "cat"})
    old.table("labels").insert({"item_id": "x", "class_id": 1})
    old.table("scores").insert({"item_id": "x", "suspicion": 0.5})
    old.close()
    store = Store(tmp_path / "audit.db")
    assert store.trusted_labels() == {"x": Trusted(None, ())}
    assert [row["suspicion"] for row in store.ranking()] == [0.5]
    store.close()


PATHS = ("0.jpg", "1.jpg")
decisions = st.tuples(
    st.sampled_from(["Ana", "Ben"]),
    st.sampled_from(PATHS),
    st.sampled_from(["keep", "none", "unsure", "relabel", "undo", "undo"]),
)


def play(store, log):
    """Give the verdicts of `log`, (stream, (auditor, path, verdict)), where they are possible."""
    auditors = {name: Auditor(store, name) for name in ("Ana", "Ben")}
    for stream, (name, path, verdict) in log:
        try:
            if verdict == "undo":
                auditors[name].undo(path, stream=stream)
            else:
                labels = ["dog"] if verdict == "relabel" else []
                auditors[name].judge(path, verdict, labels, stream=stream)
        except StoreError:
            assert verdict == "undo"
    return store.trusted_labels()


@given(st.lists(st.tuples(st.sampled_from(["queue", "check", "check"]), decisions), max_size=20))
@settings(max_examples=15, deadline=None)
def test_whatever_the_check_says_the_ranking_sees_the_queue_alone(log):
    with TemporaryDirectory() as folder:
        seen = []
        for number, part in enumerate((log, [one for one in log if one[0] == "queue"])):
            store = Store(Path(folder) / f"{number}.db")
            store.replace_listing(records({"0.jpg": "cat", "1.jpg": "dog"}))
            seen.append((play(store, part), store.queue_log_size()))
            store.close()
        assert seen[0] == seen[1]
