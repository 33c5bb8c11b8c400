"""The page of an image: its evidence and its story, as far as its visitor may know it."""

import pytest

from core.audit import item_id
from tests.core.making import Auditor
from tests.pages.conftest import opened

SUSPECT = item_id("12.jpg")


@pytest.fixture
def app(small_app):
    small_app.session_state["auditor"] = "Ana"
    return small_app


def shown(app, item=SUSPECT):
    app.query_params["item"] = item
    return opened(app, "item.py")


def texts(app):
    each = [*app.title, *app.markdown, *app.caption, *app.header]
    return " ".join(text.value for text in each).replace("\\", "")


def test_labels_evidence_and_story_are_shown(app, computed):
    computed.store.set_second_share(0.0)
    ben = Auditor(computed.store, "Ben")
    ben.judge("12.jpg", "keep")
    ben.undo("12.jpg")
    Auditor(computed.store, "Ana").judge("12.jpg", "relabel", ["emu"])
    shown(app)
    text = texts(app)
    assert app.title[0].value.replace("\\", "") == "12.jpg"
    assert "Given label: **lotus**" in text
    assert "Looks like: **emu**" in text
    assert "Its final label is emu (only verdict)." in text
    assert "Ana · **relabeled to emu**" in text
    assert "Ben · ~~kept lotus~~" in text
    assert "Ben · undid: kept lotus" in text
    assert app.dataframe[0].value["class"][0] == "emu"


def test_what_is_to_be_judged_blind_is_hidden(app, computed):
    computed.store.set_second_share(1.0)
    Auditor(computed.store, "Ben").judge("12.jpg", "none")
    shown(app)
    assert "You are to review this image blind" in texts(app)
    assert "none fits" not in texts(app)
    assert "Ben" not in texts(app)


def test_image_that_nobody_has_reviewed_says_so(app):
    assert "Nobody has reviewed this image." in texts(shown(app))


@pytest.mark.parametrize("item", ["", "gone"])
def test_address_of_an_image_that_is_not_there_says_so(app, item):
    shown(app, item)
    assert app.title[0].value == "No such image"


def test_image_of_the_page_opens_on_the_desk(app):
    shown(app)
    next(button for button in app.button if button.label == "Review it").click().run()
    assert not app.exception
    assert not app.title
