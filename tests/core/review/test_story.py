"""The story of an item: every row in words, in its order, and only what its reader may know."""

import pytest

from core.audit import item_id
from core.review.history import find_item, story
from core.store import StoreError
from tests.core.making import Auditor, add_verdict, file_found

FIRST = item_id("0.jpg")


def lines(store, auditor=None):
    return [f"{e.auditor} {e.text}" for e in story(store, FIRST, auditor).events]


def details(store, number, auditor=None):
    return " ".join(story(store, FIRST, auditor).events[number].details)


def test_each_verdict_is_told_with_its_classes(store, ana):
    store.set_second_share(0.0)
    ana.judge("0.jpg", "keep")
    ana.judge("0.jpg", "relabel", ["dog"])
    ana.judge("0.jpg", "ambiguous", ["cat", "emu"])
    ana.judge("0.jpg", "none")
    assert lines(store) == [
        "Ana kept cat", "Ana relabeled to dog", "Ana cat and emu fit", "Ana none fits",
    ]  # fmt: skip
    events = story(store, FIRST).events
    assert [event.decides for event in events] == [False, False, False, True]
    assert "It replaced their verdict of" in details(store, 1)
    assert details(store, 1).endswith("UTC: kept cat.")


def test_undone_and_redone_verdicts_are_told_as_such(store, ana):
    ana.judge("0.jpg", "relabel", ["dog"])
    ana.undo("0.jpg")
    store.redo_action(session="s", seq=1, auditor="Ana")
    assert lines(store) == [
        "Ana relabeled to dog", "Ana undid: relabeled to dog", "Ana redid: relabeled to dog",
    ]  # fmt: skip
    first, undo, redo = story(store, FIRST).events
    assert "It was undone on" in " ".join(first.details)
    assert (first.is_valid, undo.is_valid, redo.is_valid) == (False, False, True)
    assert [event.is_undo for event in (first, undo, redo)] == [False, True, False]
    assert "replaced" not in " ".join(redo.details)


def test_roles_and_the_rule_are_told(store, ana, ben):
    ana.judge("0.jpg", "keep")
    ben.judge("0.jpg", "none", role="second")
    cleo = Auditor(store, "Cleo")
    cleo.judge("0.jpg", "relabel", ["dog"], role="adjudication")
    assert "It was a blind second review." in details(store, 1)
    assert "It was an adjudication. It decides the final label." in details(store, 2)
    assert story(store, FIRST).conclusion == (
        "Its final label is dog (adjudicated). The rule for multiple verdicts is “adjudicated”."
    )
    store.set_final_rule("latest")
    ana.judge("0.jpg", "keep")
    assert "final label is cat (latest of 3)" in story(store, FIRST).conclusion


def test_conclusion_of_one_verdict_and_of_none(store, ana):
    assert story(store, FIRST).conclusion.startswith("It has no verdict that counts")
    ana.judge("0.jpg", "none")
    assert story(store, FIRST).conclusion == "It has no final label (only verdict)."


def test_verdict_on_an_earlier_picture_is_told_as_outdated(store, ana):
    store.record_files([file_found("0.jpg", "aa")], {})
    ana.judge("0.jpg", "none")
    store.record_files([file_found("0.jpg", "bb")], {})
    (event,) = story(store, FIRST).events
    assert "The image has changed since" in " ".join(event.details)
    assert not event.is_valid


def test_verdict_given_at_once_with_others_is_told(store):
    from core.store import Decision

    store.add_action(
        session="s", seq=0, auditor="Ana",
        decisions=[Decision(item_id(f"{n}.jpg"), "none") for n in range(3)],
    )  # fmt: skip
    assert "It was one of 3 verdicts given at once." in details(store, 0)


@pytest.mark.parametrize("reader", ["Ben", ""])
def test_story_tells_nothing_before_the_readers_own_second_review(store, ana, ben, reader):
    store.set_second_share(1.0)
    ana.judge("0.jpg", "relabel", ["dog"])
    told = story(store, FIRST, reader)
    assert (told.is_hidden, told.events) == (True, ())
    assert "dog" not in str(told)
    assert "Ana" not in str(told)
    assert len(story(store, FIRST, "Ana").events) == 1
    assert len(story(store, FIRST).events) == 1
    ben.judge("0.jpg", "keep", role="second")
    assert len(story(store, FIRST, reader).events) == 2


def test_item_is_found_by_path_and_by_id(store):
    assert find_item(store, "0.jpg") == find_item(store, FIRST) == FIRST
    with pytest.raises(StoreError, match="no item with the path or id 'x"):
        find_item(store, "x.jpg")


def test_log_is_read_in_parts_without_a_gap(store, ana, monkeypatch):
    monkeypatch.setattr("core.store.history_rows.ROWS_AT_ONCE", 2)
    ids = [
        add_verdict(
            store, session="s", seq=n, auditor="Ana", item_id=item_id(f"{n}.jpg"), verdict="none"
        )
        for n in range(5)
    ]
    assert [row["id"] for row in store.log_rows()] == ids
    assert [row["id"] for row in store.log_rows([item_id("3.jpg"), FIRST])] == [ids[0], ids[3]]
