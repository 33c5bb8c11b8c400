"""Neighbors in large, and what is decided of them from there."""

from core.audit import item_id
from tests.browser.desk_driver import press, sign_in, wait_for_image, wait_until_saved

SUSPECT = item_id("12.jpg")


def neighbors(page):
    return page.get_by_role("dialog", name="Neighbors")


def wait_for_neighbor(page):
    """Wait until the neighbor in large is painted."""
    page.locator(".other .framed[data-painted]").wait_for()


def test_a_neighbor_is_corrected_taken_back_and_opened(page, small):
    address, store = small
    assert sign_in(page, address, path="review?everything=1") == SUSPECT
    page.keyboard.press("t")
    neighbors(page).wait_for()
    page.keyboard.press("2")
    page.keyboard.press("ArrowRight")
    chosen = page.locator(".near .thumb[aria-current=true]")
    path = page.locator(".other img").get_attribute("alt").split()[1].rstrip(",")
    other = item_id(path)
    wait_for_neighbor(page)
    page.keyboard.press("/")
    page.keyboard.type("lotus")
    page.keyboard.press("Enter")
    neighbors(page).wait_for()
    assert chosen.inner_text().startswith("→ lotus")
    wait_until_saved(page)
    assert store.current_verdicts()[other]["labels"] == ["lotus"]
    assert store.judged_ids() == {other: "relabel"}
    page.keyboard.press("z")
    wait_until_saved(page)
    assert store.judged_ids() == {}
    assert chosen.inner_text().startswith("emu")

    page.keyboard.press("Enter")
    assert wait_for_image(page, other_than=SUSPECT) == other
    page.keyboard.press("ArrowLeft")
    assert wait_for_image(page, other_than=other) == SUSPECT
    page.keyboard.press("3")
    neighbors(page).wait_for()
    assert page.locator(".other img").get_attribute("alt").split()[1].rstrip(",") == path
    page.keyboard.press("Escape")
    press(page, "k", SUSPECT)
    wait_until_saved(page)
    assert store.judged_ids() == {SUSPECT: "keep"}


def test_reasons_name_each_detector_and_the_copies(page, small):
    address, store = small
    sign_in(page, address, path="review?everything=1")
    nearest = page.locator(".neighbors .thumb")
    copy = item_id(nearest.nth(0).get_attribute("title").split(", ")[1])
    assert page.locator(".opinions em").all_inner_texts() == [
        "its neighbors", "class centers", "a linear model", "its region",
    ]  # fmt: skip
    store.replace_findings(
        {
            "kind": "duplicates", "position": position, "group_id": copy,
            "item_id": item, "score": 1, "exact": False,
        }
        for position, item in enumerate((SUSPECT, copy))
    )  # fmt: skip
    store.set_fingerprint("findings", "found in a test")
    page.reload()
    page.locator(".neighbors .thumb.copy").wait_for()
    assert nearest.nth(0).inner_text().endswith("duplicate")


def test_suggestion_is_hidden_until_it_is_asked_for(page, small):
    address, store = small
    sign_in(page, address, path="review?everything=1")
    page.keyboard.press("?")
    page.get_by_label("Hide the suggestion").check()
    page.keyboard.press("Escape")
    page.locator(".veil").wait_for()
    desk = page.locator(".desk")
    # The sentence, the bars and the labels of the neighbors all give it away.
    assert "emu" not in desk.inner_text()
    assert page.locator(".opinions li, .thumb.suggests").count() == 0
    assert page.locator("[alt*=emu]").count() == 0
    page.keyboard.press(" ")
    page.get_by_role("button", name="It is emu").wait_for()
    assert store.judged_ids() == {}
    second = press(page, " ", SUSPECT)
    page.locator(".veil").wait_for()
    press(page, "k", second)
    wait_until_saved(page)
    assert store.judged_ids() == {SUSPECT: "relabel", second: "keep"}
    assert store.preferences("Ana") == {"blind": True}
