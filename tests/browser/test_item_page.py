"""The history of an image is one key away, and so is the way back."""

from core.audit import item_id
from tests.browser.desk_driver import press, sign_in, wait_for_image, wait_until_saved
from tests.core.making import Auditor

SUSPECT = item_id("12.jpg")


def test_key_on_the_desk_opens_the_history_and_back_returns(page, small):
    address, store = small
    store.set_second_share(0.0)
    Auditor(store, "Ben").judge("12.jpg", "relabel", ["emu"])
    Auditor(store, "Ben", "again").undo("12.jpg")
    first = sign_in(page, address, path="review?everything=1")
    second = press(page, "k", first)
    wait_until_saved(page)
    page.keyboard.press("a")
    wait_for_image(page, other_than=second)
    page.keyboard.press("h")
    page.get_by_role("heading", name="History").wait_for()
    assert f"item={first}" in page.url
    page.get_by_text("Ana · kept").wait_for()
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-testid=stMarkdown] img')]"
        ".some((image) => image.src.includes('/api/images/') && image.naturalWidth > 0)"
    )
    page.get_by_role("button", name="Back").click()
    wait_for_image(page)
    assert "everything=1" in page.url


def test_key_in_browse_opens_the_history_of_the_image_in_focus(page, small):
    address, _ = small
    sign_in(page, address)
    page.goto(f"{address}/browse?q=path:12")
    page.locator(".cell").first.wait_for()
    page.locator(".cell").first.focus()
    page.keyboard.press("h")
    page.get_by_role("heading", name="12.jpg").wait_for()
    page.get_by_role("button", name="Back").click()
    page.locator(".cell").first.wait_for()
    assert "q=path" in page.url


def test_reload_keeps_the_history_of_that_image(page, small):
    address, store = small
    page.goto(f"{address}/item?item={SUSPECT}")
    page.get_by_role("heading", name="12.jpg").wait_for()
    assert f"audit={store.setting('id')}" in page.url
    page.reload()
    page.get_by_role("heading", name="12.jpg").wait_for()
