"""Nobody decides in somebody else's name, or in a role that is not theirs."""

import pytest

from core.audit import item_id
from core.review.desk.conversation import store_actions
from core.review.sender import Sender, check_same
from core.store import StoreError
from tests.core.making import Auditor, verdict_log

ANA = Sender("Ana", is_logged_in=True)


def sent(verdict="keep", auditor="Ana", path="0.jpg", seq=0, **more):
    return {
        "session": "s", "seq": seq, "item": item_id(path), "verdict": verdict, "labels": [],
        "content_hash": None, "given": "cat", "auditor": auditor,
    } | more  # fmt: skip


def log(store):
    return [(row["verdict"], row["role"]) for row in verdict_log(store)]


@pytest.mark.parametrize("verdict", ["keep", "undo", "redo"])
def test_action_in_another_name_than_the_login_is_refused_for_good(store, verdict):
    ben = Auditor(store, "Ben")
    ben.judge("0.jpg", "none")
    if verdict == "redo":
        ben.undo("0.jpg")
    before = verdict_log(store)
    (answer,) = store_actions(store, [sent(verdict, auditor="Ben")], ANA)
    assert (answer["ok"], answer["retry"]) == (False, False)
    assert answer["reason"] == "This was done as 'Ben', and you are 'Ana'; nothing was stored."
    assert verdict_log(store) == before


def test_adjudication_planted_in_another_name_is_refused(store):
    Auditor(store, "Ana").judge("0.jpg", "keep")
    Auditor(store, "Ben").judge("0.jpg", "none", role="second")
    planted = sent("keep", auditor="Cleo", role="adjudication")
    assert not store_actions(store, [planted], ANA)[0]["ok"]
    assert store.adjudications() == {}


def test_reason_is_short_however_long_the_name_is(store):
    (answer,) = store_actions(store, [sent(auditor="B" * 9000)], ANA)
    assert len(answer["reason"]) < 300


def test_without_a_login_what_somebody_has_left_is_stored_as_theirs(store):
    (answer,) = store_actions(store, [sent(auditor="Ana")], Sender("Ben"))
    assert answer["ok"]
    assert store.current_verdicts()[item_id("0.jpg")]["auditor"] == "Ana"


@pytest.mark.parametrize("role", ["second", "adjudication", "owner"])
@pytest.mark.parametrize("open_role", ["review", "second", "adjudication"])
def test_role_that_an_item_does_not_ask_for_is_refused(store, role, open_role):
    (answer,) = store_actions(store, [sent(role=role)], Sender("Ana", open_role))
    assert (answer["ok"], answer["retry"]) == (False, False)
    assert verdict_log(store) == []


def test_nobody_reviews_their_own_verdict_blind(store):
    Auditor(store, "Ana").judge("0.jpg", "none")
    (answer,) = store_actions(store, [sent(role="second")], Sender("Ana", "second"))
    assert answer["reason"].startswith("This image does not wait for a blind second review by Ana")
    assert log(store) == [("none", "review")]


def test_disagreement_may_be_adjudicated_also_by_an_action_that_arrives_late(store):
    """The server was gone; the desk has another queue open when it is back."""
    Auditor(store, "Ana").judge("0.jpg", "keep")
    Auditor(store, "Ben").judge("0.jpg", "none", role="second")
    assert store_actions(store, [sent("none", auditor="Cleo", role="adjudication")], Sender("Cleo"))
    assert log(store)[-1] == ("none", "adjudication")


def test_second_review_that_arrives_late_is_stored_as_one(store):
    Auditor(store, "Ana").judge("0.jpg", "keep")
    store_actions(store, [sent("none", auditor="Ben", role="second")], Sender("Ben"))
    assert log(store)[-1] == ("none", "second")


def test_adjudication_is_not_lost_when_an_auditor_gives_in_meanwhile(store):
    Auditor(store, "Ana").judge("0.jpg", "keep")
    ben = Auditor(store, "Ben")
    ben.judge("0.jpg", "none", role="second")
    ben.judge("0.jpg", "keep", role="second")
    action = sent("none", auditor="Cleo", role="adjudication")
    assert not store_actions(store, [action | {"seq": 1}], Sender("Cleo"))[0]["ok"]
    assert store_actions(store, [action], Sender("Cleo", "adjudication"))[0]["ok"]


def test_what_is_stored_is_confirmed_again_whatever_has_happened_since(store):
    Auditor(store, "Ana").judge("0.jpg", "keep")
    ben = Auditor(store, "Ben")
    ben.judge("0.jpg", "none", role="second")
    action = sent("none", auditor="Cleo", role="adjudication")
    store_actions(store, [action], Sender("Cleo"))
    ben.judge("0.jpg", "keep", role="second")
    assert store_actions(store, [action], Sender("Cleo"))[0]["ok"]
    assert len(verdict_log(store)) == 4


def test_order_of_a_page_that_was_drawn_for_somebody_else_is_refused():
    assert check_same("Ana", "Ana") == "Ana"
    with pytest.raises(StoreError, match="done as 'Ana', and you are 'Ben'"):
        check_same("Ana", "Ben")
