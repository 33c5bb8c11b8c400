import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.audit import item_id
from core.findings.words import KINDS
from core.review.queues import Queue, start_at, window

IDS = tuple("abcdefghijklmnop")
queues = st.lists(st.sampled_from(IDS), unique=True)
judged_sets = st.sets(st.sampled_from(IDS))
places = st.none() | st.sampled_from([*IDS, "not in the queue"])
counts = st.integers(0, 6)


# -- the window ------------------------------------------------------------------------------


@given(queues, judged_sets, places, counts, counts)
def test_window_holds_no_item_twice(ids, judged, at, before, ahead):
    order = window(ids, judged, at, before, ahead)
    assert len(set(order)) == len(order)


@given(queues, judged_sets, places, counts, counts)
def test_window_includes_the_item_on_screen(ids, judged, at, before, ahead):
    assert at is None or at in window(ids, judged, at, before, ahead)


@given(queues, judged_sets, places, counts, counts)
def test_window_holds_only_items_of_the_queue_beside_the_one_on_screen(
    ids, judged, at, before, ahead
):
    assert set(window(ids, judged, at, before, ahead)) - {at} <= set(ids)


@given(queues, judged_sets, places, counts, counts)
def test_nothing_judged_is_among_the_coming_items(ids, judged, at, before, ahead):
    order = window(ids, judged, at, before, ahead)
    coming = order[order.index(at) + 1 :] if at is not None else order[before:]
    assert not judged & set(coming)


@given(queues, judged_sets, places)
def test_every_unjudged_item_is_in_a_window_that_is_long_enough(ids, judged, at):
    assert set(ids) - judged <= set(window(ids, judged, at, ahead=len(IDS)))


@given(queues, judged_sets, places, counts, counts)
def test_window_is_never_longer_than_asked_for(ids, judged, at, before, ahead):
    assert len(window(ids, judged, at, before, ahead)) <= before + 1 + ahead


@given(queues, judged_sets, st.sampled_from(IDS), counts)
def test_items_behind_are_those_just_before_in_the_queue(ids, judged, at, before):
    order = window(ids, judged, at, before, ahead=0)
    position = ids.index(at) if at in ids else 0
    assert order == [*ids[max(0, position - before) : position], at]


def test_coming_items_go_on_from_the_start_where_the_queue_ends():
    assert window(list("abcd"), {"a"}, "c", before=0) == ["c", "d", "b"]


def test_judged_items_stay_behind_for_going_back():
    assert window(list("abcd"), {"a", "b"}, "c", before=2) == ["a", "b", "c", "d"]


# -- where a visit begins --------------------------------------------------------------------


@given(queues, judged_sets, places)
def test_visit_begins_with_an_unjudged_item_or_none_when_all_are_judged(ids, judged, place):
    at = start_at(ids, judged, place, None)
    if at is None:
        assert set(ids) <= judged
    else:
        assert at in ids
        assert at not in judged


@given(queues, judged_sets, places, st.sampled_from(IDS))
def test_visit_begins_with_the_item_asked_for(ids, judged, place, asked_for):
    assert start_at(ids, judged, place, asked_for) == asked_for


@pytest.mark.parametrize(
    ("judged", "place", "at"),
    [
        ("", None, "a"),
        ("", "c", "c"),
        ("c", "c", "d"),
        ("cd", "c", "a"),
        ("a", None, "b"),
        ("a", "gone", "b"),
        ("abcd", "c", None),
    ],
)
def test_visit_begins_where_the_auditor_was(judged, place, at):
    assert start_at(list("abcd"), set(judged), place, None) == at


# -- queues and their addresses --------------------------------------------------------------

fields = st.none() | st.text(min_size=1)


kinds = st.none() | st.sampled_from(KINDS)


@given(
    st.builds(
        Queue,
        given=fields,
        suggested=fields,
        selection=fields,
        everything=st.booleans(),
        finding=kinds,
    )
)
def test_queue_comes_back_from_its_address(queue):
    assert Queue.from_params(queue.params()) == queue


@given(st.dictionaries(st.text(), st.text()))
def test_any_address_names_a_queue(params):
    assert Queue.from_params(Queue.from_params(params).params()) == Queue.from_params(params)


@given(st.builds(Queue, given=fields, suggested=fields), st.builds(Queue, given=fields))
def test_keys_of_different_queues_differ(one, other):
    assert (one.key == other.key) == (one == other)


def test_queue_takes_the_items_that_fit(ranked):
    everything = Queue(everything=True).ids(ranked.store)
    assert everything == [row["id"] for row in ranked.store.ranking()]
    assert Queue().ids(ranked.store)[0] == item_id("12.jpg")
    assert len(Queue(given="lotus", everything=True).ids(ranked.store)) == 10
    assert item_id("12.jpg") in Queue(given="lotus", suggested="emu").ids(ranked.store)


def test_queue_of_a_finding_has_a_group_in_a_row_whatever_the_suspicion(ranked):
    order = [item_id(f"{n:02}.jpg") for n in (3, 12, 7, 0)]
    ranked.store.replace_findings(
        {
            "kind": "conflicts",
            "position": position,
            "group_id": order[position // 2 * 2],
            "item_id": found,
            "score": 1,
        }
        for position, found in enumerate(order)
    )
    assert Queue(finding="conflicts").ids(ranked.store) == order
    assert Queue(finding="outliers").ids(ranked.store) == []


def test_an_unknown_kind_of_finding_is_ignored():
    assert Queue.from_params({"finding": "no such kind"}) == Queue()


def test_leaks_are_named_by_the_two_splits_there_are(store):
    assert Queue(finding="leakage").title(store) == "Copies across splits"
    store.set_settings({"splits": ["test", "train"]})
    assert Queue(finding="leakage").title(store) == "Copies across train and test"


@pytest.mark.parametrize(
    ("queue", "title"),
    [
        (Queue(), "Most suspect"),
        (Queue(finding="conflicts"), "Copies with different labels"),
        (Queue(finding="duplicates"), "Copies of each other"),
        (Queue(finding="outliers"), "Unlike everything else"),
        (Queue(everything=True), "Every image, most suspect first"),
        (Queue(given="cat"), "Labelled cat"),
        (Queue(suggested="dog"), "Looks like dog"),
        (Queue(given="cat", suggested="dog"), "cat that looks like dog"),
        (Queue(selection="s"), "My picks"),
        (Queue(selection="gone"), "A selection that is gone"),
    ],
)
def test_queue_has_a_title(store, queue, title):
    store.add_selection("s", "My picks", [item_id("0.jpg")])
    assert queue.title(store) == title
