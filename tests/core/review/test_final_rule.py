"""The rule in Python says what the database does under it."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.audit import item_id
from core.review.final_rule import MEANINGS, ONLY, TITLES, by_item, changes, deciding, how_decided
from core.store import Store
from core.store.decisions import RULES
from tests.core.making import Auditor, records


def words(*said):
    """Rows of `Store.shared_words` from (auditor, choice, role), oldest first."""
    return [
        {"id": n, "item_id": "i", "auditor": who, "choice": choice, "role": role, "label": choice,
         "verdict": choice if choice in ("none", "unsure") else "relabel"}
        for n, (who, choice, role) in enumerate(said)
    ]  # fmt: skip


def review(who, choice):
    return who, choice, "review"


def adjudication(who, choice):
    return who, choice, "adjudication"


ANA, BEN, DAN = review("Ana", "1"), ("Ben", "1", "second"), review("Dan", "2")


@pytest.mark.parametrize(
    ("said", "adjudicated", "latest", "majority"),
    [
        ([ANA, BEN], "agreed by 2", "agreed by 2", "agreed by 2"),
        ([ANA, DAN], "latest of 2", "latest of 2", "latest of 2"),
        ([ANA, BEN, DAN], "latest of 3", "latest of 3", "majority 2 of 3"),
        ([ANA, DAN, adjudication("Cleo", "1")], "adjudicated", "latest of 3", "adjudicated"),
        ([ANA, DAN, adjudication("Cleo", "3")], "adjudicated", "latest of 3", "latest of 2"),
        ([ANA, BEN, DAN, adjudication("Cleo", "2")], "adjudicated", "latest of 4",
         "majority 2 of 3"),
        ([ANA, review("Ben", "unsure")], ONLY, "latest of 2", ONLY),
        ([review("Ana", "unsure"), review("Ben", "unsure")], "agreed by 2", "agreed by 2",
         "agreed by 2"),
        ([review("Ana", "1"), adjudication("Ana", "1")], "adjudicated", "latest of 2", ONLY),
        ([], ONLY, ONLY, ONLY),
    ],
)  # fmt: skip
def test_how_a_label_came_about(said, adjudicated, latest, majority):
    told = [how_decided(words(*said), rule) for rule in RULES]
    assert told == [adjudicated, latest, majority]


def test_changes_count_labels_and_not_words():
    items = {
        "a": words(ANA, BEN, DAN),
        "b": words(ANA, BEN),
        "c": words(review("Ana", "2"), ("Ben", "none", "second"), adjudication("Cleo", "2")),
    }
    assert changes(items, "majority") == {"adjudicated": 1, "latest": 1, "majority": 0}
    assert changes(items, "latest")["majority"] == 1


def test_every_rule_has_a_name_and_a_meaning():
    assert set(TITLES) == set(MEANINGS) == set(RULES)


VERDICTS = st.sampled_from([("keep", ()), ("relabel", ("dog",)), ("none", ()), ("unsure", ())])
ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["Ana", "Ben", "Cleo", "Dan"]),
        st.sampled_from(["review", "second", "adjudication"]),
        VERDICTS,
        st.booleans(),
    ),
    max_size=9,
)


@given(ACTIONS)
@settings(max_examples=40, deadline=None)
def test_rule_decides_as_the_database_does(actions):
    with TemporaryDirectory() as name:
        store = Store(Path(name) / "audit.db")
        store.replace_listing(records({"0.jpg": "cat", "1.jpg": "dog"}))
        people = {}
        for who, role, (verdict, labels), undone in actions:
            auditor = people.setdefault(who, Auditor(store, who))
            auditor.judge("0.jpg", verdict, labels, role=role)
            if undone:
                auditor.undo("0.jpg")
        item = by_item(store.shared_words()).get(item_id("0.jpg"), [])
        for rule in RULES:
            store.set_final_rule(rule)
            decides = store.current_verdicts().get(item_id("0.jpg"))
            if item:
                assert deciding(item, rule)["id"] == decides["id"]
                assert how_decided(item, rule)
        store.close()
