"""Which verdict decides under a rule, and how the label is said to have come about."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.audit import item_id
from core.review.final_rule import ONLY, how_decided
from core.store import Store
from core.terms import RULES, VERDICTS, Role, Rule, Verdict
from tests.core.making import Auditor, records


def annotations(*given):
    """Rows of `Store.shared_annotations` from (auditor, choice, role), oldest first."""
    return [
        {"id": n, "item_id": "i", "auditor": who, "choice": choice, "role": role,
         "verdict": choice if choice in set(Verdict) else "relabel"}
        for n, (who, choice, role) in enumerate(given)
    ]  # fmt: skip


def deciding(rows, rule):
    """The annotation that decides, in plain Python."""

    def is_sure(row):
        return VERDICTS[Verdict(row["verdict"])].is_sure

    def votes(row):
        voters = [other for other in rows if other["role"] != Role.ADJUDICATION]
        return sum(other["choice"] == row["choice"] for other in voters)

    def weight(row):
        adjudicates = row["role"] == Role.ADJUDICATION
        if rule == Rule.LATEST or not is_sure(row):
            return 0, 0, row["id"]
        if rule == Rule.MAJORITY:
            return votes(row), int(adjudicates), row["id"]
        return 1 + adjudicates, 0, row["id"]

    return max(rows, key=weight)


def decided(rows, rule):
    """Rows with a mark on the one that decides."""
    best = deciding(rows, rule)["id"] if rows else None
    return [row | {"decides": row["id"] == best} for row in rows]


def review(who, choice):
    return who, choice, "review"


def adjudication(who, choice):
    return who, choice, "adjudication"


ANA, BEN, DAN = review("Ana", "1"), ("Ben", "1", "second"), review("Dan", "2")


@pytest.mark.parametrize(
    ("given", "adjudicated", "latest", "majority"),
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
def test_how_a_label_came_about(given, adjudicated, latest, majority):
    how = [how_decided(decided(annotations(*given), rule), rule) for rule in RULES]
    assert how == [adjudicated, latest, majority]


def test_every_rule_and_role_has_its_texts():
    assert set(RULES) == set(Rule)
    assert all(term.title and term.meaning for term in RULES.values())


ANY_VERDICT = st.sampled_from([
    ("keep", ()), ("relabel", ("dog",)), ("none", ()), ("unsure", ()), ("ambiguous", ("dog", "cat"))
])  # fmt: skip
ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["Ana", "Ben", "Cleo", "Dan"]),
        st.sampled_from(list(Role)),
        ANY_VERDICT,
        st.booleans(),
    ),
    max_size=9,
)


@given(ACTIONS)
@settings(max_examples=40, deadline=None)
def test_the_database_decides_by_the_rule_and_counts_what_another_would_change(actions):
    with TemporaryDirectory() as name:
        store = Store(Path(name) / "audit.db")
        store.replace_listing(records({"0.jpg": "cat", "1.jpg": "dog"}))
        people = {}
        for who, role, (verdict, labels), undone in actions:
            auditor = people.setdefault(who, Auditor(store, who))
            auditor.judge("0.jpg", verdict, labels, role=role)
            if undone:
                auditor.undo("0.jpg")
        finals = {}
        for rule in RULES:
            store.set_final_rule(rule)
            item = [row for row in store.shared_annotations() if row["item_id"] == item_id("0.jpg")]
            decides = store.current_verdicts().get(item_id("0.jpg"))
            (finals[rule],) = (row["final"] for row in store.input_rows() if row["path"] == "0.jpg")
            if item:
                assert deciding(item, rule)["id"] == decides["id"]
                assert [row["decides"] for row in decided(item, rule)] == [
                    bool(row["decides"]) for row in item
                ]
                assert how_decided(item, rule)
        changes = store.changes_by_rule()
        assert changes == {rule: finals[rule] != finals[Rule.MAJORITY] for rule in RULES}
        store.close()
