"""Several people at their desks: told of each other, and blind where they must be."""

from core.audit import item_id
from core.review.queues.queue import Queue
from tests.browser.desk_driver import (
    press,
    sign_in,
    wait_for_image,
    wait_until_place_is_kept,
    wait_until_saved,
)
from tests.core.making import Auditor

SUSPECT = item_id("12.jpg")
LOOK = "document.dispatchEvent(new Event('visibilitychange'))"


def test_what_another_decided_of_the_image_on_screen_is_told(page, small):
    address, store = small
    store.set_second_share(0.0)  # else it may be one that Ana is to judge blind
    item = sign_in(page, address, path="review?everything=1")
    wait_until_place_is_kept(page, store, Queue(everything=True), item)
    Auditor(store, "Ben").judge("12.jpg", "relabel", ["emu"])
    page.keyboard.press("k")  # before the browser has heard of it
    page.locator(".notice", has_text="Ben has decided this image meanwhile").wait_for()
    assert wait_for_image(page) == SUSPECT
    page.locator(".decided", has_text="Ben decided this a moment ago: relabeled to emu").wait_for()
    assert store.current_verdicts()[SUSPECT]["auditor"] == "Ben"
    second = press(page, "s", SUSPECT)
    wait_until_place_is_kept(page, store, Queue(everything=True), second)
    Auditor(store, "Ben", "another").judge(store.file_of(second)["path"], "none")
    page.evaluate(LOOK)
    page.locator(".decided", has_text="Ben decided this a moment ago: none fits").wait_for()


def test_second_look_is_blind_and_a_disagreement_is_settled(page, small, visitor):
    address, store = small
    store.set_second_share(1.0)
    Auditor(store, "Zoltan").judge("12.jpg", "relabel", ["emu"])
    assert sign_in(page, address, "Ben", path="review?second=1") == SUSPECT
    page.locator(".role", has_text="you do not see how").wait_for()
    assert "Zoltan" not in page.content()
    assert "Zoltan" not in page.locator(".desk").inner_html()
    assert "already" not in page.locator(".decided").inner_text()
    page.keyboard.press("k")
    page.locator(".end").wait_for()
    wait_until_saved(page)
    assert Queue(disputed=True).ids(store) == [SUSPECT]

    other = visitor()
    sign_in(other, address, "Cleo", path="review?disputed=1")
    annotations = other.locator(".annotations button")
    assert [" ".join(text.split()) for text in annotations.all_inner_texts()] == [
        "Zoltan: emu", "Ben: Keep lotus",
    ]  # fmt: skip
    annotations.first.click()
    other.locator(".end").wait_for()
    wait_until_saved(other)
    decided = store.current_verdicts()[SUSPECT]
    assert (decided["auditor"], decided["labels"]) == ("Cleo", ["emu"])
    assert decided["role"] == "adjudication"
