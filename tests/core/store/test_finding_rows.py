"""What was found beside the ranking, in the database."""

import pytest

from core.audit import item_id
from core.findings import FINDINGS
from tests.core.making import records

KINDS = tuple(FINDINGS)


def row(kind, position, path, group=None, score=0.9, exact=False):
    return {
        "kind": kind,
        "position": position,
        "group_id": item_id(group or path),
        "item_id": item_id(path),
        "score": score,
        "exact": exact,
    }


def score(store, *paths):
    store.replace_scores(
        {
            "item_id": item_id(path),
            "suspicion": 0.5,
            "p_given": 0.4,
            "p_suggested": 0.6,
            "is_suspect": True,
        }
        for path in paths
    )


@pytest.fixture
def found(store):
    """A cat and a dog of the same bytes, a dog near them; two copies and an odd one."""
    store.replace_findings(
        [
            row("conflicts", 0, "2.jpg", "0.jpg", 1, exact=True),
            row("conflicts", 1, "0.jpg", "0.jpg", 1, exact=True),
            row("conflicts", 2, "3.jpg", "0.jpg"),
            row("duplicates", 0, "5.jpg", "1.jpg"),
            row("duplicates", 1, "1.jpg", "1.jpg"),
            row("outliers", 0, "4.jpg", score=4.2, exact=None),
        ]
    )
    score(store, *(f"{n}.jpg" for n in range(5)))
    return store


def test_findings_come_back_in_their_order_with_all_that_is_known(found):
    assert [row["path"] for row in found.findings("conflicts")] == ["2.jpg", "0.jpg", "3.jpg"]
    assert found.findings("outliers") == [
        {
            "kind": "outliers", "position": 0, "group_id": item_id("4.jpg"),
            "id": item_id("4.jpg"), "path": "4.jpg", "given": "emu", "split": None,
            "score": 4.2, "match": None, "note": None,
        }
    ]  # fmt: skip
    assert [row["match"] for row in found.findings("conflicts")] == ["exact", "exact", "near"]


def test_findings_go_on_after_the_last_one_seen(found):
    first = found.findings("conflicts", limit=2)
    rest = found.findings("conflicts", after=first[-1]["position"])
    assert first + rest == found.findings("conflicts")
    assert found.findings("conflicts", after=rest[-1]["position"]) == []


def counts(store):
    return {kind: row["count"] for kind, row in store.finding_counts().items()}


def test_only_ranked_items_are_counted_and_queued(found):
    assert counts(found) == {"conflicts": 3, "duplicates": 1, "outliers": 1}
    assert found.finding_ids("duplicates") == [item_id("1.jpg")]
    assert [row["path"] for row in found.findings("duplicates")] == ["5.jpg", "1.jpg"]


def test_those_with_a_verdict_that_stands_are_counted(found, ana):
    ana.judge("0.jpg")
    ana.judge("2.jpg")
    ana.undo("2.jpg")
    assert found.finding_counts()["conflicts"] == {"count": 3, "reviewed": 1}


def test_an_item_that_is_listed_no_more_is_in_no_finding(found):
    found.replace_listing(records({"2.jpg": "dog", "3.jpg": "dog"}))
    assert found.finding_ids("conflicts") == [item_id("2.jpg"), item_id("3.jpg")]
    assert [row["path"] for row in found.findings("conflicts")] == ["2.jpg", "3.jpg"]
    assert counts(found) == {"conflicts": 2}


def test_new_findings_take_the_place_of_all_others(found):
    found.replace_findings([row("outliers", 0, "1.jpg")])
    assert counts(found) == {"outliers": 1}
    assert all(found.findings(kind) == [] for kind in KINDS[:3])


def test_findings_that_cannot_be_stored_leave_the_others(found):
    with pytest.raises(Exception, match="FOREIGN KEY"):
        found.replace_findings([row("outliers", 0, "1.jpg"), row("outliers", 1, "unknown.jpg")])
    assert counts(found)["conflicts"] == 3


def test_what_copies_are_labeled_instead_is_known_of_each(found):
    ids = [item_id(f"{n}.jpg") for n in range(6)]
    assert found.conflicting_copies(ids) == {
        item_id("2.jpg"): {"labels": ["cat"], "exact": True, "similar": False},
        item_id("0.jpg"): {"labels": ["dog"], "exact": True, "similar": False},
        item_id("3.jpg"): {"labels": ["cat"], "exact": False, "similar": False},
    }
    assert found.conflicting_copies([]) == {}


def test_a_label_that_several_copies_carry_is_named_once(found):
    found.replace_findings(
        row("conflicts", n, f"{path}.jpg", "0.jpg") for n, path in enumerate((0, 1, 2, 3, 4))
    )
    assert found.conflicting_copies([item_id("4.jpg")])[item_id("4.jpg")]["labels"] == [
        "cat", "dog",
    ]  # fmt: skip
