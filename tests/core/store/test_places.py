"""Where people are, what they skipped, hold, prefer, and gathered for later."""

import pytest

from core.audit import item_id
from core.store import StoreError

ITEMS = [item_id(f"{number}.jpg") for number in range(3)]


def test_place_is_remembered_for_each_auditor_and_queue(store):
    store.set_place("Ana", "q", item_id("0.jpg"))
    store.set_place("Ana", "q", item_id("1.jpg"))
    assert store.place("Ana", "q") == item_id("1.jpg")
    assert store.place("Ben", "q") is None
    assert store.place("Ana", "other") is None


def test_place_at_an_unknown_item_is_ignored(store):
    store.set_place("Ana", "q", "unknown")
    assert store.place("Ana", "q") is None


def test_items_passed_over_are_remembered_for_each_auditor(store):
    store.pass_over("Ana", [item_id("0.jpg"), item_id("1.jpg")])
    store.pass_over("Ana", [item_id("1.jpg"), "unknown"])
    assert store.passed_ids("Ana") == {item_id("0.jpg"), item_id("1.jpg")}
    assert store.passed_ids("Ben") == set()


def test_leased_item_is_kept_from_others(store):
    assert store.lease("Ana", ITEMS[:2]) == set(ITEMS[:2])
    assert store.lease("Ben", ITEMS) == {ITEMS[2]}
    assert store.leased_by_others("Ben") == set(ITEMS[:2])
    assert store.leased_by_others("Ana") == {ITEMS[2]}
    assert store.leased_by_others("Cleo") == set(ITEMS)


def test_lease_that_was_left_behind_expires(store):
    store.lease("Ana", ITEMS, seconds=-1)
    assert store.leased_by_others("Ben") == set()
    assert store.lease("Ben", ITEMS) == set(ITEMS)


def test_next_lease_gives_back_what_the_window_held_before(store):
    store.lease("Ana", ITEMS[:2], holder="left")
    store.lease("Ana", ITEMS[2:], holder="right")
    store.lease("Ana", ITEMS[1:2], holder="left")
    assert store.leased_by_others("Ben") == set(ITEMS[1:])


def test_item_of_one_window_may_move_to_another_of_the_same_person(store):
    store.lease("Ana", ITEMS, holder="left")
    assert store.lease("Ana", ITEMS[:1], holder="right") == set(ITEMS[:1])


def test_preferences_are_kept_by_person_and_forgotten(store):
    store.set_preferences("Ana", {"keys": {"k": "keep"}, "blind": True})
    store.set_preferences("Ana", {"blind": None})
    assert store.preferences("Ana") == {"keys": {"k": "keep"}}
    assert store.preferences("Ben") == {}


def test_filters_are_saved_by_name_and_forgotten(store):
    store.save_filter(" cats ", "given:cat")
    store.save_filter("dogs", "given:dog")
    store.save_filter("cats", "given:cat -verdict:any")
    assert store.saved_filters() == {"cats": "given:cat -verdict:any", "dogs": "given:dog"}
    store.forget_filter("cats")
    assert store.saved_filters() == {"dogs": "given:dog"}
    with pytest.raises(StoreError, match="needs a name"):
        store.save_filter(" ", "x")


def test_selection_to_be_gone_through_again_counts_later_verdicts_only(store, ana):
    ana.judge("0.jpg", "none")
    store.add_selection("s", "Three", ITEMS, again=True)
    store.add_selection("t", "Three", ITEMS)
    ana.judge("1.jpg", "keep")
    assert store.judged_ids(since=store.selection_since("s")) == {ITEMS[1]: "keep"}
    assert store.judged_ids(since=store.selection_since("t")).keys() == set(ITEMS[:2])
