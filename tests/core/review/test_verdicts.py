import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.audit import item_id
from core.review.verdicts import Verdict, final_label, give_verdict, parse_verdict
from core.store import StoreError


def give(store, verdict, *labels, path="0.jpg"):
    return give_verdict(
        store,
        Verdict(verdict),
        labels,
        session="s",
        seq=len(store.verdict_log()),
        item_id=item_id(path),
        auditor="Ana",
    )


@pytest.mark.parametrize(
    ("verdict", "labels", "final"),
    [
        (None, [], "cat"),
        ("keep", [], "cat"),
        ("unsure", [], "cat"),
        ("relabel", ["dog"], "dog"),
        ("ambiguous", ["cat", "dog"], "cat|dog"),
        ("none", [], ""),
        ("bad image", [], ""),
    ],
)
def test_final_label_follows_from_the_verdict(verdict, labels, final):
    assert final_label("cat", verdict, labels) == final


def test_label_that_was_kept_stays_when_the_input_changes_it():
    assert final_label("dog", "keep", [], kept="cat") == "cat"
    assert final_label("dog", "unsure", [], kept="cat") == "dog"


def test_final_label_of_an_unlabeled_item_is_empty_until_it_is_given_one():
    assert final_label(None, None, []) == final_label(None, "keep", []) == ""
    assert final_label(None, "relabel", ["dog"]) == "dog"


@given(st.sampled_from(list(Verdict)))
def test_every_verdict_has_a_final_label(verdict):
    assert isinstance(final_label("cat", verdict.value, ["dog"]), str)


@pytest.mark.parametrize("text", ["bad image", "bad-image", "Bad_Image", " BAD IMAGE "])
def test_verdict_of_two_words_is_read_in_every_spelling(text):
    assert parse_verdict(text) is Verdict.BAD_IMAGE


@pytest.mark.parametrize("text", ["", "perhaps", "undo", "keepkeep"])
def test_unknown_verdict_is_refused_with_those_there_are(text):
    with pytest.raises(StoreError, match="there are keep, relabel, ambiguous, none, bad image"):
        parse_verdict(text)


@pytest.mark.parametrize(
    ("verdict", "labels", "sentence"),
    [
        ("relabel", [], "needs one label"),
        ("relabel", ["dog", "emu"], "needs one label"),
        ("relabel", ["cat"], "given label already"),
        ("relabel", ["yak"], "no class 'yak'"),
        ("relabel", ["dogg"], "Did you mean 'dog'"),
        ("ambiguous", ["dog"], "two or more"),
        ("ambiguous", ["dog", "dog"], "two or more"),
        ("ambiguous", ["dog", "yak"], "no class 'yak'"),
        ("keep", ["cat"], "takes no label"),
        ("none", ["cat"], "takes no label"),
        ("bad image", ["cat"], "takes no label"),
        ("unsure", ["cat"], "takes no label"),
    ],
)
def test_labels_that_do_not_fit_the_verdict_are_refused(store, verdict, labels, sentence):
    with pytest.raises(StoreError, match=sentence):
        give(store, verdict, *labels)
    assert store.verdict_log() == []


def test_label_said_twice_counts_once(store):
    give(store, "relabel", "dog", "dog")
    assert store.current_verdicts()[item_id("0.jpg")]["labels"] == ["dog"]


def test_unlabeled_item_is_given_a_label(store):
    give(store, "relabel", "dog", path="5.jpg")
    assert store.judged_ids() == {item_id("5.jpg"): "relabel"}
