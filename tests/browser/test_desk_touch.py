"""The desk on a telephone."""

from tests.browser.desk_driver import sign_in, wait_for_image, wait_until_saved

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True, "is_mobile": True, "device_scale_factor": 2,
}  # fmt: skip


def test_telephone_has_the_verdicts_under_the_thumb(visitor, small):
    address, store = small
    page = visitor(**PHONE)
    item = sign_in(page, address, path="review?everything=1")
    buttons = page.locator(".verdicts button, footer button")
    for box in [button.bounding_box() for button in buttons.all()]:
        assert min(box["width"], box["height"]) >= 44
    for box in [button.bounding_box() for button in page.locator(".verdicts button").all()]:
        assert box["y"] > 844 / 2
        assert box["y"] + box["height"] <= 844
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    image = page.locator(".frame img").bounding_box()
    assert image["y"] + image["height"] < page.locator(".labels").bounding_box()["y"]

    page.get_by_role("button", name="Keep").tap()
    second = wait_for_image(page, other_than=item)
    page.locator(".frame").tap()
    page.get_by_role("dialog", name="A closer look").wait_for()
    page.get_by_role("button", name="Close").tap()
    page.locator(".neighbors .thumb").nth(1).tap()
    page.get_by_role("dialog", name="Neighbors").wait_for()
    assert page.locator("dialog").evaluate("e => e.scrollWidth <= e.clientWidth")
    page.get_by_role("button", name="Close").tap()
    page.get_by_role("button", name="Unsure").tap()
    wait_for_image(page, other_than=second)
    wait_until_saved(page)
    assert store.judged_ids() == {item: "keep", second: "unsure"}
    assert page.locator("img:not([alt]), img[alt='']").count() == 0
