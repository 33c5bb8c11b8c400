"""The page Classes, in Streamlit's own test harness."""

import pytest

from core.review import class_changes
from tests.core.making import Auditor, records
from tests.pages.conftest import opened


@pytest.fixture
def page(small_app):
    """The page as Ana sees it, not yet run."""
    small_app.session_state["auditor"] = "Ana"

    def show():
        return opened(small_app, "classes.py")

    return show


def press(app, label):
    next(button for button in app.button if button.label.replace("\\", "") == label).click().run()
    assert not app.exception
    return app


def texts(app):
    return [text.value.replace("\\", "") for text in (*app.markdown, *app.caption, *app.error)]


def test_who_changes_classes_says_who_they_are_first(small_app):
    app = opened(small_app, "classes.py")
    assert app.title[0].value == "Who is reviewing?"


def test_classes_are_listed(page, computed):
    frame = page().dataframe[0].value
    assert dict(zip(frame["Class"], frame["Images"], strict=True)) == {
        row["given"]: row["items"] for row in computed.store.class_summary()
    }


def test_class_that_looks_renamed_is_merged_only_when_asked_to(page, computed):
    path = "12.jpg"
    Auditor(computed.store).judge(path, "relabel", ["emu"])
    labels = {row["path"]: row["given"] for row in computed.store.input_rows()}
    renamed = {path: "ostrich" if label == "emu" else label for path, label in labels.items()}
    computed.store.replace_listing(records(renamed))
    app = page()
    assert any("have 'ostrich' now" in text for text in texts(app))
    assert computed.store.class_log() == []
    app = press(app, "Merge into ostrich")
    final = {row["path"]: row["final"] for row in computed.store.input_rows()}
    assert final[path] == "ostrich"
    assert not any("have 'ostrich' now" in text for text in texts(app))
    app = press(app, "Undo: emu merged into ostrich")
    assert any("have 'ostrich' now" in text for text in texts(app))
    press(app, "Keep both")
    assert not any("have 'ostrich' now" in text for text in texts(page()))


def test_class_is_added_and_a_name_that_is_taken_is_refused(page, computed):
    app = page()
    app.text_input[0].set_value("yak")
    app = press(app, "Add class")
    assert "yak" in computed.store.offered_classes()
    app.text_input[0].set_value("emu")
    app = press(app, "Add class")
    assert any("There is a class 'emu' already" in text for text in texts(app))


def test_merge_offers_to_rank_again(page, computed):
    class_changes.merge(computed.store, ["emu"], "lotus", auditor="Ana")
    assert "Rank again" in [button.label for button in page().button]
