"""Classes are renamed, merged, split, described and retired; each change is logged and undone."""

import pytest

from core.audit import item_id
from core.query.parse import parse
from core.review import class_changes
from core.review.class_changes import Suggestion
from core.review.verdicts import give_verdict
from core.store import StoreError
from core.terms import ClassChange, Verdict
from tests.core.making import file_found, records, verdict_log


def finals(store):
    return {row["path"]: row["final"] for row in store.input_rows()}


def givens(store):
    return {row["path"]: row["given"] for row in store.input_rows()}


def score(store, path, suggested, p_given=0.1, p_suggested=0.8):
    ids = {name: class_id for class_id, name in store.class_names().items()}
    row = {"item_id": item_id(path), "suspicion": 1 - p_given, "p_given": p_given}
    store.replace_scores(
        [
            row
            | {
                "suggested_id": ids[suggested],
                "p_suggested": p_suggested,
                "is_suspect": p_suggested > p_given,
            }
        ]
    )


def list_labels(store, **labels):
    """List paths by name with their labels; each has a content of its own, named so."""
    store.replace_listing(records({f"{name}.jpg": label for name, label in labels.items()}))
    store.record_files([file_found(f"{name}.jpg", f"content {name}") for name in labels], {})
    store.place_verdicts()


def test_renamed_class_is_called_so_wherever_it_is_shown_and_exported(store, ana):
    ana.judge("2.jpg", "relabel", ["cat"])
    class_changes.rename(store, "cat", "lion", auditor="Ana")
    assert finals(store) == {
        "0.jpg": "lion", "1.jpg": "lion", "2.jpg": "lion", "3.jpg": "dog", "4.jpg": "emu",
        "5.jpg": None,
    }  # fmt: skip
    assert store.offered_classes() == ["dog", "emu", "lion"]
    assert store.items([item_id("0.jpg")])[item_id("0.jpg")]["given"] == "lion"
    assert len(store.match_ids(store.parse_query("given:lion"))) == 2
    assert store.current_verdicts()[item_id("2.jpg")]["labels"] == ["lion"]


def test_input_that_still_spells_a_renamed_class_as_before_means_it(store):
    class_changes.rename(store, "cat", "lion", auditor="Ana")
    store.replace_listing(records({"0.jpg": "cat", "1.jpg": "lion"}))
    assert givens(store) == {"0.jpg": "lion", "1.jpg": "lion"}


def test_verdict_that_names_a_class_as_it_was_called_is_on_that_class(store):
    class_changes.rename(store, "cat", "lion", auditor="Ana")
    give_verdict(
        store, Verdict.RELABEL, ["cat"], session="s", seq=0, item_id=item_id("2.jpg"),
        auditor="Ana", given="dog",
    )  # fmt: skip
    assert finals(store)["2.jpg"] == "lion"


def test_two_classes_can_swap_their_names_and_back(store):
    class_changes.rename(store, "cat", "x", auditor="Ana")
    class_changes.rename(store, "dog", "y", auditor="Ana")
    with pytest.raises(StoreError, match="was the name of another class"):
        class_changes.rename(store, "x", "dog", auditor="Ana")


def test_merged_classes_are_one_for_labels_verdicts_and_what_is_suggested(store, ana, ben):
    score(store, "0.jpg", "dog")
    ana.judge("0.jpg", "keep")
    ana.judge("4.jpg", "relabel", ["cat"])
    ben.judge("4.jpg", "relabel", ["dog"])
    ana.judge("5.jpg", "ambiguous", ["cat", "dog"])
    assert len(store.disputed_ids()) == 1
    class_changes.merge(store, ["cat"], "dog", auditor="Ana")
    assert set(finals(store).values()) == {"dog"}
    assert store.disputed_ids() == []
    assert store.counts()["suspects"] == 0
    assert store.counts()["classes"] == 2
    assert store.offered_classes() == ["dog", "emu"]
    assert store.judged_ids()[item_id("0.jpg")] == "keep"
    assert store.trusted_labels()[item_id("4.jpg")].labels == ("dog",)


def test_merge_and_what_follows_can_be_undone(store, ana):
    ana.judge("4.jpg", "relabel", ["cat"])
    ana.judge("5.jpg", "ambiguous", ["cat", "dog"])
    before, given = finals(store), givens(store)
    class_changes.merge(store, ["cat", "emu"], "dog", auditor="Ana")
    ana.judge("0.jpg", "keep")
    assert class_changes.undo(store, auditor="Ana") == "emu merged into dog"
    assert class_changes.undo(store, auditor="Ana") == "cat merged into dog"
    assert (finals(store) | {"0.jpg": "cat"}, givens(store)) == (before, given)
    # What was kept while the two were one was a dog.
    assert store.outdated_verdicts([item_id("0.jpg")])[item_id("0.jpg")].given == "dog"
    with pytest.raises(StoreError, match="No change of classes"):
        class_changes.undo(store, auditor="Ana")


def test_class_merged_into_one_that_is_merged_later_follows_it(store):
    class_changes.merge(store, ["cat"], "dog", auditor="Ana")
    class_changes.merge(store, ["dog"], "emu", auditor="Ana")
    assert set(givens(store).values()) == {"emu", None}
    store.replace_listing(records({"0.jpg": "cat"}))
    assert givens(store) == {"0.jpg": "emu"}


def test_split_relabels_a_selection_and_is_undone_as_one(store):
    selected = parse("given:cat")
    count = class_changes.split(store, selected, "lion", auditor="Ana", session="s")
    assert (count, finals(store)["0.jpg"]) == (2, "lion")
    assert "lion" in store.offered_classes()
    class_changes.undo(store, auditor="Ben")
    assert finals(store)["0.jpg"] == "cat"
    assert store.judged_ids() == {}
    assert "lion" not in store.offered_classes()
    assert len(verdict_log(store)) == 4


def test_split_of_nothing_or_under_a_name_that_is_taken_changes_nothing(store):
    with pytest.raises(StoreError, match="No image is selected"):
        class_changes.split(store, parse("given:cat path:no"), "lion", auditor="A", session="s")
    with pytest.raises(StoreError, match="already"):
        class_changes.split(store, parse("given:cat"), "dog", auditor="Ana", session="s")
    assert store.class_log() == []


def test_retired_class_is_offered_no_more_and_keeps_its_items(store):
    class_changes.retire(store, "emu", auditor="Ana")
    assert store.offered_classes() == ["cat", "dog"]
    assert finals(store)["4.jpg"] == "emu"
    class_changes.restore(store, "emu", auditor="Ana")
    assert store.offered_classes() == ["cat", "dog", "emu"]


def test_class_that_nothing_has_any_more_is_not_offered(store, ana):
    ana.judge("4.jpg", "keep")
    store.replace_listing(records({"0.jpg": "cat", "4.jpg": "ostrich"}))
    assert store.offered_classes() == ["cat", "ostrich"]


def test_added_class_is_offered_though_nothing_has_it(store):
    class_changes.add(store, "yak", auditor="Ana")
    assert "yak" in store.offered_classes()
    class_changes.describe(store, "yak", " a shaggy ox ", auditor="Ana")
    (yak,) = (row for row in store.classes() if row["name"] == "yak")
    assert (yak["description"], yak["items"]) == ("a shaggy ox", 0)


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 201])
def test_what_is_no_name_is_refused(store, name):
    with pytest.raises(StoreError, match="name"):
        class_changes.rename(store, "cat", name, auditor="Ana")


def test_class_that_does_not_exist_or_is_the_same_is_refused(store):
    with pytest.raises(StoreError, match="no class 'yak'"):
        class_changes.retire(store, "yak", auditor="Ana")
    with pytest.raises(StoreError, match="into itself"):
        class_changes.merge(store, ["cat"], "cat", auditor="Ana")
    with pytest.raises(StoreError, match="merge 'cat' into it instead"):
        class_changes.rename(store, "cat", "dog", auditor="Ana")


def test_folder_that_was_renamed_is_proposed_and_its_verdicts_come_with_it(store, ana):
    list_labels(store, a="dgo", b="dgo", c="cat")
    ana.judge("a.jpg", "keep")
    ana.judge("c.jpg", "relabel", ["dgo"])
    store.replace_listing(records({"new/a.jpg": "dog", "new/b.jpg": "dog", "c.jpg": "cat"}))
    store.record_files([file_found(f"new/{name}.jpg", f"content {name}") for name in "ab"], {})
    store.place_verdicts()
    (proposed,) = class_changes.suggestions(store)
    assert proposed == Suggestion("dgo", "dog", "renamed", 2)
    assert store.outdated_verdicts([item_id("new/a.jpg")])[item_id("new/a.jpg")].given == "dgo"
    class_changes.merge(store, [proposed.former], proposed.now, auditor="Ana")
    assert store.judged_ids() == {item_id("new/a.jpg"): "keep", item_id("c.jpg"): "relabel"}
    assert finals(store) == {"new/a.jpg": "dog", "new/b.jpg": "dog", "c.jpg": "dog"}
    assert class_changes.suggestions(store) == []


def test_labels_that_were_renamed_in_the_table_are_proposed(store):
    list_labels(store, a="dgo", b="dgo", c="cat")
    list_labels(store, a="dog", b="dog", c="cat")
    assert class_changes.suggestions(store) == [Suggestion("dgo", "dog", "renamed", 2)]


def test_class_whose_items_went_to_an_old_one_is_not_taken_for_renamed(store):
    list_labels(store, a="dgo", b="cat", c="cat", d="cat")
    list_labels(store, a="cat", b="cat", c="cat", d="cat")
    assert class_changes.suggestions(store) == []


def test_names_that_differ_only_in_writing_are_proposed_until_they_are_kept_apart(store):
    list_labels(store, a="cat", b="Cat", c="cat ", d="cafe\u0301", e="caf\u00e9", f="cat")
    found = class_changes.suggestions(store)
    assert {(one.former, one.now) for one in found} == {
        ("Cat", "cat"), ("cat ", "cat"), ("cafe\u0301", "caf\u00e9"),
    }  # fmt: skip
    class_changes.separate(store, "Cat", "cat", auditor="Ana")
    assert len(class_changes.suggestions(store)) == 2


def test_every_change_has_its_sentence_and_its_author(store):
    class_changes.rename(store, "cat", "lion", auditor="Ana")
    class_changes.undo(store, auditor="Ben")
    assert [(class_changes.sentence(row), row["auditor"]) for row in store.class_log()] == [
        ("cat renamed to lion", "Ana"), ("undone", "Ben"),
    ]  # fmt: skip
    for kind in ClassChange:
        row = {"kind": kind, "class_spelling": "cat", "other": "dog", "text": "lion"}
        assert class_changes.sentence(row).startswith("cat")


def test_log_of_classes_can_only_grow(store):
    class_changes.retire(store, "cat", auditor="Ana")
    with pytest.raises(Exception, match="append-only"), store.transaction() as db:
        db.execute("update class_log set kind = 'restore'")
