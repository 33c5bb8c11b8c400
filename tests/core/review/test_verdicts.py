import pytest

from core.audit import item_id
from core.review.verdicts import give_verdict, parse_verdict
from core.store import StoreError
from core.terms import VERDICTS, Verdict
from tests.core.making import records, verdict_log
from tests.core.review.plain_log import final_label


def give(store, verdict, *labels, path="0.jpg"):
    return give_verdict(
        store,
        Verdict(verdict),
        labels,
        session="s",
        seq=len(verdict_log(store)),
        item_id=item_id(path),
        auditor="Ana",
    )


@pytest.mark.parametrize(
    ("verdict", "labels", "final"),
    [
        ("keep", [], "cat"),
        ("unsure", [], "cat"),
        ("relabel", ["dog"], "dog"),
        ("ambiguous", ["dog", "cat"], "cat|dog"),
        ("none", [], None),
        ("bad image", [], None),
    ],
)
def test_final_label_follows_from_the_verdict(store, verdict, labels, final):
    assert final_of(store) == "cat"
    give(store, verdict, *labels)
    assert final_of(store) == final
    assert (final or "") == final_label("cat", verdict, labels)


def final_of(store, path="0.jpg"):
    (final,) = (row["final"] for row in store.input_rows() if row["path"] == path)
    return final


def relist(store, label):
    store.replace_listing(records({"0.jpg": label, "1.jpg": "dog"}))


def test_label_that_the_input_changes_after_a_keep_is_final_and_the_verdict_outdated(store):
    give(store, "keep")
    relist(store, "dog")
    assert final_of(store) == "dog"
    assert store.outdated_verdicts([item_id("0.jpg")]) == {
        item_id("0.jpg"): ("keep", "cat", "label")
    }
    relist(store, "cat")
    assert store.judged_ids() == {item_id("0.jpg"): "keep"}


@pytest.mark.parametrize(("verdict", "labels"), [("relabel", ["emu"]), ("none", [])])
def test_verdict_that_names_its_label_itself_holds_whatever_the_input_gives(store, verdict, labels):
    give(store, verdict, *labels)
    relist(store, "dog")
    assert final_of(store) == next(iter(labels), None)


def test_final_label_of_an_unlabeled_item_is_empty_until_it_is_given_one(store):
    relist(store, None)
    assert final_of(store) is None
    give(store, "keep")
    assert final_of(store) is None
    relist(store, "dog")
    assert final_of(store) == "dog"
    relist(store, None)
    give(store, "relabel", "dog")
    assert final_of(store) == "dog"


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_its_texts_and_what_follows_from_it(store, verdict):
    term = VERDICTS[verdict]
    assert all((term.title, term.past, term.summary, term.mark, term.color, term.actions))
    least, _ = term.classes
    assert bool(least) == (term.leaves == "classes") == bool(term.needs) == bool(term.named)
    give(store, verdict, *["dog", "emu"][:least])
    assert (final_of(store) is None) == (term.leaves == "nothing")


def test_no_key_of_the_desk_gives_two_verdicts():
    keys = [key for term in VERDICTS.values() for one in term.actions for key in one.keys]
    assert len(keys) == len(set(keys))
    assert not {"c", "r"} & set(keys), "Streamlit has these"


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
    assert verdict_log(store) == []


def test_label_said_twice_counts_once(store):
    give(store, "relabel", "dog", "dog")
    assert store.current_verdicts()[item_id("0.jpg")]["labels"] == ["dog"]


def test_unlabeled_item_is_given_a_label(store):
    give(store, "relabel", "dog", path="5.jpg")
    assert store.judged_ids() == {item_id("5.jpg"): "relabel"}
