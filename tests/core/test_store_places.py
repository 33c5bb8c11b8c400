"""Where people are, and what they skipped."""

from core.audit import item_id


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
