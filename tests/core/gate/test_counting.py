"""A label counts that is suspect or was found wrong; verdicts decide."""

import pytest

from core.audit import item_id
from core.gate.counting import Count, DoubtfulLabel, Limit, Status, count_labels, overall
from tests.core.making import file_found, records


@pytest.fixture
def ranked_store(store):
    """Five labeled items that were read, of which 1 and 3 are suspect, and one without a label."""
    store.record_files([file_found(f"{n}.jpg", f"{n}{n}") for n in range(6)], {})
    classes = {name: class_id for class_id, name in store.class_names().items()}
    store.replace_scores(
        {
            "item_id": item_id(f"{n}.jpg"),
            "suspicion": 0.9 - n / 10 if n in (1, 3) else 0.1,
            "p_given": 0.1 if n in (1, 3) else 0.9,
            "suggested_id": classes["emu"],
            "p_suggested": 0.8 if n in (1, 3) else 0.05,
            "is_suspect": n in (1, 3),
        }
        for n in range(5)
    )
    return store


def states(store, baseline=None):
    return {row.path: row.state for row in count_labels(store, baseline).rows}


def test_suspects_count_until_somebody_decides(ranked_store, ana):
    assert states(ranked_store) == {"1.jpg": "suspect", "3.jpg": "suspect"}
    ana.judge("1.jpg", "keep")
    assert states(ranked_store) == {"3.jpg": "suspect"}
    ana.judge("3.jpg", "unsure")
    assert states(ranked_store) == {"3.jpg": "suspect"}
    assert count_labels(ranked_store).labels == 5


@pytest.mark.parametrize(
    ("verdict", "labels", "suggested"),
    [
        ("relabel", ["dog"], "dog"),
        ("none", [], "none"),
        ("bad image", [], "bad image"),
        ("ambiguous", ["dog", "emu"], "dog or emu"),
    ],
)
def test_label_that_was_found_wrong_counts_whatever_the_evidence_says(
    ranked_store, ana, verdict, labels, suggested
):
    ana.judge("0.jpg", verdict, labels)
    found = next(row for row in count_labels(ranked_store).rows if row.path == "0.jpg")
    assert (found.state, found.given, found.suggested) == ("found wrong", "cat", suggested)


def test_label_that_fits_with_others_does_not_count(ranked_store, ana):
    ana.judge("1.jpg", "ambiguous", ["cat", "dog"])
    assert "1.jpg" not in states(ranked_store)


def test_corrected_label_counts_no_more(ranked_store, ana):
    ana.judge("1.jpg", "relabel", ["dog"])
    labels = {"0.jpg": "cat", "1.jpg": "dog", "2.jpg": "dog", "3.jpg": "dog", "4.jpg": "emu"}
    ranked_store.replace_listing(records(labels))
    assert states(ranked_store) == {"3.jpg": "suspect"}


def test_unread_image_is_not_known(ranked_store, ana):
    ranked_store.record_files([], {item_id("3.jpg"): "not an image", item_id("5.jpg"): "no"})
    count = count_labels(ranked_store)
    assert states(ranked_store) == {"1.jpg": "suspect", "3.jpg": "not read"}
    assert (count.doubtful, count.unread) == (1, 1)
    assert "1 image more could not be read" in count.sentence


def test_what_was_there_before_does_not_count(ranked_store):
    before = {key for _, key in ranked_store.label_keys()}
    assert count_labels(ranked_store, before).labels == 0
    labels = {f"{n}.jpg": "dog" if n == 1 else "cat" for n in range(5)}
    relabeled = records(labels | {"2.jpg": "dog", "3.jpg": "dog", "4.jpg": "emu"})
    ranked_store.replace_listing(relabeled)
    assert states(ranked_store, before) == {"1.jpg": "suspect"}  # cat before
    ranked_store.record_files([file_found("3.jpg", "another")], {})
    count = count_labels(ranked_store, before)
    assert (count.labels, count.doubtful) == (2, 2)
    assert count.sentence.startswith("2 of 2 new or changed labels are doubtful (100.0 %)")


def test_renamed_class_and_file_are_not_new(ranked_store):
    before = {key for _, key in ranked_store.label_keys()}
    (cat,) = (i for i, name in ranked_store.class_names().items() if name == "cat")
    ranked_store.add_class_change("rename", cat, auditor="Ana", text="tom")
    assert count_labels(ranked_store, before).labels == 0
    ranked_store.replace_listing(records({"moved/0.jpg": "cat"}))
    ranked_store.record_files([file_found("moved/0.jpg", "00")], {})
    assert count_labels(ranked_store, before).labels == 0


# -- limits --------------------------------------------------------------------------------------


def made(labels, suspects, unread=0, is_of_new=False):
    rows = [DoubtfulLabel("a.jpg", "cat", "dog", 0.9, "suspect")] * suspects
    rows += [DoubtfulLabel("b.jpg", "cat", None, None, "not read")] * unread
    return Count(labels, rows, is_of_new)


@pytest.mark.parametrize(
    ("limit", "count", "status"),
    [
        (Limit(2), made(100, 2), 0),
        (Limit(2), made(100, 3), 1),
        (Limit(0), made(100, 0), 0),
        (Limit(0), made(100, 1), 1),
        (Limit(2), made(100, 2, unread=1), 2),
        (Limit(2), made(100, 1, unread=1), 0),
        (Limit(2), made(100, 3, unread=5), 1),
        (Limit(0.29, is_share=True), made(100, 29), 0),
        (Limit(0.29, is_share=True), made(100, 30), 1),
        (Limit(0.02, is_share=True), made(100, 1, unread=2), 2),
        (Limit(0, is_share=True), made(100, 0), 0),
        (Limit(1, is_share=True), made(10, 10), 0),
        (Limit(5), made(0, 0), 2),
        (Limit(0), made(0, 0, is_of_new=True), 0),
        (Limit(0, is_share=True), made(0, 0, is_of_new=True), 0),
    ],
)
def test_status(limit, count, status):
    assert limit.ruling(count).status == status


def test_failure_outweighs_what_cannot_be_told():
    count = made(100, 3, unread=9)
    rulings = [Limit(5).ruling(count), Limit(2).ruling(count), Limit(50).ruling(count)]
    assert [ruling.status for ruling in rulings] == [2, 1, 0]
    assert overall(rulings) is Status.FAILED
    assert overall([rulings[0], rulings[2]]) is Status.UNKNOWN
