"""Bulk verdicts: the orders of the grid, as they come from the browser."""

import pytest

from core.audit import item_id
from core.store import Sort
from pages.parts.browse.browse_view import View
from pages.parts.grid import bulk_orders as bulk
from tests.core.making import Auditor, gates, verdict_log, verdict_of

LOTUS = [f"{number:02}.jpg" for number in range(9)]


class Window:
    """A browser window on Browse, which numbers its orders."""

    def __init__(self, audit, query="", session="window", auditor="Ana"):
        self.audit = audit
        self.view = View(audit.store.parse_query(query), Sort("path", False))
        self.session = session
        self.auditor = auditor
        self.memory = {}
        self.seq = 0

    def send(self, kind, seq=None, **more):
        if seq is None:
            self.seq += 1
            seq = self.seq
        sent = {"session": self.session, "seq": seq, "kind": kind, "auditor": self.auditor} | more
        order = bulk.Order(self.audit, self.auditor, self.view, sent, self.memory)
        return bulk.carry_out(order)

    def plan(self, verdict, labels=(), selection=None, again=False):
        selection = selection or {"all": True, "without": []}
        answer = self.send("plan", verdict=verdict, labels=labels, selection=selection, again=again)
        assert answer["ok"], answer
        return answer["plan"]

    def decide(self, plan, wrong=(), seq=None):
        return self.send("decide", seq=seq, plan=plan["token"], wrong=list(wrong))


@pytest.fixture
def window(computed):
    return Window(computed)


def on_screen(audit, *paths):
    """A selection as the grid makes it: by id, with the content that was on screen."""
    items = audit.store.items([item_id(path) for path in paths])
    return {
        "all": False,
        "ids": {key: [item["content_hash"], item["given"]] for key, item in items.items()},
    }


@pytest.mark.parametrize("kind", ["plan", "decide", "undo", "redo"])
def test_nobody_without_a_name_decides(computed, kind):
    nobody = Window(computed, auditor="")
    answer = nobody.send(kind, verdict="keep", labels=(), selection={"all": True}, again=False)
    assert (answer["ok"], answer["nameless"]) == (False, True)
    assert "who you are" in answer["reason"]
    assert log_size(computed) == 0
    assert bulk.PLAN not in nobody.memory


def test_nobody_may_open_an_image(computed):
    nobody = Window(computed, auditor="")
    assert nobody.send("open", item=item_id("00.jpg"))["ok"]


def log_size(audit):
    return len(verdict_log(audit.store))


def test_few_images_are_decided_without_a_sample(window, computed):
    plan = window.plan("keep", selection=on_screen(computed, *LOTUS[:3]))
    assert plan["changes"] == ["3 lotus keep their label"]
    assert (plan["size"], plan["drawn"], plan["decide"][0]) == (3, [], "Apply to all 3")
    assert log_size(computed) == 0
    answer = window.decide(plan)
    assert answer["ok"]
    assert answer["message"] == "Applied to 3 images. Press Z to undo."
    assert {verdict_of(computed.store, path) for path in LOTUS[:3]} == {"keep"}
    assert computed.store.latest_action("Ana")["count"] == 3
    assert gates(computed.store) == []


def test_many_are_decided_after_a_sample_and_what_was_wrong_stays_out(window, computed):
    plan = window.plan("bad image")
    assert plan["size"] == 18
    assert len(set(plan["drawn"])) == 8
    wrong = plan["drawn"][:2]
    assert plan["decide"][2] == "Apply to the other 16"
    assert window.decide(plan, wrong)["ok"]
    judged = computed.store.judged_ids()
    assert len(judged) == 16
    assert not set(wrong) & judged.keys()
    (gate,) = gates(computed.store)
    assert (gate["drawn"], gate["agreed"], gate["size"]) == (8, 6, 18)
    assert gate["action"] == computed.store.latest_action("Ana")["action"]


def test_the_bound_from_the_sample_is_a_sentence(window):
    sentences = window.plan("unsure")["sentences"]
    assert sentences[0] == "None of the 8 is right."
    assert sentences[8] == "8 of 8 right: with 95 % confidence at least 68 % of the 18 are."


def test_excluded_images_are_counted_with_the_reason(window, computed):
    assert window.plan("relabel", "suggested")["changes"] == ["1 lotus becomes emu"]
    computed.store.set_second_share(0.0)
    Auditor(computed.store, "Ben").judge("12.jpg", "none")
    plan = window.plan("relabel", "suggested")
    assert (plan["title"], plan["judged"]) == ("Nothing to decide", 1)
    assert sorted(plan["skipped"]) == [
        "1 image skipped: already judged.",
        "17 images skipped: no other label is suggested.",
    ]
    again = window.plan("relabel", "suggested", again=True)
    assert again["changes"] == ["1 lotus becomes emu"]


def test_an_image_that_changed_since_it_was_shown_is_excluded(window, computed):
    selection = on_screen(computed, *LOTUS[:2])
    selection["ids"][item_id(LOTUS[0])][0] = "0" * 32
    plan = window.plan("keep", selection=selection)
    assert (plan["size"], plan["skipped"]) == (1, ["1 image skipped: changed since it was shown."])


def test_all_that_match_but_some(computed):
    window = Window(computed, "given:lotus")
    count = computed.store.match_count(window.view.query)
    plan = window.plan("none", selection={"all": True, "without": [item_id(LOTUS[0])]})
    assert plan["size"] == count - 1


def test_decision_that_is_sent_again_is_stored_once(window, computed):
    plan = window.plan("keep", selection=on_screen(computed, *LOTUS[:3]))
    first = window.decide(plan)
    stored = log_size(computed)
    assert window.decide(plan, seq=window.seq) == first
    assert log_size(computed) == stored
    # Also by a server that has lost its answers.
    window.memory.pop(bulk.ANSWERS)
    assert window.decide(plan, seq=window.seq)["ok"]
    assert log_size(computed) == stored


def test_plan_that_is_asked_for_twice_is_one(window):
    first = window.plan("none")
    selection = {"all": True, "without": []}
    again = window.send(
        "plan", seq=window.seq, verdict="none", labels=[], selection=selection, again=False
    )
    assert again["plan"]["token"] == first["token"]


def test_a_new_plan_replaces_the_previous_one(window, computed):
    old = window.plan("keep")
    window.plan("none")
    answer = window.decide(old)
    assert not answer["ok"]
    assert "choose the verdict again" in answer["reason"]
    assert log_size(computed) == 0


def test_a_verdict_of_another_auditor_meanwhile_is_not_overwritten(window, computed):
    plan = window.plan("keep", selection=on_screen(computed, *LOTUS[:3]))
    Auditor(computed.store, "Ben").judge(LOTUS[1], "none")
    answer = window.decide(plan)
    assert not answer["ok"]
    assert verdict_of(computed.store, LOTUS[0]) is None
    assert verdict_of(computed.store, LOTUS[1]) == "none"


def test_one_undo_reverts_a_bulk_verdict_and_one_redo_restores_it(window, computed):
    plan = window.plan("none")
    window.decide(plan, plan["drawn"][:1])
    before = computed.store.judged_ids()
    undo = bulk.steps(computed.store, "Ana")["undo"]
    assert undo["message"] == "Undo the last 17 verdicts"
    assert window.send("undo", action=undo["action"])["message"] == "Undone: 17 images."
    assert computed.store.judged_ids() == {}
    assert bulk.steps(computed.store, "Ana")["redo"]
    assert window.send("redo")["message"] == "Redone: 17 images."
    assert computed.store.judged_ids() == before


def test_undo_reverts_only_the_action_that_was_shown(window, computed):
    window.decide(window.plan("none"))
    shown = bulk.steps(computed.store, "Ana")["undo"]["action"]
    Auditor(computed.store, "Ana").judge(LOTUS[0], "keep")
    answer = window.send("undo", action=shown)
    assert not answer["ok"]
    assert "There is a newer verdict" in answer["reason"]
    assert verdict_of(computed.store, LOTUS[0]) == "keep"


def test_an_undo_that_is_sent_twice_is_applied_once(window, computed):
    window.decide(window.plan("keep", selection=on_screen(computed, LOTUS[0])))
    window.decide(window.plan("keep", selection=on_screen(computed, LOTUS[1])))
    action = bulk.steps(computed.store, "Ana")["undo"]["action"]
    first = window.send("undo", action=action)
    assert window.send("undo", seq=window.seq, action=action) == first
    assert list(computed.store.judged_ids()) == [item_id(LOTUS[0])]


def test_selection_opens_as_a_queue_also_of_what_was_judged(window, computed):
    store = computed.store
    Auditor(store).judge(LOTUS[0], "keep")
    assert window.send("one_by_one", selection=on_screen(computed, *LOTUS[:3]))["ok"]
    queue, item = bulk.to_open(window.memory)
    assert item is None
    assert set(queue.ids(store)) == {item_id(path) for path in LOTUS[:3]}
    assert not set(queue.ids(store)) & queue.done(store).keys()
    assert bulk.to_open(window.memory) is None


def test_one_image_opens_in_the_queue_of_the_query(computed):
    window = Window(computed, "given:lotus")
    window.send("open", item=item_id(LOTUS[2]))
    queue, item = bulk.to_open(window.memory)
    assert item == item_id(LOTUS[2])
    assert item in queue.ids(computed.store)


@pytest.mark.parametrize(
    "order",
    [
        {"kind": "plan"},
        {"kind": "nothing of the kind"},
        {"kind": "plan", "verdict": None, "labels": [], "selection": {"all": True, "without": []}},
        {"kind": "plan", "verdict": "keep", "labels": [None], "selection": {"all": False}},
        {"kind": "decide", "plan": None, "wrong": []},
        {"kind": "undo", "action": "that of another"},
        {"kind": "redo"},
        {"kind": "open", "item": 7},
    ],
)
def test_an_invalid_order_is_refused_with_a_reason(window, computed, order):
    answer = window.send(**order)
    assert not answer["ok"]
    assert answer["reason"]
    assert log_size(computed) == 0


def test_order_without_a_number_is_refused(computed, window):
    sent = {"kind": "undo", "session": None, "seq": "x"}
    answer = bulk.carry_out(bulk.Order(computed, "Ana", window.view, sent, {}))
    assert not answer["ok"]
    assert answer["reason"]


@pytest.mark.parametrize("kind", ["plan", "undo", "redo", "open", "one_by_one"])
def test_order_in_another_name_is_refused_and_nothing_is_stored(window, computed, kind):
    Auditor(computed.store, "Ben").judge("00.jpg", "none")
    before = log_size(computed)
    everything = {"all": True, "without": []}
    action = computed.store.latest_action("Ben")["action"]
    answer = window.send(
        kind, auditor="Ben", verdict="keep", labels=[], again=True, selection=everything,
        item=item_id("00.jpg"), action=action,
    )  # fmt: skip
    assert not answer["ok"]
    assert answer["reason"] == "This was done as 'Ben', and you are 'Ana'; nothing was stored."
    assert log_size(computed) == before
    assert window.memory.get(bulk.OPEN) is None
