"""Search in Streamlit's own test harness, on a real audit."""

import csv
import io
import json

import pytest

from core.audit import item_id
from core.query.parse import parse
from core.search.example_search import ExampleSearch
from pages.parts.search.search_bar import POOLS, within
from tests.core.making import Auditor
from tests.pages.conftest import opened

SUSPECT = item_id("12.jpg")
"""Labeled lotus, and an emu."""


@pytest.fixture
def app(small_app):
    small_app.session_state["auditor"] = "Ana"
    return small_app


def searched(app, **address):
    for name, value in address.items():
        app.query_params[name] = value
    return opened(app, "search.py")


def part(app):
    """What the browser part is given to draw; None where there is none."""
    found = [
        element.proto.json
        for element in app.get("bidi_component")
        if "search" in element.proto.component_name
    ]
    return json.loads(found[0]) if found else None


def ids(rows):
    return [row["id"] for row in rows]


def button(app, label):
    return next(each for each in app.button if each.label == label)


def pools(app):
    """The choice of labeled or unlabeled images; None where there is none."""
    return next((each for each in app.get("button_group") if each.label == "Images"), None)


def test_without_examples_the_most_suspect_are_offered(app, computed):
    data = part(searched(app))
    assert not data["isSearch"]
    assert ids(data["rows"]) == computed.store.match_ids(auditor="Ana")
    assert {row["score"] for row in data["rows"]} == {None}
    assert not [each for each in app.button if each.label.startswith("Review")]


def test_results_come_in_the_order_of_their_scores(app, computed):
    data = part(searched(app, like=SUSPECT))
    assert data["isSearch"]
    assert ids(data["plus"]) == [SUSPECT]
    assert ids(data["rows"]) == [hit.id for hit in ExampleSearch(computed).find([SUSPECT])]
    assert data["rows"][0]["given"] == "emu"
    assert data["rows"][0]["score"] > data["rows"][-1]["score"]
    assert not data["more"]


def test_counterexamples_count_against_what_looks_like_them(app):
    before = part(searched(app, like=SUSPECT))["rows"]
    unlike = before[-1]["id"]
    data = part(searched(app, unlike=unlike))
    assert ids(data["minus"]) == [unlike]
    assert unlike not in ids(data["rows"])
    assert [row["score"] for row in data["rows"]] != [row["score"] for row in before[:-1]]


def test_an_image_that_is_both_is_a_counterexample(app):
    other = item_id("00.jpg")
    data = part(searched(app, like=f"{SUSPECT},{other},{SUSPECT}", unlike=other))
    assert ids(data["plus"]) == [SUSPECT]
    assert ids(data["minus"]) == [other]


def test_a_filter_narrows_the_search_and_stays_in_the_address(app):
    searched(app, like=SUSPECT)
    app.text_input[0].set_value(" given:lotus ").run()
    assert {row["given"] for row in part(app)["rows"]} == {"lotus"}
    assert app.query_params["q"] == "given:lotus"
    assert app.query_params["like"] == SUSPECT


def test_a_mistake_in_the_filter_is_explained_and_the_examples_stay(app):
    searched(app, like=SUSPECT, q="given:")
    assert len(app.error) == 1
    assert part(app) is None
    app.text_input[0].set_value("").run()
    assert ids(part(app)["plus"]) == [SUSPECT]


def test_example_that_is_not_there_is_named_and_the_others_are_searched_for(app):
    searched(app, like=f"{SUSPECT},gone")
    (warning,) = app.warning
    assert "1 image of the address is not in this audit" in warning.value
    assert "gone" in warning.value
    assert len(warning.value) < 300
    assert ids(part(app)["plus"]) == [SUSPECT]
    assert part(app)["rows"]


def test_address_without_any_example_that_is_there_begins_anew(app):
    data = part(searched(app, like="gone,*gone too*", n="x"))
    assert not data["isSearch"]
    assert data["rows"]
    assert "2 images of the address are not" in app.warning[0].value


@pytest.mark.parametrize(("asked", "count"), [("120", 120), ("9999", 500), ("-1", 50), ("7", 50)])
def test_number_of_results_has_limits(app, asked, count):
    assert part(searched(app, like=SUSPECT, n=asked))["count"] == count


def test_more_is_offered_while_there_is_more(app, monkeypatch):
    monkeypatch.setattr("pages.parts.search.search_view.STEP", 5)
    data = part(searched(app, like=SUSPECT))
    assert len(data["rows"]) == data["count"] == 5
    assert data["more"]


def test_too_many_examples_are_refused_in_a_sentence(app, monkeypatch):
    monkeypatch.setattr("core.search.example_search.MOST_EXAMPLES", 1)
    searched(app, like=f"{SUSPECT},{item_id('00.jpg')}")
    assert "at most 1 example" in app.error[0].value
    assert len(part(app)["plus"]) == 2


def test_audit_without_neighbors_says_so(app, computed):
    for file in computed.neighbors_folder.iterdir():
        file.unlink()
    searched(app, like=SUSPECT)
    assert "cannot be searched" in app.error[0].value


def test_results_are_reviewed_as_a_queue(app, computed):
    data = part(searched(app, like=SUSPECT, q="given:emu"))
    button(app, f"Review {len(data['rows'])} images").click().run()
    assert not app.exception
    selection = app.query_params["selection"]
    queued = computed.store.queue_ids(selection=selection)
    assert set(queued) == set(ids(data["rows"]))


def test_results_are_downloaded(app, monkeypatch):
    csv_texts = []
    monkeypatch.setattr(
        "pages.parts.search.search_part.st.download_button",
        lambda label, data, *args, **kwargs: csv_texts.append(data()),
    )
    data = part(searched(app, like=SUSPECT))
    rows = list(csv.DictReader(io.StringIO(csv_texts[-1])))
    assert ids(rows) == ids(data["rows"])
    assert list(rows[0]) == ["id", "score", "path", "given", "suggested", "suspicion"]


def test_pools_are_offered_where_there_are_unlabeled_images(app, computed):
    searched(app, like=SUSPECT)
    assert not pools(app)
    with computed.store.transaction() as db:
        db.execute("update labels set class_id = null where item_id = ?", [item_id("00.jpg")])
    Auditor(computed.store, "Ana").judge("01.jpg", "keep")  # another revision
    app.query_params["q"] = "is:unlabeled"
    app.run()
    assert pools(app).value == "Unlabeled"
    assert ids(part(app)["rows"]) == [item_id("00.jpg")]
    assert button(app, "Review 0 images").disabled
    app.query_params["q"] = ""
    app.run()
    rows = part(app)["rows"]
    assert item_id("00.jpg") in ids(rows)
    assert button(app, f"Review {len(rows) - 1} images")


def test_a_pool_takes_the_place_of_another_in_the_filter():
    query = parse("given:emu is:unlabeled is:suspect")
    assert str(within(query, POOLS["Labeled"])) == "given:emu is:suspect -is:unlabeled"
    assert str(within(query, None)) == "given:emu is:suspect"
    assert str(within(parse("is:unlabeled"), None)) == ""


def test_search_is_found_again_after_another_page(app):
    searched(app, like=SUSPECT)
    del app.query_params["like"]
    opened(app, "browse.py")
    opened(app, "search.py")
    assert ids(part(app)["plus"]) == [SUSPECT]


def test_what_is_to_be_judged_blind_is_neither_shown_nor_found(app, computed):
    computed.store.set_second_share(1.0)
    Auditor(computed.store, "Ben").judge("00.jpg", "relabel", ["emu"])
    rows = {row["id"]: row for row in part(searched(app, like=SUSPECT))["rows"]}
    assert rows[item_id("00.jpg")]["verdict"] is None
    assert rows[item_id("00.jpg")]["awaits_second"]
    app.session_state["auditor"] = "Ben"
    rows = {row["id"]: row for row in part(app.run())["rows"]}
    assert rows[item_id("00.jpg")]["final"] == "emu"
    app.session_state["auditor"] = "Ana"
    app.query_params["q"] = "verdict:any"
    assert part(app.run())["rows"] == []


def test_page_of_an_image_leads_to_what_is_similar(app):
    app.query_params["item"] = SUSPECT
    opened(app, "item.py")
    button(app, "Find similar").click().run()
    assert not app.exception
    assert app.title[0].value == "Search"
    assert ids(part(app)["plus"]) == [SUSPECT]
