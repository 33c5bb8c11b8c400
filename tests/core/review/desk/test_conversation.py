import json
import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.audit import item_id
from core.review.desk.card_cache import CachedCards
from core.review.desk.cards import Cards
from core.review.desk.conversation import LEASED, desk_data, keep_place, store_actions
from core.review.queues.queue import Queue
from core.review.sender import Sender
from core.store import Store
from tests.core.making import Auditor, add_verdict, file_found, records, verdict_log

ANA = Sender("Ana")


def action(seq=0, path="0.jpg", verdict="keep", labels=(), **more):
    return {
        "session": "s",
        "seq": seq,
        "item": item_id(path),
        "verdict": verdict,
        "labels": labels,
        "content_hash": None,
        "given": "cat",
        "auditor": "Ana",
    } | more


def given_of(store, path):
    return store.items([item_id(path)])[item_id(path)]["given"]


# -- what the desk sends ---------------------------------------------------------------------


def test_actions_are_stored_in_order_and_answered(store):
    answers = store_actions(store, [action(0), action(1, "1.jpg", "relabel", ["dog"])], ANA)
    assert answers == [
        {"session": "s", "seq": 0, "item": item_id("0.jpg"), "ok": True},
        {"session": "s", "seq": 1, "item": item_id("1.jpg"), "ok": True},
    ]
    assert [row["verdict"] for row in verdict_log(store)] == ["keep", "relabel"]


def test_actions_sent_again_are_answered_alike_and_stored_once(store):
    actions = [action(0), action(1, verdict="undo")]
    assert store_actions(store, actions, ANA) == store_actions(store, actions, ANA)
    assert len(verdict_log(store)) == 2


def test_undo_takes_back_the_verdict(store):
    store_actions(store, [action(0), action(1, verdict="undo")], ANA)
    assert store.judged_ids() == {}


def test_action_refused_does_not_hold_up_the_others(store):
    answers = store_actions(store, [action(0, "unknown.jpg"), action(1)], ANA)
    assert [answer["ok"] for answer in answers] == [False, True]
    assert store.judged_ids() == {item_id("0.jpg"): "keep"}


def test_refusal_has_a_reason_and_is_not_to_be_tried_again(store):
    (answer,) = store_actions(store, [action(verdict="relabel", labels=["yak"])], ANA)
    assert answer["retry"] is False
    assert answer["reason"] == "There is no class 'yak' in this audit."


def test_verdict_on_an_image_that_changed_is_refused(store):
    store.record_files([file_found("0.jpg", content="new")], {})
    answers = store_actions(
        store, [action(0, content_hash="old"), action(1, content_hash="new")], ANA
    )
    assert [answer["ok"] for answer in answers] == [False, True]


def test_verdict_on_a_label_that_changed_is_refused(store):
    store.replace_listing(records({"0.jpg": "emu", "1.jpg": "cat"}))
    answers = store_actions(store, [action(0), action(1, "1.jpg"), action(2, given="emu")], ANA)
    assert [answer["ok"] for answer in answers] == [False, True, True]
    assert answers[0]["reason"] == (
        "The label has changed since it was shown, from 'cat' to 'emu'; the verdict was not stored."
    )
    assert store.current_verdicts()[item_id("0.jpg")]["given"] == "emu"


def test_verdict_on_an_unlabeled_item_that_has_a_label_now_is_refused(store):
    store.replace_listing(records({"0.jpg": None, "1.jpg": "dog"}))
    assert store_actions(store, [action(0, given=None, verdict="none")], ANA)[0]["ok"]
    store.replace_listing(records({"0.jpg": "emu", "1.jpg": "dog"}))
    assert not store_actions(store, [action(1, given=None, verdict="none")], ANA)[0]["ok"]


def test_action_that_meets_a_busy_database_is_to_be_tried_again(store):
    """The store waits for half a minute; a patient one of our own waits for an instant."""
    other = sqlite3.connect(store.path, isolation_level=None)
    with store.transaction() as db:
        db.conn.rollback()
        db.execute("pragma busy_timeout = 10")
        db.conn.execute("begin immediate")
    other.execute("begin immediate")
    (answer,) = store_actions(store, [action()], ANA)
    assert (answer["ok"], answer["retry"]) == (False, True)
    other.execute("rollback")
    assert store_actions(store, [action()], ANA)[0]["ok"]


def test_what_follows_an_action_that_is_to_be_tried_again_waits_for_it(store):
    """Else an undo would be refused for want of the verdict that it undoes."""
    away = store.path.with_name("away.db")
    actions = [action(0), action(1, verdict="undo"), action(2, "1.jpg")]
    store.path.rename(away)
    (answer,) = store_actions(store, actions, ANA)
    assert (answer["seq"], answer["ok"], answer["retry"]) == (0, False, True)
    assert "was deleted, moved or replaced" in answer["reason"]
    away.rename(store.path)
    assert [answer["ok"] for answer in store_actions(store, actions, ANA)] == [True, True, True]
    assert store.judged_ids() == {item_id("1.jpg"): "keep"}


@pytest.mark.parametrize(
    "missing", ["session", "seq", "item", "verdict", "labels", "given", "auditor"]
)
def test_action_that_lacks_something_is_refused(store, missing):
    (answer,) = store_actions(store, [{k: v for k, v in action().items() if k != missing}], ANA)
    assert (answer["ok"], answer["retry"]) == (False, False)
    assert missing in answer["reason"]


@pytest.mark.parametrize(
    "malformed",
    [
        None, "keep", [], {}, action(seq="first"), action(seq=None), action(seq=2**80),
        action(seq=float("inf")), action(verdict=None), action(verdict=7), action(verdict=["keep"]),
        action(labels=None), action(labels=[None]), action(verdict="relabel", labels="dog"),
        action(auditor=" "), action(auditor=None), action(session=None),
        action(content_hash={"a": 1}), action(item=None), action(given=7),
        action(auditor="\ud800"),
    ],
)  # fmt: skip
def test_malformed_action_is_refused_and_nothing_is_stored(store, malformed):
    (answer,) = store_actions(store, [malformed], ANA)
    assert (answer["ok"], answer["retry"]) == (False, False)
    assert answer["reason"]
    assert verdict_log(store) == []


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
fuzzed = st.fixed_dictionaries(
    {}, optional={name: st.just(value) | anything for name, value in action().items()}
)


@given(st.lists(anything | fuzzed, max_size=4))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_sent_gets_one_answer_each(store, actions):
    answers = store_actions(store, actions, ANA)
    assert len(answers) == len(actions)
    assert all(answer["ok"] or answer["reason"] for answer in answers)


# -- what the desk is told -------------------------------------------------------------------


@pytest.fixture
def cards(ranked):
    return Cards(ranked)


EVERYTHING = Queue(everything=True)


def test_desk_begins_with_the_most_suspect(cards):
    data = desk_data(cards, EVERYTHING, "Ana")
    assert data["at"] == data["order"][0] == item_id("12.jpg")
    assert data["classes"] == ["emu", "lotus"]


def test_desk_has_a_card_for_every_item_in_its_order(cards):
    data = desk_data(cards, EVERYTHING, "Ana")
    assert set(data["order"]) == set(data["cards"])
    shown = {other for card in data["cards"].values() for other, _ in card["neighbors"]}
    assert shown <= set(data["pictures"])


def test_desk_goes_on_where_the_auditor_was(cards):
    place = EVERYTHING.ids(cards.audit.store)[4]
    cards.audit.store.set_place("Ana", EVERYTHING.key, place)
    assert desk_data(cards, EVERYTHING, "Ben")["at"] == item_id("12.jpg")
    cards.audit.store.lease("Ben", [])
    assert desk_data(cards, EVERYTHING, "Ana")["at"] == place


def test_desk_counts_what_is_judged_and_what_was_wrong(cards):
    ana = Auditor(cards.audit.store)
    for path, verdict in (("12.jpg", "none"), ("00.jpg", "keep"), ("01.jpg", "unsure")):
        ana.judge(path, verdict)
    data = desk_data(cards, EVERYTHING, "Ana")
    assert data["progress"] == {"judged": 3, "total": 18, "wrong": 1, "elsewhere": 0}


def test_desk_has_cards_of_recent_items_for_undo(cards):
    Auditor(cards.audit.store).judge("12.jpg")
    data = desk_data(cards, EVERYTHING, "Ana", at=EVERYTHING.ids(cards.audit.store)[15])
    assert data["recent"] == [item_id("12.jpg")]
    assert item_id("12.jpg") in data["cards"]


def test_desk_at_the_end_of_a_queue_is_at_nothing(cards):
    ana = Auditor(cards.audit.store)
    for row in cards.audit.store.input_rows():
        ana.judge(row["path"])
    data = desk_data(cards, EVERYTHING, "Ana")
    assert (data["at"], data["progress"]["judged"]) == (None, 18)


def test_desk_of_an_empty_queue_is_at_nothing(cards):
    data = desk_data(cards, Queue(given="yak"), "Ana")
    assert (data["at"], data["order"], data["cards"]) == (None, [], {})


def test_an_item_asked_for_that_is_not_there_is_ignored(cards):
    first = EVERYTHING.ids(cards.audit.store)[0]
    assert desk_data(cards, EVERYTHING, "Ana", asked_for="no such item")["at"] == first


def test_desk_data_can_be_sent_as_json(cards):
    Auditor(cards.audit.store).judge("12.jpg")
    data = desk_data(cards, EVERYTHING, "Ana", results=[{"ok": True}])
    assert json.loads(json.dumps(data, allow_nan=False))["results"] == [{"ok": True}]


def test_two_desks_see_each_others_verdicts(cards):
    other = Store(cards.audit.store.path)
    Auditor(other, "Ben").judge("12.jpg")
    other.close()
    assert desk_data(cards, EVERYTHING, "Ana")["at"] != item_id("12.jpg")


# -- where the auditor is ------------------------------------------------------------------------


def first_ids(cards, count):
    return EVERYTHING.ids(cards.audit.store)[:count]


def test_what_the_desk_has_ready_stays_next_when_the_order_changes(cards):
    store = cards.audit.store
    at, second, third, *_, last = EVERYTHING.ids(store)
    store.set_priorities({last: 0.9999999, second: 0.0001})
    store.set_order("e", 20)
    data = desk_data(cards, EVERYTHING, "Ana", at=at, loaded=[second, third])
    assert data["order"][:4] == [at, second, third, last]
    assert desk_data(cards, EVERYTHING, "Ana", at=at)["order"][1] == last


def test_item_that_was_made_ready_but_judged_by_another_does_not_come(cards):
    at, second, third = first_ids(cards, 3)
    Auditor(cards.audit.store, "Ben").judge(cards.audit.store.file_of(second)["path"])
    data = desk_data(cards, EVERYTHING, "Ana", at=at, loaded=[second, third])
    assert data["order"][:2] == [at, third]


def test_skipped_item_comes_last_also_after_a_reload(cards):
    at, second, third = first_ids(cards, 3)
    kept = keep_place(
        cards.audit.store, "Ana", EVERYTHING, {"at": second, "next": [third], "skipped": [at]}
    )
    assert kept == (second, [third])
    data = desk_data(cards, EVERYTHING, "Ana")
    assert data["order"][:2] == [second, third]
    assert data["order"][-1] == at
    assert desk_data(cards, EVERYTHING, "Ben")["order"][0] == at


@given(anything, anything, anything)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_place_is_sent_the_desk_goes_on(store, at, coming, skipped):
    outbox = {"at": at, "next": coming, "skipped": skipped}
    place, loaded = keep_place(store, "Ana", EVERYTHING, outbox)
    assert place is None or isinstance(place, str)
    assert all(isinstance(item, str) for item in loaded)


def test_two_people_are_never_shown_the_same_image(cards):
    held = desk_data(cards, EVERYTHING, "Ana")["order"][:LEASED]
    shown = desk_data(cards, EVERYTHING, "Ben")
    assert len(held) == LEASED
    assert not set(held) & set(shown["order"])
    assert shown["progress"]["elsewhere"] == LEASED


def test_image_that_somebody_else_has_decided_meanwhile_is_refused(cards):
    store = cards.audit.store
    seen = desk_data(cards, EVERYTHING, "Ana")["seen"]
    Auditor(store, "Ben").judge("12.jpg", "none")
    action = {
        "session": "s", "seq": 0, "item": item_id("12.jpg"), "verdict": "keep", "labels": [],
        "content_hash": None, "given": given_of(store, "12.jpg"), "auditor": "Ana", "seen": seen,
    }  # fmt: skip
    (answer,) = store_actions(store, [action], ANA)
    assert not answer["ok"]
    assert answer["reason"] == "Ben has decided this image meanwhile; look again."
    (answer,) = store_actions(store, [action | {"seq": 1, "seen": store.log_id()}], ANA)
    assert answer["ok"]


def test_own_verdicts_of_the_same_window_are_no_surprise(cards):
    store = cards.audit.store
    action = {
        "session": "s", "item": item_id("12.jpg"), "labels": [], "content_hash": None,
        "given": given_of(store, "12.jpg"), "auditor": "Ana", "seen": 0,
    }  # fmt: skip
    sent = [action | {"seq": n, "verdict": v} for n, v in enumerate(["keep", "undo", "none"])]
    assert all(answer["ok"] for answer in store_actions(store, sent, ANA))


def test_what_was_undone_on_the_desk_is_redone(cards):
    store = cards.audit.store
    action = {
        "session": "s", "item": item_id("12.jpg"), "labels": [], "content_hash": None,
        "given": given_of(store, "12.jpg"), "auditor": "Ana", "seen": 0,
    }  # fmt: skip
    store_actions(store, [action | {"seq": 0, "verdict": "none"}], ANA)
    store_actions(store, [action | {"seq": 1, "verdict": "undo"}], ANA)
    assert desk_data(cards, EVERYTHING, "Ana")["undone"] == [item_id("12.jpg")]
    store_actions(store, [action | {"seq": 2, "verdict": "redo"}], ANA)
    assert store.judged_ids() == {item_id("12.jpg"): "none"}
    assert desk_data(cards, EVERYTHING, "Ana")["undone"] == []


def test_second_look_hides_what_others_have_said(cards):
    store = cards.audit.store
    store.set_second_share(1.0)
    Auditor(store, "Ana").judge("12.jpg", "relabel", ["lotus"])
    queue = Queue(second=True)
    data = desk_data(cards, queue, "Ben")
    assert data["at"] == item_id("12.jpg")
    assert data["role"] == "second"
    assert data["cards"][data["at"]]["verdict"] is None
    assert data["annotations"] == {}
    Auditor(store, "Ben").judge("12.jpg", "none", role="second")
    data = desk_data(cards, queue, "Ben", at=item_id("12.jpg"))
    assert data["cards"][data["at"]]["verdict"] == "none"
    assert data["progress"] == {"judged": 1, "total": 1, "wrong": 1, "elsewhere": 0}


def test_second_look_hides_what_was_said_of_the_neighbors_too(cards):
    store = cards.audit.store
    Auditor(store, "Ana").judge("12.jpg", "relabel", ["lotus"])
    store.set_second_share(0.0)
    near = desk_data(cards, EVERYTHING, "Ben", at=item_id("12.jpg"))
    other = near["cards"][item_id("12.jpg")]["neighbors"][0][0]
    Auditor(store, "Ana", "later").judge(store.file_of(other)["path"], "relabel", ["lotus"])
    seen = desk_data(cards, EVERYTHING, "Ben", at=item_id("12.jpg"))["pictures"][other]
    assert (seen["verdict"], seen["labels"], seen["auditor"]) == ("relabel", ["lotus"], "Ana")
    store.set_second_share(1.0)
    data = desk_data(cards, Queue(second=True), "Ben", at=item_id("12.jpg"))
    for told in (data["pictures"][other], data["cards"][item_id("12.jpg")]):
        assert (told["verdict"], told["labels"], told["auditor"]) == (None, None, None)


def test_desk_hides_beforehand_what_is_to_be_judged_blind(cards):
    store = cards.audit.store
    Auditor(store, "Ana").judge("12.jpg", "none")
    for share, told in ((0.0, "none"), (1.0, None)):
        store.set_second_share(share)
        data = desk_data(cards, EVERYTHING, "Ben")
        assert data["pictures"][item_id("12.jpg")]["verdict"] == told
    data = desk_data(cards, EVERYTHING, "Ana")
    assert data["pictures"][item_id("12.jpg")]["verdict"] == "none"


def test_adjudication_shows_who_said_what(cards):
    store = cards.audit.store
    Auditor(store, "Ana").judge("12.jpg", "relabel", ["lotus"])
    Auditor(store, "Ben").judge("12.jpg", "none", role="second")
    queue = Queue(disputed=True)
    data = desk_data(cards, queue, "Cleo")
    assert data["role"] == "adjudication"
    assert [(w["auditor"], w["verdict"], w["labels"]) for w in data["annotations"][data["at"]]] == [
        ("Ana", "relabel", ["lotus"]),
        ("Ben", "none", []),
    ]
    Auditor(store, "Cleo").judge("12.jpg", "keep", role="adjudication")
    assert desk_data(cards, queue, "Cleo")["progress"]["judged"] == 1


def test_preferences_of_the_desk_are_kept_by_person(cards):
    store = cards.audit.store
    keep_place(store, "Ana", EVERYTHING, {"preferences": {"blind": True, "other": 1}})
    assert desk_data(cards, EVERYTHING, "Ana")["preferences"] == {"blind": True}
    assert desk_data(cards, EVERYTHING, "Ben")["preferences"] == {}


def test_item_that_another_desk_held_and_decided_meanwhile_does_not_come(cards, monkeypatch):
    """Ben decides between Ana's look at the queue and her hold on what comes next."""
    store, (first, second, third) = cards.audit.store, first_ids(cards, 3)
    lease, left = store.lease, [second, first]

    def late_lease(*args, **kwargs):
        if left:
            item = left.pop()
            add_verdict(
                store, session="b", seq=len(left), item_id=item, auditor="Ben", verdict="keep"
            )
        return lease(*args, **kwargs)

    monkeypatch.setattr(store, "lease", late_lease)
    data = desk_data(cards, EVERYTHING, "Ana")
    assert (data["at"], data["order"][0]) == (third, third)
    assert not {first, second} & set(data["order"])
    assert data["progress"]["judged"] == 2


def test_two_desks_that_begin_at_once_begin_with_different_items(cards, monkeypatch):
    store, (first, *_) = cards.audit.store, first_ids(cards, 1)
    monkeypatch.setattr(store, "leased_by_others", lambda auditor: set())
    assert desk_data(cards, EVERYTHING, "Ben")["at"] == first
    shown = desk_data(cards, EVERYTHING, "Ana")
    assert first not in shown["order"]


def test_address_of_an_adjudication_tells_nothing_of_what_is_to_be_judged_blind(cards):
    store = cards.audit.store
    store.set_second_share(1.0)
    Auditor(store, "Ana").judge("12.jpg", "relabel", ["lotus"])
    data = desk_data(cards, Queue(disputed=True), "Ben", asked_for=item_id("12.jpg"))
    assert data["at"] == item_id("12.jpg")
    assert data["annotations"] == {}
    assert data["cards"][data["at"]]["verdict"] is None
    seen = desk_data(cards, Queue(disputed=True), "Ana", asked_for=item_id("12.jpg"))
    assert [one["auditor"] for one in seen["annotations"][item_id("12.jpg")]] == ["Ana"]


def test_queue_of_a_filter_is_each_auditors_own(cards):
    store = cards.audit.store
    store.set_second_share(1.0)
    Auditor(store, "Ana").judge("12.jpg", "relabel", ["emu"])
    queue = Queue(query="verdict:relabel")
    assert list(cards.queue_ids(queue, "Ana")) == [item_id("12.jpg")]
    assert list(cards.queue_ids(queue, "Ben")) == []


# -- cards that the desk holds ---------------------------------------------------------------


def held_after(data, held=()):
    return dict(held) | {item: card["version"] for item, card in data["cards"].items()}


@pytest.fixture(params=[Cards, CachedCards])
def maker(request, ranked):
    return request.param(ranked)


def test_card_that_is_held_is_not_sent_again(maker):
    data = desk_data(maker, EVERYTHING, "Ana")
    held = held_after(data)
    again = desk_data(maker, EVERYTHING, "Ana", at=data["at"], held=held)
    assert (again["cards"], again["pictures"]) == ({}, {})
    assert again["unchanged"] == held
    assert again["order"] == data["order"]


def test_a_verdict_sends_anew_the_cards_that_show_its_item(maker):
    store = maker.audit.store
    data = desk_data(maker, EVERYTHING, "Ana")
    store.set_second_share(0.0)
    judged = data["order"][3]
    Auditor(store, "Ben").judge(store.file_of(judged)["path"], "none")
    again = desk_data(maker, EVERYTHING, "Ana", at=data["at"], held=held_after(data))
    showing = {
        item
        for item, card in data["cards"].items()
        if item in again["order"] and judged in dict(card["neighbors"] + card["peers"])
    }
    assert showing
    assert set(again["cards"]) == showing
    assert again["pictures"][judged]["verdict"] == "none"
    assert all(
        other in again["pictures"]
        for card in again["cards"].values()
        for other, _ in card["neighbors"]
    )


def test_what_is_hidden_from_one_auditor_is_another_version_of_the_card(maker):
    store = maker.audit.store
    store.set_second_share(0.0)
    Auditor(store, "Ben").judge("12.jpg", "none")
    near = item_id("12.jpg")
    seen = desk_data(maker, EVERYTHING, "Ana", at=near)
    store.set_second_share(1.0)
    blind = desk_data(maker, EVERYTHING, "Ana", at=near, held=held_after(seen))
    assert blind["cards"][item_id("12.jpg")]["verdict"] is None
    store.set_second_share(0.0)
    again = desk_data(maker, EVERYTHING, "Ana", at=near, held=held_after(blind, held_after(seen)))
    assert again["cards"][item_id("12.jpg")]["verdict"] == "none"


def test_what_was_refused_is_shown_as_it_is_now(maker):
    store = maker.audit.store
    data = desk_data(maker, EVERYTHING, "Ana")
    first = data["order"][0]
    store.set_second_share(0.0)
    Auditor(store, "Ben").judge("12.jpg", "none")
    sent = action(0, "12.jpg", given=given_of(store, "12.jpg"), seen=data["seen"])
    for _ in range(6):  # far enough for it to be no neighbor of what comes
        data = desk_data(maker, EVERYTHING, "Ana", at=data["order"][1], held=held_after(data))
    answers = store_actions(store, [sent], ANA)
    data = desk_data(
        maker, EVERYTHING, "Ana", at=data["at"], results=answers, held=held_after(data)
    )
    assert (data["cards"][first]["verdict"], data["cards"][first]["auditor"]) == ("none", "Ben")
    (answer,) = store_actions(store, [sent | {"seq": 1, "seen": data["seen"]}], ANA)
    assert answer["ok"]


@given(anything)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_a_desk_says_that_it_holds_it_gets_its_cards(cards, held):
    data = desk_data(cards, EVERYTHING, "Ana", held=held)
    assert set(data["order"]) == set(data["cards"])


def test_share_of_errors_in_a_short_queue_gives_nothing_away(cards):
    store = cards.audit.store
    store.set_second_share(1.0)
    Auditor(store, "Ana").judge("12.jpg", "relabel", ["emu"])
    progress = {who: desk_data(cards, EVERYTHING, who)["progress"] for who in ("Ana", "Ben")}
    assert (progress["Ana"]["judged"], progress["Ana"]["wrong"]) == (1, 1)
    assert (progress["Ben"]["judged"], progress["Ben"]["wrong"]) == (1, 0)
