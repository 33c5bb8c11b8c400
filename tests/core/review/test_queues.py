import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.audit import item_id
from core.findings.words import KINDS
from core.review.queues import Queue, start_at, window
from tests.core.making import Auditor

IDS = tuple("abcdefghijklmnop")
queues = st.lists(st.sampled_from(IDS), unique=True)
judged_sets = st.sets(st.sampled_from(IDS))
places = st.none() | st.sampled_from([*IDS, "not in the queue"])
counts = st.integers(0, 6)


# -- the window ------------------------------------------------------------------------------


@st.composite
def windows(draw):
    """The arguments of a window, and the window."""
    arguments = {
        "ids": draw(queues),
        "judged": draw(judged_sets),
        "at": draw(places),
        "start": draw(places),
        "loaded": draw(st.lists(st.sampled_from([*IDS, "unknown"]), max_size=6)),
        "passed": draw(judged_sets),
        "ahead": draw(counts),
    }
    return arguments, window(**arguments)


@given(windows())
def test_window_begins_with_the_item_on_screen(made):
    arguments, order = made
    assert arguments["at"] is None or order[0] == arguments["at"]


@given(windows())
def test_window_holds_no_item_twice_and_none_from_elsewhere(made):
    arguments, order = made
    assert len(set(order)) == len(order)
    assert set(order) - {arguments["at"]} <= set(arguments["ids"])


@given(windows())
def test_nothing_judged_is_among_the_coming_items(made):
    arguments, order = made
    assert not arguments["judged"] & (set(order) - {arguments["at"]})


@given(windows())
def test_window_is_as_long_as_there_are_items_left(made):
    arguments, order = made
    at = arguments["at"]
    left = set(arguments["ids"]) - arguments["judged"] - {at}
    assert len(order) == (at is not None) + min(arguments["ahead"], len(left))


@given(windows())
def test_what_is_loaded_comes_next_and_what_was_skipped_comes_last(made):
    arguments, order = made
    coming = order if arguments["at"] is None else order[1:]

    def place(item):
        if item in arguments["loaded"]:
            return 0, arguments["loaded"].index(item)
        return 1 + (item in arguments["passed"]), 0

    assert coming == sorted(coming, key=place)


def test_window_follows_the_queue_from_its_start():
    assert window(list("abcd"), {"b"}, "c") == ["c", "a", "d"]


def test_window_goes_on_from_what_an_address_asked_for():
    assert window(list("abcd"), {"b"}, "b", start="b") == ["b", "c", "d", "a"]


def test_skipped_items_come_round_again_from_the_one_on_screen():
    assert window(list("abcd"), {"a"}, "c", passed=set("abcd")) == ["c", "d", "b"]


def test_new_order_takes_hold_behind_what_is_loaded():
    before = window(list("abcdef"), set(), "a")
    after = window(list("afedcb"), {"a"}, "b", loaded=before[2:4])
    assert after == ["b", "c", "d", "f", "e"]


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
        ("c", "c", "a"),
        ("a", None, "b"),
        ("a", "gone", "b"),
        ("abcd", "c", None),
    ],
)
def test_visit_begins_where_the_auditor_was(judged, place, at):
    assert start_at(list("abcd"), set(judged), place, None) == at


def test_visit_begins_with_what_was_skipped_when_nothing_else_is_left():
    assert start_at(list("abcd"), {"a"}, None, None, passed={"a", "b"}) == "c"
    assert start_at(list("abcd"), {"a", "d"}, "d", None, passed={"b", "c"}) == "b"
    assert start_at(list("abcd"), {"a"}, "b", None, passed={"b"}) == "b"


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


@pytest.mark.parametrize("field", ["unsure", "second", "disputed"])
def test_queues_of_what_waits_for_people_have_an_address(field):
    queue = Queue(**{field: True})
    assert Queue.from_params(queue.params()) == queue
    assert queue.kind.field == field
    assert queue.kind.is_live


def test_queue_of_unsure_ones_counts_those_decided_since_as_done(ranked):
    ana = Auditor(ranked.store)
    ana.judge("12.jpg", "unsure")
    ana.judge("00.jpg", "unsure")
    ana.judge("00.jpg", "keep")
    queue = Queue(unsure=True)
    assert queue.ids(ranked.store) == [item_id("12.jpg"), item_id("00.jpg")]
    assert queue.done(ranked.store) == {item_id("00.jpg"): "keep"}


def test_selection_to_be_gone_through_again_has_nothing_done(ranked):
    ana = Auditor(ranked.store)
    ana.judge("12.jpg", "none")
    ranked.store.add_selection("s", "One", [item_id("12.jpg")], again=True)
    assert Queue(selection="s").done(ranked.store) == {}
    ana.judge("12.jpg", "keep")
    assert Queue(selection="s").done(ranked.store) == {item_id("12.jpg"): "keep"}
