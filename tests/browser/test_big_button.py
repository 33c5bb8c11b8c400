"""The big button, and Space, are what the evidence speaks for: a right label is kept."""

import pytest

from core.audit import item_id
from tests.browser.desk_driver import press, sign_in, wait_for_image, wait_until_saved
from tests.core.making import verdict_log

EVERYTHING = "review?everything=1"
SUSPECT = item_id("12.jpg")
CLEAN = item_id("03.jpg")  # a lotus that is labeled so


def buttons(page):
    return page.locator(".verdicts button span").all_inner_texts()[:2]


@pytest.fixture
def clean(page, small):
    """The desk at an image whose label the evidence agrees with."""
    address, store = small
    assert sign_in(page, address, path=f"{EVERYTHING}&item={CLEAN}") == CLEAN
    return store


def test_space_keeps_a_label_that_the_evidence_agrees_with(page, clean):
    assert buttons(page) == ["Keep lotus", "It is emu"]
    main = page.locator(".verdicts .main")
    assert main.inner_text().split() == ["Keep", "lotus", "Space", "K"]
    lesser = page.locator(".verdicts button", has_text="It is emu")
    assert lesser.inner_text().split() == ["It", "is", "emu", "I"]
    assert page.locator(".looks").inner_text() == "runner-up"
    press(page, " ", CLEAN)
    wait_until_saved(page)
    assert [row["verdict"] for row in verdict_log(clean)] == ["keep"]


def test_big_button_keeps_and_the_runner_up_is_a_lesser_one(page, clean):
    page.locator(".verdicts .main").click()
    second = wait_for_image(page, other_than=CLEAN)
    assert press(page, "z", second) == CLEAN
    page.locator(".verdicts button", has_text="It is emu").click()
    wait_for_image(page, other_than=CLEAN)
    wait_until_saved(page)
    assert clean.current_verdicts()[CLEAN]["labels"] == ["emu"]
    assert [row["verdict"] for row in verdict_log(clean)] == ["keep", "undo", "relabel"]


def test_key_of_the_suggested_class_relabels_whatever_the_big_button_is(page, clean):
    press(page, "i", CLEAN)
    wait_until_saved(page)
    assert clean.current_verdicts()[CLEAN]["labels"] == ["emu"]


def test_space_relabels_a_suspect_as_before(page, small):
    address, store = small
    assert sign_in(page, address, path=EVERYTHING) == SUSPECT
    assert buttons(page) == ["It is emu", "Keep lotus"]
    assert page.locator(".looks").inner_text() == "looks like"
    press(page, " ", SUSPECT)
    wait_until_saved(page)
    assert store.current_verdicts()[SUSPECT]["labels"] == ["emu"]


def test_hidden_suggestion_is_not_told_by_the_big_button(page, clean):
    page.keyboard.press("?")
    page.get_by_label("Hide the suggestion").check()
    page.keyboard.press("Escape")
    page.locator(".veil").wait_for()
    assert buttons(page) == ["Show the suggestion", "Keep lotus"]
    page.keyboard.press(" ")
    page.locator(".verdicts .main", has_text="Keep lotus").wait_for()
    assert clean.judged_ids() == {}
    press(page, " ", CLEAN)
    wait_until_saved(page)
    assert clean.judged_ids() == {CLEAN: "keep"}


def test_key_of_the_big_button_is_the_auditors_own(page, small):
    address, store = small
    store.set_preferences("Ana", {"keys": {"accept": ["j"]}})
    sign_in(page, address, path=f"{EVERYTHING}&item={CLEAN}")
    assert page.locator(".verdicts .main").inner_text().split() == ["Keep", "lotus", "J", "K"]
    press(page, "j", CLEAN)
    wait_until_saved(page)
    assert store.judged_ids() == {CLEAN: "keep"}


def test_space_in_the_panel_keeps_a_neighbor_with_the_right_label(page, small):
    address, store = small
    sign_in(page, address, path=EVERYTHING)
    other = item_id(page.locator(".neighbors .thumb").nth(0).get_attribute("title").split(", ")[1])
    page.keyboard.press("1")
    page.locator(".other .framed[data-painted]").wait_for()
    assert page.locator(".acts button", has_text="Keep emu").inner_text().split()[-1] == "Space"
    page.keyboard.press(" ")
    wait_until_saved(page)
    assert store.judged_ids() == {other: "keep"}
