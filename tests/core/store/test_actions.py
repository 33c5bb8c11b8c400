"""Actions of one or many verdicts: stored whole, undone whole, redone whole, once each."""

import pytest

from core.audit import item_id
from core.store import Decision, StoreError
from tests.core.making import verdict_log

ITEMS = [item_id(f"{number}.jpg") for number in range(3)]


@pytest.fixture
def act(store):
    """Ana's actions, each with the next number unless `seq` says otherwise."""
    numbers = iter(range(1000))

    def act(what, *decisions, seq=None, auditor="Ana", **more):
        common = {"session": f"of {auditor}", "seq": next(numbers) if seq is None else seq}
        if what == "decide":
            more["decisions"] = [Decision(*decision) for decision in decisions]
            return store.add_action(**common, auditor=auditor, **more)
        return getattr(store, f"{what}_action")(**common, auditor=auditor)

    return act


def test_bulk_is_one_action_undone_and_redone_as_one(store, act):
    act("decide", *((item, "none") for item in ITEMS))
    assert store.judged_ids() == dict.fromkeys(ITEMS, "none")
    assert store.latest_action("Ana")["count"] == 3
    assert act("undo") == ITEMS
    assert store.judged_ids() == {}
    assert store.latest_action("Ana") is None
    assert act("redo") == ITEMS
    assert store.judged_ids() == dict.fromkeys(ITEMS, "none")


def test_labels_come_back_with_a_redo(store, act):
    act("decide", (ITEMS[0], "ambiguous", ("emu", "cat")))
    act("undo")
    act("redo")
    assert store.current_verdicts()[ITEMS[0]]["labels"] == ["emu", "cat"]


def test_undo_and_redo_go_back_and_forth_like_a_stack(store, act):
    act("decide", (ITEMS[0], "none"))
    act("decide", (ITEMS[1], "keep"))
    assert [act("undo"), act("undo")] == [[ITEMS[1]], [ITEMS[0]]]
    assert [act("redo"), act("undo"), act("redo")] == [[ITEMS[0]]] * 3
    assert act("redo") == [ITEMS[1]]
    with pytest.raises(StoreError, match="Ana has nothing to redo"):
        act("redo")


def test_new_verdict_ends_what_could_be_redone(store, act):
    act("decide", (ITEMS[0], "none"))
    act("undo")
    act("decide", (ITEMS[1], "keep"))
    with pytest.raises(StoreError, match="nothing to redo"):
        act("redo")


def test_nothing_to_undo_is_said(store, act):
    act("decide", (ITEMS[0], "none"), auditor="Ben")
    with pytest.raises(StoreError, match="Ana has nothing to undo"):
        act("undo")


@pytest.mark.parametrize("what", ["undo", "redo"])
def test_undo_and_redo_sent_twice_are_stored_once(store, act, what):
    act("decide", (ITEMS[0], "none"))
    act("decide", (ITEMS[1], "none"), (ITEMS[2], "none"))
    if what == "redo":
        act("undo")
    assert act(what, seq=500) == act(what, seq=500) == ITEMS[1:]
    assert store.judged_ids().keys() == set(ITEMS[:1] if what == "undo" else ITEMS)


def test_bulk_sent_twice_is_stored_once(store, act):
    sent = [(item, "none") for item in ITEMS]
    assert act("decide", *sent, seq=7) == act("decide", *sent, seq=7)
    assert len(verdict_log(store)) == 3


def test_number_of_another_action_is_refused(store, act):
    act("decide", *((item, "none") for item in ITEMS), seq=7)
    with pytest.raises(StoreError, match="was for another item"):
        act("decide", (ITEMS[0], "none"), seq=7)


def test_bulk_is_stored_whole_or_not_at_all(store, act):
    with pytest.raises(StoreError, match="no item 'gone'"):
        act("decide", (ITEMS[0], "none"), ("gone", "none"))
    assert verdict_log(store) == []


def test_undo_of_an_action_leaves_what_was_undone_alone_before(store, act):
    act("decide", *((item, "none") for item in ITEMS))
    store.add_undo(session="s", seq=0, item_id=ITEMS[1], auditor="Ana")
    assert act("undo") == [ITEMS[0], ITEMS[2]]


def test_redo_on_an_image_that_has_changed_is_refused(store, act):
    with store.transaction() as db:
        db.table("items").update(ITEMS[0], {"content_hash": "a"})
    act("decide", (ITEMS[0], "none"))
    act("undo")
    with store.transaction() as db:
        db.table("items").update(ITEMS[0], {"content_hash": "b"})
    with pytest.raises(StoreError, match="has changed"):
        act("redo")


def test_whoever_comes_second_is_told(store, act):
    seen = store.log_id()
    act("decide", (ITEMS[0], "none"), auditor="Ben")
    with pytest.raises(StoreError, match=r"Ben has decided 1 of these images meanwhile"):
        act("decide", (ITEMS[0], "keep"), (ITEMS[1], "keep"), seen=seen)
    assert act("decide", (ITEMS[1], "keep"), seen=seen)


@pytest.mark.parametrize(("field", "told"), [("stream", "queue and check"), ("role", "second")])
def test_unknown_stream_or_role_is_refused(store, act, field, told):
    with pytest.raises(StoreError, match=rf"There is no {field} 'x'; there are .*{told}"):
        act("decide", (ITEMS[0], "none"), **{field: "x"})
