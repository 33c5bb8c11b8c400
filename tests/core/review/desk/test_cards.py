import numpy as np
import pytest

from core.audit import item_id
from core.review.desk.cards import Cards
from core.review.queues.queue import Queue
from tests.core.making import Auditor

SUSPECT = item_id("12.jpg")  # the emu that is labeled lotus


@pytest.fixture
def cards(ranked):
    return Cards(ranked)


@pytest.fixture
def card(cards):
    return cards.make([SUSPECT])["cards"][SUSPECT]


def test_card_says_what_is_known_of_the_item(card):
    assert (card["path"], card["given"], card["suggested"]) == ("12.jpg", "lotus", "emu")
    assert card["p_suggested"] > card["p_given"]
    assert card["verdict"] is None


def test_card_has_nine_neighbors_nearest_first(card):
    similarities = [similarity for _, similarity in card["neighbors"]]
    assert len(similarities) == 9
    assert similarities == sorted(similarities, reverse=True)
    assert SUSPECT not in dict(card["neighbors"])


def test_peers_are_other_items_of_the_same_given_label(cards, card):
    others = cards.audit.store.items([other for other, _ in card["peers"]])
    assert card["peers"]
    assert {other["given"] for other in others.values()} == {"lotus"}
    assert SUSPECT not in others


def test_card_names_the_action_that_the_evidence_speaks_for(cards):
    clean = item_id("03.jpg")
    made = cards.make([SUSPECT, clean])["cards"]
    assert (made[SUSPECT]["primary"], made[clean]["primary"]) == ("accept", "keep")


def test_label_that_is_as_probable_as_the_suggested_one_is_kept(ranked, cards):
    with ranked.store.transaction() as db:
        db.execute("update scores set p_suggested = p_given")
    made = cards.make([SUSPECT])
    assert made["cards"][SUSPECT]["primary"] == "keep"
    assert {picture["suggested"] for picture in made["pictures"].values()} == {None}


def test_item_without_a_label_has_a_suggestion_as_soon_as_there_is_one(ranked, cards):
    with ranked.store.transaction() as db:
        db.execute("update labels set class_id = null")
        db.execute("update scores set p_given = null")
    assert cards.make([SUSPECT])["cards"][SUSPECT]["primary"] == "accept"
    with ranked.store.transaction() as db:
        db.execute("delete from scores")
    assert cards.make([SUSPECT])["cards"][SUSPECT]["primary"] == "another"


def test_likely_classes_come_most_probable_first(card):
    assert [name for name, _ in card["likely"]] == ["emu", "lotus"]
    assert card["likely"][0][1] == pytest.approx(card["p_suggested"], abs=0.01)


def test_card_says_what_each_detector_thinks(card):
    assert [opinion["name"] for opinion in card["opinions"]] == [
        "neighbors", "discriminant", "probe", "regions",
    ]  # fmt: skip
    for opinion in card["opinions"]:
        assert opinion["label"] in ("emu", "lotus")
        assert 0 <= opinion["given"] <= opinion["p"] <= 1


def test_evidence_of_an_earlier_version_has_no_opinions(ranked):
    old = ranked.evidence()._asdict()
    names = [name for name in old if not name.startswith("member")]
    np.savez(ranked.evidence_file, **{name: old[name] for name in names})
    card = Cards(ranked).make([SUSPECT])["cards"][SUSPECT]
    assert card["opinions"] == []
    assert card["likely"][0][0] == "emu"


def test_copies_among_the_neighbors_are_named(cards, card):
    copy, other = card["neighbors"][2][0], card["neighbors"][3][0]
    assert card["same"] == []
    cards.audit.store.replace_findings(
        {
            "kind": "duplicates",
            "position": position,
            "group_id": group,
            "item_id": found,
            "score": 1,
            "exact": False,
        }
        for position, (found, group) in enumerate(
            [(SUSPECT, SUSPECT), (copy, SUSPECT), (other, other)]
        )
    )
    assert set(cards.make([SUSPECT])["cards"][SUSPECT]["same"]) == {copy}


def test_reason_counts_the_labels_of_ten_neighbors(card):
    assert card["why"]["nearest"] == 10
    assert sum(card["why"]["votes"].values()) == 10
    assert max(card["why"]["votes"], key=card["why"]["votes"].get) == "emu"


def test_reason_has_the_items_rank_in_its_class(card):
    assert card["why"]["count"] == 10
    assert 1 <= card["why"]["rank"] <= 10


def test_card_says_how_copies_are_labeled(cards, card):
    assert card["copies"] is None
    other = item_id("14.jpg")  # an emu
    cards.audit.store.replace_findings(
        {
            "kind": "conflicts",
            "position": position,
            "group_id": SUSPECT,
            "item_id": found,
            "score": 1,
            "exact": True,
        }
        for position, found in enumerate((SUSPECT, other))
    )
    made = cards.make([SUSPECT, other])["cards"]
    assert made[SUSPECT]["copies"] == {"labels": ["emu"], "exact": True, "similar": False}
    assert made[other]["copies"] == {"labels": ["lotus"], "exact": True, "similar": False}


def test_pictures_are_those_of_every_neighbor_and_peer(cards, card):
    pictures = cards.make([SUSPECT])["pictures"]
    assert set(pictures) == {other for other, _ in card["neighbors"] + card["peers"]}
    assert all(picture["content_hash"] for picture in pictures.values())


def test_card_shows_the_current_verdict(cards):
    Auditor(cards.audit.store).judge("12.jpg", "unsure")
    assert cards.make([SUSPECT])["cards"][SUSPECT]["verdict"] == "unsure"


def test_unknown_item_has_no_card(cards):
    assert cards.make(["unknown"]) == {"cards": {}, "pictures": {}}


def test_queue_stays_as_it_was_until_there_is_a_new_order(cards):
    store, queue = cards.audit.store, Queue(everything=True)
    before = cards.queue_ids(queue)
    store.set_priorities({before[-1]: 0.9999999999})
    assert cards.queue_ids(queue) is before
    store.set_order("evidence", 20)
    assert cards.queue_ids(queue) is before, "nobody waits for the new order"
    cards._courses.wait()
    assert cards.queue_ids(queue) == [before[-1], *before[:-1]]
