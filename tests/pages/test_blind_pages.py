"""No page shows an auditor what they are to review blind; an export does, once that is recorded."""

import ast

import numpy as np
import pytest

from core.audit import item_id
from core.charts import overview_charts
from core.structure.colorings import NO_CODE
from core.structure.layout_files import DEFAULT
from core.terms import VERDICTS
from pages.parts.export.report_download import _report_for
from pages.parts.map.shown_points import shown_map
from tests.core.making import Auditor
from tests.pages.conftest import ROOT, opened

SUSPECT = item_id("12.jpg")
FOR_SOMEBODY = {
    "browse": 5, "match_count": 2, "match_rows": 4, "match_ids": 4, "rows_of": 2,
    "candidates": 2, "query_ids": 2, "value_counts": 4, "bulk_rows": 2, "decisions": 2,
    "content": 2, "compare_audits": 3, "report_content": 2, "coloring": 4, "mask_of_query": 4,
    "ids_of_query": 4, "shown_map": 3,
}  # fmt: skip
"""What shows decisions, and how many arguments it has with the auditor."""

FOR_THE_OWNER = {"current_verdicts", "log", "annotations", "input_rows"}


@pytest.fixture
def app(small_app, computed):
    """Cleo's visit; Ana has judged two images, all of which get a second review."""
    computed.store.set_second_share(1.0)
    ana = Auditor(computed.store, "Ana")
    ana.judge("12.jpg", "relabel", ["emu"])
    ana.judge("00.jpg", "keep")
    small_app.session_state["auditor"] = "Cleo"
    return small_app


def button(app, label):
    return next(each for each in app.button if each.label == label)


def everything(app):
    return " ".join(str(each.proto) for each in app.main)


def test_pages_ask_for_decisions_in_the_name_of_an_auditor():
    wrong = []
    for file in (ROOT / "pages").rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            count = len(call.args) + len(call.keywords)
            named = {keyword.arg for keyword in call.keywords}
            if name in FOR_THE_OWNER or (
                name in FOR_SOMEBODY and "auditor" not in named and count < FOR_SOMEBODY[name]
            ):
                wrong.append(f"{file.name}:{call.lineno}: {name}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("query", ["verdict:relabel", "final:emu given:lotus", "auditor:Ana"])
def test_browse_finds_nothing_by_what_is_hidden(app, query):
    app.query_params["q"] = query
    opened(app, "browse.py")
    assert "0 of 18 images match" in everything(app)


def test_export_says_what_waits_and_shows_nothing(app, computed):
    opened(app, "export.py")
    assert app.title[0].value == "2 images wait for your second review"
    assert not app.dataframe
    assert not app.get("download_button")
    button(app, "Review 2 blind").click().run()
    assert app.query_params["second"] == "1"
    assert computed.store.unblinded() == []


def test_export_anyway_is_recorded_and_shows_everything(app, computed):
    opened(app, "export.py")
    button(app, "Export anyway").click().run()
    assert not app.exception
    assert app.title[0].value == "1 label changes"
    assert {row["auditor"] for row in computed.store.unblinded()} == {"Cleo"}
    assert computed.store.second_review_ids("Cleo") == []
    assert len(computed.store.second_review_ids("Dora")) == 2


def test_report_is_offered_and_what_is_new_for_a_second_review_counts_as_seen(app, computed):
    app.session_state["auditor"] = "Ana"
    opened(app, "export.py")
    assert any("Download report" in str(one.proto) for one in app.get("download_button"))
    assert b"1 label error found in 2 reviewed images" in _report_for("Cleo", computed)
    assert {row["auditor"] for row in computed.store.unblinded()} == {"Cleo"}
    assert computed.store.blind_ids("Cleo") == []


def test_export_of_the_first_auditor_asks_nothing(app):
    app.session_state["auditor"] = "Ana"
    opened(app, "export.py")
    assert app.title[0].value == "1 label changes"


def test_export_asks_a_visitor_without_a_name_who_they_are(app):
    app.session_state["auditor"] = ""
    opened(app, "export.py")
    assert app.title[0].value == "Who is reviewing?"


def test_overview_counts_no_verdict_that_is_hidden(app, monkeypatch):
    counted = []
    drawn = overview_charts.progress_frame
    monkeypatch.setattr(
        overview_charts, "progress_frame", lambda *args: (counted.append(args[0]), drawn(*args))[1]
    )
    opened(app, "overview.py")
    app.session_state["auditor"] = "Ana"
    app.run()
    assert counted[0] == {}
    assert counted[-1] == {"relabel": 1, "keep": 1}


def test_map_shows_what_waits_as_not_reviewed(app, computed):
    def verdicts(auditor):
        shown = shown_map(computed, DEFAULT, auditor)
        coloring = shown.colors("verdict")
        codes = coloring.codes[np.isin(shown.points.ids, [SUSPECT, item_id("00.jpg")])]
        return sorted("" if code == NO_CODE else coloring.names[code] for code in codes)

    assert verdicts("Cleo") == verdicts("") == ["", ""]
    assert verdicts("Ana") == sorted([VERDICTS[one].title for one in ("relabel", "keep")])
