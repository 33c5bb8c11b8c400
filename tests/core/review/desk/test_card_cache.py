import pytest

from core.audit import item_id
from core.review.desk.card_cache import CachedCards
from core.review.desk.cards import Cards
from core.store import Store
from tests.core.making import Auditor, file_found


@pytest.fixture
def kept(ranked):
    return CachedCards(ranked)


@pytest.fixture
def ids(ranked):
    return [row["id"] for row in ranked.store.ranking()]


def as_made_now(kept, ids):
    """What a maker that keeps nothing tells, without pictures that no strip shows."""
    told = Cards(kept.audit).make(ids)
    shown = {
        other
        for card in told["cards"].values()
        for strip in ("neighbors", "peers")
        for other, _ in card[strip]
    }
    return told | {"pictures": {other: told["pictures"][other] for other in shown}}


def test_cards_are_those_that_are_made_now(kept, ids):
    assert kept.make(ids[:5]) == as_made_now(kept, ids[:5])
    assert kept.make(ids[3:9]) == as_made_now(kept, ids[3:9])


def test_card_that_is_kept_is_not_made_again(kept, ids, monkeypatch):
    kept.make(ids[:5])
    made = []
    monkeypatch.setattr(Cards, "make", lambda self, ids: made.extend(ids) or {"cards": {}})
    kept.make(ids[:5])
    assert made == []


def test_verdict_of_another_server_is_seen_on_cards_and_pictures(kept, ids):
    kept.make(ids)
    other = Store(kept.audit.store.path)
    Auditor(other, "Ben").judge("12.jpg", "none")
    other.close()
    assert kept.make(ids) == as_made_now(kept, ids)
    assert kept.make(ids)["cards"][item_id("12.jpg")]["verdict"] == "none"


def test_image_that_changes_gets_another_card(kept, ids):
    kept.make(ids)
    kept.audit.store.record_files([file_found("12.jpg", content="new")], {})
    card = kept.make([item_id("12.jpg")])["cards"][item_id("12.jpg")]
    assert card["content_hash"] == "new"


def test_what_a_desk_does_to_its_cards_stays_its_own(kept, ids):
    told = kept.make(ids[:2])
    told["cards"][ids[0]]["verdict"] = "none"
    for picture in told["pictures"].values():
        picture["given"] = "?"
    assert kept.make(ids[:2]) == as_made_now(kept, ids[:2])


def test_unknown_item_has_no_card(kept, ids):
    assert kept.make(["unknown"])["cards"] == {}
    assert kept.make(["unknown", ids[0]])["cards"].keys() == {ids[0]}


def test_many_cards_are_not_kept_for_ever(kept, ids, monkeypatch):
    monkeypatch.setattr("core.review.desk.card_cache.MOST_CACHED", 3)
    for start in range(len(ids) - 2):
        shown = ids[start : start + 3]
        assert kept.make(shown) == as_made_now(kept, shown)
    assert len(kept._cached) <= 3 + 3
