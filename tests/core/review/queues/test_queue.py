import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.audit import item_id
from core.findings import FINDINGS
from core.review.queues.queue import Queue
from tests.core.making import Auditor, records

# -- queues and their addresses --------------------------------------------------------------

fields = st.none() | st.text(min_size=1)


kinds = st.none() | st.sampled_from(list(FINDINGS))


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
    assert Queue(finding="leakage").title(store) == "Leakage across splits"
    listing = records({"0.jpg": "cat", "1.jpg": "cat"})
    store.replace_listing(
        row | {"split": split} for row, split in zip(listing, ("test", "train"), strict=True)
    )
    assert Queue(finding="leakage").title(store) == "Leakage across train and test"


@pytest.mark.parametrize(
    ("queue", "title"),
    [
        (Queue(), "Most suspect"),
        (Queue(finding="conflicts"), "Duplicates with conflicting labels"),
        (Queue(finding="duplicates"), "Exact and near-duplicates"),
        (Queue(finding="outliers"), "Outliers"),
        (Queue(everything=True), "Every image, most suspect first"),
        (Queue(given="cat"), "Labeled cat"),
        (Queue(suggested="dog"), "Looks like dog"),
        (Queue(given="cat", suggested="dog"), "cat that looks like dog"),
        (Queue(selection="s"), "My picks"),
        (Queue(selection="gone"), "A deleted selection"),
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
