"""What decides where several people have spoken, and what waits for whom."""

import sqlite3

import pytest
from sqlite_utils import Database

from core.audit import item_id
from core.store import Store, StoreError
from core.store.migrations import migrations
from tests.core.making import Auditor, file_found, verdict_log, verdict_of

FIRST = item_id("0.jpg")


@pytest.fixture
def cleo(store):
    return Auditor(store, "Cleo")


def decided(store):
    row = store.current_verdicts()[FIRST]
    return row["auditor"], row["verdict"], row["labels"]


def test_latest_word_decides_while_nobody_adjudicates(store, ana, ben):
    ana.judge("0.jpg", "none")
    ben.judge("0.jpg", "keep", role="second")
    assert decided(store) == ("Ben", "keep", [])


def test_who_is_unsure_decides_nothing_while_somebody_is_sure(store, ana, ben):
    ana.judge("0.jpg", "none")
    ben.judge("0.jpg", "unsure", role="second")
    assert decided(store) == ("Ana", "none", [])
    store.set_final_rule("latest")
    assert decided(store) == ("Ben", "unsure", [])


def test_adjudicator_has_the_last_word(store, ana, ben, cleo):
    ana.judge("0.jpg", "none")
    ben.judge("0.jpg", "keep", role="second")
    cleo.judge("0.jpg", "relabel", ["dog"], role="adjudication")
    ana.judge("0.jpg", "none")
    assert decided(store) == ("Cleo", "relabel", ["dog"])
    store.set_final_rule("latest")
    assert decided(store) == ("Ana", "none", [])
    store.set_final_rule("adjudicated")
    cleo.undo("0.jpg")
    assert decided(store) == ("Ana", "none", [])


def test_majority_counts_people_by_what_their_words_come_to(store, ana, ben, cleo):
    store.set_final_rule("majority")
    ana.judge("0.jpg", "relabel", ["dog"])
    ben.judge("0.jpg", "relabel", ["dog"], role="second")
    cleo.judge("0.jpg", "keep", role="second")
    assert decided(store) == ("Ben", "relabel", ["dog"])
    ana.judge("0.jpg", "keep")
    assert decided(store) == ("Ana", "keep", [])


def test_adjudicator_breaks_a_tie_of_the_majority(store, ana, ben, cleo):
    store.set_final_rule("majority")
    ana.judge("0.jpg", "none")
    cleo.judge("0.jpg", "none", role="adjudication")
    ben.judge("0.jpg", "keep", role="second")
    assert decided(store) == ("Cleo", "none", [])


def test_unknown_rule_is_refused(store):
    with pytest.raises(StoreError, match="no rule 'loudest'"):
        store.set_final_rule("loudest")


def test_keep_and_relabel_agree_when_they_come_to_the_same_class(store, ana, ben):
    ana.judge("0.jpg", "relabel", ["dog"])
    ben.judge("0.jpg", "ambiguous", ["dog", "cat"], role="second")
    ben.judge("2.jpg", "ambiguous", ["cat", "dog"])
    ana.judge("2.jpg", "keep")
    choices = {(row["item_id"], row["auditor_id"]): row["choice"] for row in verdict_log(store)}
    first, second = store.auditor_id("Ana"), store.auditor_id("Ben")
    assert choices[FIRST, first] == choices[item_id("2.jpg"), first]
    assert choices[FIRST, second] == choices[item_id("2.jpg"), second]


def test_table_of_what_decides_follows_a_picture_that_changes(store, ana):
    store.record_files([file_found("0.jpg", "a")], {})
    ana.judge("0.jpg", "none")
    store.record_files([file_found("0.jpg", "b")], {})
    assert verdict_of(store, "0.jpg") is None
    store.record_files([file_found("0.jpg", "a")], {})
    assert verdict_of(store, "0.jpg") == "none"


def test_second_look_is_for_somebody_else_who_has_not_judged_it(store, ana, ben, cleo):
    store.set_second_share(1)
    ana.judge("0.jpg", "none")
    ben.judge("1.jpg", "keep")
    assert store.second_review_ids("Ana") == [item_id("1.jpg")]
    assert store.second_review_ids("Cleo") == [FIRST, item_id("1.jpg")]
    cleo.judge("0.jpg", "keep", role="second")
    assert store.second_review_ids("Cleo") == [FIRST, item_id("1.jpg")]
    assert store.own_verdicts("Cleo", "second") == {FIRST: "keep"}
    assert store.second_review_ids("Ben") == []


def test_share_of_second_looks_is_drawn_by_id_and_unsure_ones_always_come(store, ana):
    ids = sorted(item_id(f"{number}.jpg") for number in range(3))
    for number in range(3):
        ana.judge(f"{number}.jpg", "keep")
    store.set_second_share(int(ids[0], 16) / 16**16 + 1e-9)
    assert store.second_review_ids("Ben") == ids[:1]
    store.set_second_share(0)
    assert store.second_review_ids("Ben") == []
    ana.judge("1.jpg", "unsure")
    assert store.second_review_ids("Ben") == [item_id("1.jpg")]


def test_first_word_is_not_for_whoever_may_give_the_second(store, ana, ben, cleo):
    store.set_second_share(0)
    ana.judge("0.jpg", "unsure")
    ana.judge("1.jpg", "none")
    ids = [FIRST, item_id("1.jpg"), item_id("2.jpg")]
    assert store.awaits_second("Ben", ids) == {FIRST}
    assert store.awaits_second("Ana", ids) == set()
    store.set_second_share(1)
    assert store.awaits_second("Ben", ids) == {FIRST, item_id("1.jpg")}
    ben.judge("0.jpg", "keep", role="second")
    assert store.awaits_second("Ben", ids) == store.awaits_second("Cleo", ids)
    assert store.awaits_second("Cleo", ids) == {item_id("1.jpg")}


def test_items_of_which_somebody_was_unsure_stay_in_their_queue(store, ana, ben):
    ana.judge("0.jpg", "unsure")
    ben.judge("0.jpg", "keep")
    ana.judge("1.jpg", "unsure")
    ana.undo("1.jpg")
    assert store.unsure_ids() == [FIRST]


def test_disagreement_waits_for_whoever_adjudicates(store, ana, ben, cleo):
    ana.judge("0.jpg", "none")
    ben.judge("0.jpg", "keep", role="second")
    ana.judge("1.jpg", "none")
    ben.judge("1.jpg", "unsure", role="second")
    assert store.disputed_ids() == [FIRST]
    assert store.adjudications() == {}
    cleo.judge("0.jpg", "none", role="adjudication")
    assert store.disputed_ids() == [FIRST]
    assert store.adjudications() == {FIRST: "none"}


def test_disputed_label_teaches_the_ranking_nothing_until_it_is_settled(store, ana, ben, cleo):
    ana.judge("0.jpg", "none")
    ben.judge("0.jpg", "keep", role="second")
    assert FIRST not in store.trusted_labels()
    cleo.judge("0.jpg", "none", role="adjudication")
    assert store.trusted_labels()[FIRST].is_error


def test_words_of_an_item_in_the_order_they_were_said(store, ana, ben):
    ana.judge("0.jpg", "none")
    ben.judge("0.jpg", "relabel", ["dog"], role="second")
    ana.judge("0.jpg", "keep")
    words = store.annotations([FIRST, item_id("1.jpg")])
    assert [(w["auditor"], w["verdict"], w["labels"]) for w in words[FIRST]] == [
        ("Ben", "relabel", ["dog"]),
        ("Ana", "keep", []),
    ]


def test_older_database_learns_what_its_verdicts_come_to(tmp_path):
    old = Database(sqlite3.connect(tmp_path / "audit.db"))
    migrations.apply(old, stop_before="m006_people")
    old.table("classes").insert_all([{"id": 5, "name": "cat"}, {"id": 7, "name": "dog"}])
    old.table("items").insert({"id": "x", "path": "x.jpg", "row": 0, "content_hash": "a"})
    old.table("auditors").insert({"id": 1, "name": "Ana", "since": "then"})
    row = {"item_id": "x", "auditor_id": 1, "given_id": 5, "stream": "queue", "at": "then"}
    said = ["keep", "relabel", "ambiguous", "none"]
    for number, verdict in enumerate(said, start=1):
        old.table("verdicts").insert(row | {"verdict": verdict, "session": "s", "seq": number})
    old.table("verdict_classes").insert_all(
        {"verdict_id": verdict, "position": position, "class_id": class_id}
        for verdict, position, class_id in [(2, 0, 7), (3, 0, 7), (3, 1, 5)]
    )
    old.close()
    store = Store(tmp_path / "audit.db")
    log = verdict_log(store)
    assert [row["choice"] for row in log] == ["5", "7", "5|7", "none"]
    assert [row["action"] for row in log] == ["s:1", "s:2", "s:3", "s:4"]
    assert store.judged_ids() == {"x": "none"}
    store.undo_action(session="t", seq=0, auditor="Ana")
    assert store.judged_ids() == {"x": "ambiguous"}
    store.close()


def test_labels_of_one_verdict_are_looked_up_and_those_of_others_left_alone(store, ana):
    """Else whatever shows relabeled images would take time by the square of their number."""
    verdict = ana.judge("0.jpg", "ambiguous", ["emu", "cat"])
    sql = "select labels from verdict_labels where verdict_id = ?"
    assert store._query(sql, [verdict]) == [{"labels": '["emu","cat"]'}]
    plan = [row["detail"] for row in store._query(f"explain query plan {sql}", [verdict])]
    assert not [step for step in plan if step.startswith("SCAN one")], plan
    assert [step for step in plan if step.startswith("SEARCH one")], plan
