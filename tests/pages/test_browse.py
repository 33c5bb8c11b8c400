"""Browse in Streamlit's own test harness, on a real audit."""

import json

import pytest

from core.store import Sort
from pages.parts.app.sign_in import NOW, WANTED
from pages.parts.browse.query_menus import with_term
from tests.core.making import Auditor


@pytest.fixture
def app(small_app):
    small_app.session_state["auditor"] = "Ana"
    return small_app


def opened(app, **address):
    for name, value in address.items():
        app.query_params[name] = value
    app.switch_page("browse.py").run()
    assert not app.exception
    return app


def grid(app):
    """What the grid is given to draw; None where there is no grid."""
    found = [
        element.proto.json
        for element in app.get("bidi_component")
        if "grid" in element.proto.component_name
    ]
    return json.loads(found[0]) if found else None


def shown(app):
    return [row["path"] for row in grid(app)["page"]["rows"]]


def in_address(app, name):
    return app.query_params[name]


def menu(app, title):
    return next(box for box in app.selectbox if box.label == title)


def test_looking_around_needs_no_name(app):
    app.session_state["auditor"] = ""
    opened(app)
    assert app.title[0].value == "Browse"
    assert grid(app)["counted"] == "18 images"
    assert grid(app)["undo"] is None


def test_an_unknown_auditor_who_decides_is_asked_for_a_name(app):
    app.session_state["auditor"] = ""
    app.session_state[WANTED] = NOW
    opened(app)
    (name,) = [field for field in app.text_input if field.label == "Your name"]
    name.set_value("Ana")
    next(each for each in app.button if each.label == "Start reviewing").click().run()
    assert not app.exception
    assert app.session_state["auditor"] == "Ana"
    assert not [field for field in app.text_input if field.label == "Your name"]


def test_everything_is_shown_the_most_suspect_first(app, computed):
    opened(app)
    assert grid(app)["counted"] == "18 images"
    ids = [row["id"] for row in grid(app)["page"]["rows"]]
    assert ids == computed.store.match_ids(sort=Sort())
    assert grid(app)["page"]["rows"][0]["suggested"] == "emu"


def test_query_and_order_come_from_the_address(app):
    opened(app, q="given:emu", sort="path")
    assert app.text_input[0].value == "given:emu"
    assert shown(app) == sorted(shown(app))
    assert {row["given"] for row in grid(app)["page"]["rows"]} == {"emu"}
    assert grid(app)["counted"] == "8 of 18 images match"
    assert menu(app, "Given label").value == "emu (8)"


def test_query_that_is_written_goes_into_the_address(app):
    opened(app, at="somewhere", page="7")
    app.text_input[0].set_value("given:emu").run()
    assert in_address(app, "q") == "given:emu"
    assert "at" not in app.query_params
    assert len(shown(app)) == 8
    app.text_input[0].set_value("").run()
    assert "q" not in app.query_params
    assert len(shown(app)) == 18


@pytest.mark.parametrize("place", ["nonsense", '{"sort":"path","after":["x","y"]}', "\0"])
def test_an_invalid_cursor_shows_the_first_page(app, place):
    opened(app, at=place, page="x")
    assert len(shown(app)) == 18
    assert "at" not in app.query_params


def test_an_emptied_last_page_shows_the_first_page(app, computed, monkeypatch):
    monkeypatch.setattr("pages.parts.grid.grid_part.PAGE_SIZE", 5)
    opened(app, q="-verdict:any", sort="path")
    for _ in range(3):
        app.query_params["at"] = grid(app)["page"]["next"]
        app.run()
    assert shown(app) == ["15.jpg", "16.jpg", "17.jpg"]
    assert grid(app)["behind"]["rows"][0]["path"] == "10.jpg"
    for path in shown(app):
        Auditor(computed.store, session=path).judge(path)
    app.run()
    assert not app.exception
    assert shown(app) == [f"{number:02}.jpg" for number in range(5)]
    assert grid(app)["page"]["number"] == 1


@pytest.mark.parametrize(
    ("query", "message", "marks"),
    [
        ("note:x giben:emu", "There is no field 'giben'", "       ^^^^^"),
        ("given:emo", "There is no class 'emo'", "      ^^^"),
        ('path:"x', "quote is not closed", "     ^"),
    ],
)
def test_mistake_is_explained_and_marked(app, query, message, marks):
    opened(app, q=query)
    assert message in app.error[0].value.replace("\\", "")
    assert app.code[0].value.split("\n")[1].startswith(marks)
    assert grid(app) is None
    assert menu(app, "Given label").disabled
    app.text_input[0].set_value("given:emu").run()
    assert not app.error
    assert len(shown(app)) == 8


def test_menus_write_into_the_query(app):
    opened(app, q="note:any or width:>1")
    menu(app, "Given label").set_value("emu (8)").run()
    assert in_address(app, "q") == "(note:any or width:>1) given:emu"
    menu(app, "Verdict").set_value("Not reviewed").run()
    app.slider[0].set_value((0.0, 0.5)).run()
    assert in_address(app, "q").endswith(" given:emu -verdict:any suspicion:0..0.5")
    assert app.slider[0].value == (0.0, 0.5)
    menu(app, "Given label").set_value(None).run()
    app.slider[0].set_value((0.0, 1.0)).run()
    assert in_address(app, "q").endswith(") -verdict:any")
    assert not app.exception


def test_a_menu_reports_a_query_that_it_cannot_show(app):
    opened(app, q="given:emu,lotus")
    assert menu(app, "Given label").value is None
    assert menu(app, "Given label").placeholder == "as written"


def test_term_of_a_menu_replaces_only_its_own_field(computed):
    parse = computed.store.parse_query
    query = parse("given:emu (given:lotus or width:>3) -given:emu")
    changed = with_term(query, "given", parse("given:lotus"))
    assert str(changed) == "(given:lotus or width:>3) given:lotus"
    assert str(with_term(parse("given:emu"), "given", None)) == ""


def test_filter_is_saved_used_and_deleted(app, computed):
    opened(app, q="given:emu")
    next(field for field in app.text_input if field.label == "Its name").set_value("All emus")
    next(button for button in app.button if button.label == "Save").click().run()
    assert computed.store.saved_filters() == {"All emus": "given:emu"}
    (chips,) = app.get("button_group")
    assert chips.value == "All emus"
    app.text_input[0].set_value("").run()
    (chips,) = app.get("button_group")
    assert chips.value is None
    chips.set_value("All emus").run()
    assert in_address(app, "q") == "given:emu"
    next(button for button in app.button if "Delete this filter" in button.label).click().run()
    assert not app.exception
    assert computed.store.saved_filters() == {}
    assert len(shown(app)) == 8


def test_order_is_chosen(app):
    opened(app)
    order = next(box for box in app.selectbox if box.label == "Order")
    assert "Path, A to Z" in order.options
    assert "Größe, A to Z" in order.options
    order.set_value("path").run()
    assert in_address(app, "sort") == "path"
    assert shown(app) == sorted(shown(app))


def test_a_row_has_its_verdict_and_undo_names_what_it_reverts(app, computed):
    Auditor(computed.store).judge("03.jpg", "relabel", ["emu"])
    opened(app, q="verdict:any")
    (row,) = grid(app)["page"]["rows"]
    assert (row["path"], row["verdict"], row["final"]) == ("03.jpg", "relabel", "emu")
    assert grid(app)["undo"]["message"] == "Undo the last verdict"
    assert menu(app, "Verdict").value == "Reviewed"
    assert menu(app, "Auditor").options == ["Ana (1)"]


def test_the_first_verdict_is_hidden_from_the_second_auditor(app, computed):
    Auditor(computed.store, "Ben").judge("03.jpg", "unsure")
    opened(app, q="path:03.jpg")
    (row,) = grid(app)["page"]["rows"]
    assert row["awaits_second"]
    assert row["verdict"] is None
    assert "unsure" not in json.dumps(grid(app)["page"])


def test_every_field_is_explained(app):
    from core.query.fields import FIELDS, FLAGS

    opened(app)
    table = next(text.value for text in app.markdown if text.value.startswith("| query"))
    assert all(field.example in table for field in FIELDS.values())
    assert all(f"is:{flag}" in table for flag in FLAGS)
    assert "größe" in table


def test_the_view_is_restored_after_another_page(app):
    opened(app, q="given:emu", sort="path")
    app.switch_page("export.py").run()
    app.query_params.clear()
    app.switch_page("browse.py").run()
    assert not app.exception
    assert in_address(app, "q") == "given:emu"
    assert len(shown(app)) == 8
