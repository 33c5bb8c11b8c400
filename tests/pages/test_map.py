"""The page Map: its orders, its bytes, its panel."""

import csv
import io
import json

import numpy as np
import pytest
from starlette.requests import Request

from core.audit import item_id
from core.query.tree import Query
from core.review.queues.queue import Queue
from core.store import Sort
from core.structure.layout_files import DEFAULT
from core.structure.map_points import STEPS
from pages.parts.item.item_ways import CAME_FROM
from pages.parts.map import map_orders, published, shown_points
from pages.parts.map.map_orders import MapOrder, carry_out, store_selection
from pages.parts.map.selection_panel import _table
from pages.parts.map.shown_points import addresses, coloring_bytes, selection_query, shown_map
from tests.core.making import Auditor
from tests.pages.conftest import opened

SUSPECT = item_id("12.jpg")


@pytest.fixture
def shown(computed):
    return shown_map(computed, DEFAULT, "Ana")


@pytest.fixture
def send(shown):
    """Send an order to the map, one number after the other; return the address afterwards."""
    memory, address, numbers = {}, {"page": "3", "at": "x"}, iter(range(100))

    def sent(kind, scope="", shown=shown, **more):
        order = {"session": "s", "seq": next(numbers), "auditor": shown.auditor, "kind": kind}
        order |= {"change": "replace", "color": "given", "isolated": []} | more
        query = shown.audit.store.parse_query(scope)
        sent.answer = carry_out(MapOrder(shown, query, order, memory, address))
        return address

    sent.memory, sent.address = memory, address
    return sent


def ids_of(shown, address):
    if "sel" not in address:
        return set()
    return set(shown.audit.store.match_ids(selection_query(address["sel"])))


def around(shown, *ids):
    """An outline around the points of these ids alone: a tiny square about each, joined."""
    outline = []
    for one in ids:
        x, y = shown.points.xy[shown.points.ids.tolist().index(one)] / STEPS
        e = 1e-4
        outline += [(x - e, y - e), (x + e, y - e), (x + e, y + e), (x - e, y + e), (x - e, y - e)]
    return [*outline, outline[0]]


def test_outline_selects_what_lies_in_it_from_the_first_page_on(shown, send):
    address = send("select", outline=around(shown, SUSPECT))
    assert ids_of(shown, address) == {SUSPECT}
    assert address.keys() == {"sel"}
    assert send.answer["ok"]


def test_selection_is_added_to_and_subtracted_from(shown, send):
    first, second, third = shown.points.ids[:3].tolist()
    send("select", ids=[first])
    assert ids_of(shown, send("select", change="add", ids=[second, third])) == {
        first,
        second,
        third,
    }
    assert ids_of(shown, send("select", change="subtract", ids=[second])) == {first, third}
    assert "sel" not in send("select", change="subtract", all=True)
    assert "sel" not in send("select", change="subtract", ids=[first])


def test_points_that_are_filtered_out_or_hidden_are_not_selected(shown, send):
    store = shown.audit.store
    emus = set(store.match_ids(store.parse_query("given:emu")))
    assert ids_of(shown, send("select", scope="given:emu", all=True)) == emus
    coloring = shown.colors("given")
    lotus = coloring.names.index("lotus")
    assert ids_of(shown, send("select", all=True, isolated=[lotus])) == set(
        store.match_ids(store.parse_query("given:lotus"))
    )


def test_all_of_a_color_are_selected(shown, send):
    store = shown.audit.store
    code = shown.colors("given").names.index("emu")
    emus = set(store.match_ids(store.parse_query("given:emu")))
    assert ids_of(shown, send("select", codes=[code])) == emus


def test_order_that_is_sent_again_is_carried_out_once(shown, send):
    order = {"session": "s", "seq": 1, "auditor": "Ana", "kind": "select", "change": "add",
             "color": "given", "isolated": [], "ids": [SUSPECT]}  # fmt: skip
    memory, address = {}, {}
    first = carry_out(MapOrder(shown, Query.ALL, order, memory, address))
    address.clear()
    assert carry_out(MapOrder(shown, Query.ALL, order, memory, address)) == first
    assert not address


@pytest.mark.parametrize(
    "more",
    [
        {"kind": "select"},
        {"kind": "nothing"},
        {"kind": "select", "outline": [["a", "b"], [1, 2], [3, 4]]},
        {"kind": "select", "codes": [70_000]},
        {"kind": "select", "codes": [0], "color": "no such color"},
        {"kind": "open", "item": 7},
    ],
)
def test_order_that_makes_no_sense_is_refused_in_one_sentence(send, more):
    send(**more)
    assert not send.answer["ok"]
    assert len(send.answer["reason"]) < 300
    assert "sel" not in send.address


def test_order_given_as_somebody_else_is_refused(shown, send):
    send("select", all=True, auditor="Ben")
    assert "Ben" in send.answer["reason"]


def test_item_is_opened_once(send):
    send("open", item=SUSPECT)
    assert map_orders.item_to_open(send.memory) == SUSPECT
    assert map_orders.item_to_open(send.memory) is None


def test_stored_selection_is_found_by_its_query_and_opens_as_a_queue(shown):
    store = shown.audit.store
    name = store_selection(shown, np.isin(shown.points.ids, [SUSPECT, item_id("03.jpg")]))
    assert store.selection_title(name) == "2 images from the map"
    both = Queue(selection=name).ids(store)
    assert sorted(both) == sorted([SUSPECT, item_id("03.jpg")])
    suspects = Queue(query=f"selection:{name} is:suspect").ids(store, "Ana")
    assert suspects == [SUSPECT]
    assert store_selection(shown, np.zeros(18, bool)) == ""


def test_selection_is_written_as_a_table(shown):
    name = store_selection(shown, shown.points.ids == SUSPECT)
    (row,) = csv.DictReader(io.StringIO(_table(shown, selection_query(name)).decode()))
    assert (row["id"], row["path"], row["given"]) == (SUSPECT, "12.jpg", "lotus")


def test_coloring_is_written_with_its_names_and_a_code_a_point(shown):
    for key in ("given", "suspicion"):
        coloring = shown.colors(key)
        data = coloring_bytes(coloring)
        length = int.from_bytes(data[:4], "little")
        about = json.loads(data[4 : 4 + length])
        assert (about["key"], about["names"]) == (key, coloring.names)
        kind, values = ("<u2", coloring.codes) if key == "given" else ("u1", coloring.values)
        assert np.frombuffer(data[4 + length :], kind).tolist() == values.tolist()
        assert length % 4 == 0


def test_agreement_and_verdicts_have_their_own_colors(shown):
    Auditor(shown.audit.store, "Ana").judge("00.jpg", "keep")
    again = shown_map(shown.audit, DEFAULT, "Ana")
    for key in ("agreement", "verdict"):
        coloring = again.colors(key)
        tones = shown_points.tones_of(coloring)
        assert len(tones["light"]) == len(tones["dark"]) == len(coloring.names) > 0
    assert shown_points.tones_of(again.colors("given")) is None


# -- the bytes ------------------------------------------------------------------------------------


def fetch(address, **asked):
    name = address.rpartition("/")[2]
    query = "&".join(f"{key}={value}" for key, value in asked.items()).encode()
    scope = {"type": "http", "path_params": {"name": name}, "query_string": query}
    return published.serve_published(Request(scope))


def test_points_and_ids_are_served_for_good_in_the_same_order(shown):
    at = addresses(shown, [("given", "Given label")])
    points, ids = fetch(at["points"]), fetch(at["ids"])
    assert np.frombuffer(points.body, "<u2").tolist() == shown.points.xy.ravel().tolist()
    numbers = np.frombuffer(ids.body, "<u8").tolist()
    assert [f"{number:016x}" for number in numbers] == shown.points.ids.tolist()
    assert "immutable" in points.headers["Cache-Control"]
    assert addresses(shown, []) | at == at


def test_items_are_served_without_what_was_decided(shown):
    Auditor(shown.audit.store, "Ben").judge("12.jpg", "relabel", ["emu"])
    answer = fetch(addresses(shown, [])["items"], ids=f"{SUSPECT},0000000000000000")
    (item,) = json.loads(answer.body)
    assert (item["id"], item["given"], item["suggested"]) == (SUSPECT, "lotus", "emu")
    assert "verdict" not in item
    assert answer.headers["Cache-Control"] == "no-store"


def test_address_that_nobody_published_is_refused(shown):
    answer = fetch("/api/map/" + "0" * 32)
    assert answer.status_code == 404
    assert b"reload" in answer.body


def test_colors_of_verdicts_differ_for_whom_they_are_hidden_from(computed):
    computed.store.set_second_share(1.0)
    Auditor(computed.store, "Ana").judge("12.jpg", "relabel", ["emu"])
    found = {}
    for auditor in ("Ana", "Cleo", ""):
        shown = shown_map(computed, DEFAULT, auditor)
        (one,) = addresses(shown, [("verdict", "Verdict")])["colorings"]
        found[auditor] = one["address"], fetch(one["address"]).body
    assert b"Wrong label" in found["Ana"][1] or b"elabel" in found["Ana"][1]
    assert found["Cleo"][1] == found[""][1] != found["Ana"][1]
    assert found["Cleo"][0] != found["Ana"][0]


def test_bytes_beyond_what_is_kept_are_made_again(monkeypatch, shown):
    monkeypatch.setattr(published, "MOST_BYTES", 100)
    made = []
    places = [
        published.publish(lambda n=n: made.append(n) or bytes(80), "test", n) for n in range(2)
    ]
    for place in (*places, *places, places[1]):
        assert fetch(place).body == bytes(80)
    assert made == [0, 1, 0, 1]


# -- the page -------------------------------------------------------------------------------------


def button(app, label):
    return next(one for one in app.button if one.label.startswith(label))


def test_page_without_a_selection_says_how_to_select(small_app):
    opened(small_app, "map.py")
    assert "Nothing is selected" in " ".join(one.value for one in small_app.markdown)
    assert "PCA" in small_app.caption[0].value or "UMAP" in small_app.caption[0].value


def test_selection_of_the_address_stands_beside_the_map_and_opens_as_a_queue(small_app, shown):
    name = store_selection(shown, shown.points.xy[:, 0] < STEPS // 2)
    count = shown.audit.store.match_count(selection_query(name))
    small_app.query_params["sel"] = name
    opened(small_app, "map.py")
    assert f"**{count} selected**" in " ".join(one.value for one in small_app.markdown)
    button(small_app, f"Review all {count}").click().run()
    assert small_app.query_params["selection"] == name
    assert not small_app.exception


def test_suspects_of_the_selection_open_as_a_queue(small_app, shown):
    small_app.query_params["sel"] = store_selection(shown, np.ones(18, bool))
    opened(small_app, "map.py")
    button(small_app, "Review 1 suspect").click().run()
    assert "is:suspect" in small_app.query_params["query"]


def test_selection_is_saved_as_a_filter(small_app, shown):
    name = store_selection(shown, shown.points.ids == SUSPECT)
    small_app.query_params["sel"] = name
    opened(small_app, "map.py")
    field = next(one for one in small_app.text_input if one.label == "Its name")
    field.set_value("One emu")
    button(small_app, "Save").click().run()
    assert not small_app.exception
    store = shown.audit.store
    assert store.saved_filters() == {"One emu": f"selection:{name}"}
    assert store.match_ids(store.parse_query(f"selection:{name}"), Sort()) == [SUSPECT]


def test_filter_that_finds_some_offers_to_select_them(small_app, shown):
    small_app.query_params["q"] = "given:emu"
    opened(small_app, "map.py")
    button(small_app, "Select all").click().run()
    emus = shown.audit.store.match_ids(shown.audit.store.parse_query("given:emu"))
    chosen = small_app.query_params["sel"]
    assert set(shown.audit.store.match_ids(selection_query(chosen))) == set(emus)


def test_mistake_in_the_filter_is_explained(small_app):
    small_app.query_params["q"] = "giben:emu"
    opened(small_app, "map.py")
    assert "There is no field" in small_app.error[0].value


def test_page_says_that_there_is_no_map_yet(small_app, computed):
    computed.map_file.unlink()
    opened(small_app, "map.py")
    assert "not ready yet" in " ".join(one.value for one in small_app.markdown)


def test_browser_without_webgl_gets_a_chart_whose_box_selects(small_app, shown):
    small_app.session_state["map_unsupported"] = True
    opened(small_app, "map.py")
    key = f"plain_map_{DEFAULT}_agreement"
    small_app.session_state[key] = {"selection": {"brush": {"x": [0, 0.5], "y": [0, 1]}}}
    small_app.run()
    button(small_app, "Select ").click().run()
    assert not small_app.exception
    chosen = small_app.query_params["sel"]
    expected = set(shown.points.ids[shown.points.xy[:, 0] / STEPS <= 0.5].tolist())
    assert set(shown.audit.store.match_ids(selection_query(chosen))) == expected


def test_item_of_the_map_leads_back_to_the_map(small_app):
    small_app.session_state["map_open"] = SUSPECT
    small_app.query_params["color"] = "given"
    opened(small_app, "map.py")
    assert small_app.title[0].value == "12\\.jpg"
    assert small_app.session_state[CAME_FROM] == (SUSPECT, "map.py", {"color": "given"})
    button(small_app, "Back").click().run()
    assert small_app.title[0].value == "Map"


def test_history_of_an_item_offers_its_place_on_the_map(small_app):
    small_app.query_params["item"] = SUSPECT
    opened(small_app, "item.py")
    button(small_app, "Show on the map").click().run()
    assert small_app.title[0].value == "Map"
    assert small_app.query_params["item"] == SUSPECT
