"""No verdict falls on a picture that nobody has seen; instead the reason is told."""

import shutil

import pytest

from core.audit import item_id
from core.review.desk.cards import Cards
from tests.browser.desk_driver import press, sign_in, wait_for_image, wait_until_saved
from tests.core.making import ANOTHER, Auditor, contents_of

EVERYTHING = "review?everything=1"
SUSPECT = item_id("12.jpg")
FULL, VIEW = "**/api/images/**/full", "**/api/images/**/view"
DECIDING = ["k", " ", "n", "u", "b", "/", "m"]


@pytest.fixture
def desk(page, server, computed):
    """Open the desk at the suspect, whose picture is not to be seen; return its words."""

    def open_at():
        page.goto(server.show(computed.folder) + f"/{EVERYTHING}&item={SUSPECT}")
        page.get_by_label("Your name").fill("Ana")
        page.keyboard.press("Enter")
        return wait_for_reason(page)

    return open_at


def wait_for_reason(page):
    page.locator("[data-missing] .missing p").wait_for()
    return page.locator(".missing p").inner_text()


def file_of(audit):
    return audit.source.path / "12.jpg"


def refuse_all(page, store, text):
    """Press every key that would decide, and see that none does."""
    for key in DECIDING:
        page.keyboard.press(key)
        page.locator(".notice", has_text=f"{text} Nothing was decided.").wait_for()
        assert page.locator("dialog[open]").count() == 0
    page.locator(".verdicts button", has_text="Keep").click()
    page.wait_for_timeout(300)
    assert store.judged_ids() == {}


def test_image_that_is_gone_gets_no_verdict_until_it_is_back(page, desk, computed):
    away = computed.source.path / "away"
    file_of(computed).rename(away)
    reason = desk()
    assert reason == "The image cannot be shown: the file is missing."
    refuse_all(page, computed.store, reason)
    away.rename(file_of(computed))
    page.keyboard.press("l")
    assert wait_for_image(page) == SUSPECT
    assert page.locator(".missing").is_hidden()
    press(page, "k", SUSPECT)
    wait_until_saved(page)
    assert computed.store.judged_ids() == {SUSPECT: "keep"}


def test_image_that_is_gone_can_be_skipped_or_marked_as_bad(page, desk, computed):
    file_of(computed).unlink()
    desk()
    page.locator(".missing button", has_text="Skip").click()
    second = wait_for_image(page)
    assert second != SUSPECT
    page.keyboard.press("ArrowLeft")
    wait_for_reason(page)
    page.keyboard.press("x")
    wait_for_image(page)
    wait_until_saved(page)
    assert computed.store.judged_ids() == {SUSPECT: "bad image"}


def test_file_that_was_replaced_is_not_shown_as_if_it_were_the_image(page, desk, computed):
    shutil.copy(ANOTHER, file_of(computed))
    reason = desk()
    assert reason == "The image file was replaced since it was analyzed; run the audit again."
    refuse_all(page, computed.store, reason)
    assert page.locator(".frame img").count() == 0


def test_picture_that_the_browser_cannot_decode_is_shown_in_another_format(page, desk, computed):
    page.route(FULL, lambda route: route.fulfill(content_type="image/jpeg", body=b"\xff\xd8\xff"))
    page.route(VIEW, lambda route: route.fulfill(content_type="image/png", body=b"no picture"))
    reason = desk()
    assert reason == "This browser cannot show the image."
    refuse_all(page, computed.store, reason)
    page.unroute(VIEW)
    page.keyboard.press("l")
    assert wait_for_image(page) == SUSPECT
    assert page.locator(".frame img").get_attribute("src").endswith("/view")


def test_server_that_is_away_makes_no_image_a_bad_one(page, desk, computed):
    page.route(FULL, lambda route: route.abort())
    reason = desk()
    assert reason == "The server cannot be reached; the image is asked for again until it can."
    offered = page.locator(".missing button:visible span").all_inner_texts()
    assert offered == ["Skip", "Load again"]
    refuse_all(page, computed.store, reason)
    page.keyboard.press("x")
    page.wait_for_timeout(300)
    assert computed.store.judged_ids() == {}
    page.unroute(FULL)  # nobody does anything
    assert wait_for_image(page) == SUSPECT


def test_image_that_is_slow_to_arrive_gets_no_verdict_before(page, desk, computed):
    waiting = []
    page.route(FULL, lambda route: waiting.append(route))
    assert desk() == "The image has not arrived yet; it is still awaited."
    page.keyboard.press("k")
    page.wait_for_timeout(300)
    assert computed.store.judged_ids() == {}
    for route in waiting:
        route.continue_()
    page.unroute(FULL)
    assert wait_for_image(page) == SUSPECT


def test_adjudicator_decides_of_a_picture_that_was_shown(page, server, computed):
    store = computed.store
    store.set_second_share(1.0)
    Auditor(store, "Zoltan").judge("12.jpg", "relabel", ["emu"])
    Auditor(store, "Ben").judge("12.jpg", "keep", role="second")
    file_of(computed).unlink()
    before = store.current_verdicts()
    page.goto(server.show(computed.folder) + "/review?disputed=1")
    page.get_by_label("Your name").fill("Cleo")
    page.keyboard.press("Enter")
    reason = wait_for_reason(page)
    page.locator(".annotations button").first.click()
    page.locator(".notice", has_text=f"{reason} Nothing was decided.").wait_for()
    page.wait_for_timeout(300)
    assert store.current_verdicts() == before


# -- neighbors -----------------------------------------------------------------------------------


def test_neighbor_that_is_gone_gets_no_verdict_from_the_panel(page, small, computed):
    address, store = small
    second, _ = Cards(computed).make([SUSPECT])["cards"][SUSPECT]["neighbors"][1]
    file = computed.source.path / store.items([second])[second]["path"]
    away = file.with_name("away")
    file.rename(away)
    sign_in(page, address, path=EVERYTHING)
    page.keyboard.press("2")
    page.locator(".other .unshown", has_text="the file is missing").wait_for()
    for key in ["k", " ", "/"]:
        page.keyboard.press(key)
        page.locator(".near .hint", has_text="Nothing was decided.").wait_for()
    assert page.locator(".picker").count() == 0
    assert store.judged_ids() == {}
    away.rename(file)
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    page.locator(".other .framed[data-painted]").wait_for()
    page.keyboard.press("k")
    wait_until_saved(page)
    assert store.judged_ids() == {second: "keep"}


def test_thumbnail_that_cannot_be_made_leaves_its_place_to_the_reason(page, small, computed):
    address, store = small
    nearest = dict(contents_of(store, [item_id(f"{n:02}.jpg") for n in range(18)]))
    for name in computed.source.path.iterdir():
        if item_id(name.name) != SUSPECT:
            computed.thumbnail_file(nearest[item_id(name.name)]).unlink()
            name.unlink()
    sign_in(page, address, path=f"{EVERYTHING}&item={SUSPECT}")
    reasons = page.locator(".neighbors .instead", has_text="the file is missing")
    reasons.first.wait_for()
    page.wait_for_timeout(500)
    assert reasons.count() == 9


# -- many at once --------------------------------------------------------------------------------


@pytest.fixture
def grid(page, server, computed):
    def open_with(*lost, query=""):
        """Browse, where the pictures of the `lost` cannot be shown."""
        for path in lost:
            content = contents_of(computed.store, [item_id(path)])[item_id(path)]
            computed.thumbnail_file(content).unlink()
            (computed.source.path / path).unlink()
        address = server.show(computed.folder)
        page.context.add_cookies([{"name": "second_look_auditor", "value": "Ana", "url": address}])
        page.goto(f"{address}/browse?q={query}")
        for path in lost:
            cell = page.locator(f".cell[data-id='{item_id(path)}']")
            cell.locator(".unshown", has_text="the file is missing").wait_for()
        page.locator(".cells[data-painted]").wait_for()
        page.wait_for_timeout(300)
        return computed.store

    return open_with


def choose(page, *paths):
    for path in paths:
        page.locator(f".cell[data-id='{item_id(path)}']").click()


def test_selected_image_whose_thumbnail_was_not_shown_is_left_out_with_a_word(page, grid):
    store = grid("03.jpg")
    choose(page, "02.jpg", "03.jpg", "04.jpg")
    page.get_by_role("button", name="Keep", exact=True).click()
    page.locator("dialog", has_text="1 image skipped: the picture was not shown.").wait_for()
    page.get_by_role("button", name="Apply to all 2").click()
    page.locator(".notice", has_text="Applied to 2 images").wait_for()
    assert store.judged_ids() == {item_id("02.jpg"): "keep", item_id("04.jpg"): "keep"}


def test_image_that_cannot_be_shown_may_be_marked_as_bad_from_the_grid(page, grid):
    store = grid("03.jpg")
    choose(page, "03.jpg")
    page.get_by_role("button", name="Bad image").click()
    page.get_by_role("button", name="Apply to all 1").click()
    page.locator(".notice", has_text="Applied to 1 image").wait_for()
    assert store.judged_ids() == {item_id("03.jpg"): "bad image"}


def test_image_of_the_sample_that_cannot_be_shown_is_not_found_right(page, grid, computed):
    """All but one of the sample's large pictures are gone; their thumbnails are there."""
    store = grid()
    for number in range(1, 18):
        (computed.source.path / f"{number:02}.jpg").unlink()
    page.keyboard.press("Control+a")
    page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_role("button", name="Look at 8 of them first").click()
    lost = page.locator("figure", has=page.locator(".unshown", has_text="the file is missing"))
    lost.nth(6).wait_for()
    page.wait_for_timeout(200)
    page.keyboard.press("Space")
    page.wait_for_timeout(200)
    first = page.locator("figure").first
    if first.locator(".unshown").count():
        assert first.get_attribute("data-judged") is None
    for figure in page.locator("figure").all():
        if figure.locator(".unshown").count():
            figure.get_by_role("button", name="Leave out").click()
            assert figure.get_attribute("data-judged") == "wrong"
    assert store.judged_ids() == {}
