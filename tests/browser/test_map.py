"""The map in a real browser: select, look closer, filter, come back, do without."""

import math

import numpy as np
import pytest

from core.audit import Audit, item_id
from core.structure.layout_files import layouts
from core.structure.polygons import points_in_polygon
from tests.browser.desk_driver import sign_in, wait_for_image
from tests.browser.map_driver import MapDriver
from tests.drawn_audits import draw_map, drawn_audit

SUSPECT = item_id("12.jpg")
TEAL, AMBER, TEAL_IN_THE_DARK = "#149188", "#c2600c", "#3fb3a9"
CENTERS = ((-0.8, -0.5), (0.8, -0.5), (0.0, 0.6))


@pytest.fixture
def audit(computed):
    """Eighteen photographs in three groups of six, each group a cluster."""
    ids = computed.store.match_ids()
    ring = [(0.1 * math.cos(n), 0.1 * math.sin(n)) for n in range(6)]
    xy = [
        (CENTERS[n % 3][0] + ring[n // 3][0], CENTERS[n % 3][1] + ring[n // 3][1])
        for n in range(18)
    ]
    draw_map(computed, ids, xy, [n % 3 for n in range(18)])
    return computed


@pytest.fixture
def go(page, server, audit):
    """Open the map, its address with these parameters."""

    def to(query="", of=audit, **options):
        page.goto(f"{server.show(of.folder)}/map?{query}")
        return MapDriver(page, of, **options).wait()

    return to


def group(driver, number):
    """The ids of one of the three groups, and the middle of its points."""
    xs = sorted(driver.places.items(), key=lambda one: one[1])
    left, right = dict(xs[:6]), dict(xs[-6:])
    top = dict(xs[6:12])
    return [left, right, top][number]


def square(points, margin=0.02):
    xs, ys = zip(*points.values(), strict=True)
    left, right, low, high = min(xs) - margin, max(xs) + margin, min(ys) - margin, max(ys) + margin
    return [(left, low), (right, low), (right, high), (left, high)]


def test_lasso_takes_what_is_inside_adds_subtracts_and_survives_a_reload(go, page, audit):
    driver = go("color=cluster")
    store = audit.store
    left, right, top = (group(driver, number) for number in range(3))
    page.keyboard.press("l")
    # A concave outline through all three groups, whose box holds every point.
    low = min(y for _, y in left.values()) - 0.02
    outline = [(0.0, low), (1.0, low), (0.98, 0.3), (0.55, 0.3), (0.52, 0.99), (0.47, 0.99),
               (0.47, 0.25), (0.05, 0.25), (0.05, 0.13), (0.0, 0.13)]  # fmt: skip
    driver.drag(*outline)
    ids = list(driver.places)
    xy = [[round(65535 * x), round(65535 * y)] for x, y in driver.places.values()]
    inside = points_in_polygon(np.array(xy), 65535 * np.array(outline))
    expected = {one for one, is_in in zip(ids, inside, strict=True) if is_in}
    assert all(expected & set(one) for one in (left, right, top))
    assert expected != set(ids)
    driver.wait_for_selected(len(expected))
    driver.wait_for_ids(store, expected)
    page.locator(".cells .cell").first.wait_for()
    assert {
        cell.get_attribute("data-id") for cell in page.locator(".cells .cell").all()
    } == expected

    page.keyboard.press("b")
    low_left, _, high_right, _ = square(top)
    page.keyboard.down("Shift")
    driver.drag(low_left, high_right)
    page.keyboard.up("Shift")
    driver.wait_for_selected(len(expected | set(top)))
    driver.wait_for_ids(store, expected | set(top))
    low_left, _, high_right, _ = square(left)
    page.keyboard.down("Alt")
    driver.drag(low_left, high_right)
    page.keyboard.up("Alt")
    rest = (expected | set(top)) - set(left)
    driver.wait_for_selected(len(rest))
    driver.wait_for_ids(store, rest)

    page.mouse.wheel(0, -400)
    page.wait_for_function("() => /view=[^&]*_[^&]*_(?!1.0000)/.test(location.search)")
    page.wait_for_timeout(1000)
    before = page.url
    page.reload()
    driver.wait()
    page.locator(f".map[data-selected='{len(rest)}']").wait_for()
    assert page.url == before
    assert page.locator(".colors select").input_value() == "cluster"


def test_hover_names_a_point_a_click_opens_it_and_back_returns(go, page, audit):
    driver = go("color=given")
    driver.hover(SUSPECT)
    card = page.locator(".card")
    card.get_by_text("emu").wait_for()
    assert card.get_by_text("lotus").count() == 1
    page.wait_for_function(
        """() => [...document.querySelectorAll('*')]
          .map((each) => each.shadowRoot?.querySelector('.card img'))
          .some((image) => image?.naturalWidth > 0)"""
    )
    page.mouse.click(*driver.place_of(SUSPECT))
    page.get_by_role("heading", name="12.jpg").wait_for()
    page.get_by_role("button", name="Back").click()
    driver.wait()
    assert "color=given" in page.url


def test_closer_points_become_pictures_that_open_their_item(go, page, audit):
    driver = go()
    x, y = driver.place_of(SUSPECT)
    page.mouse.move(x, y)
    for _ in range(4):
        page.mouse.wheel(0, -500)
    page.locator(".map[data-pictures='1']").wait_for()
    # A picture is much larger than its point.
    page.mouse.click(x + 25, y + 15)
    page.get_by_role("heading", name="12.jpg").wait_for()


def test_ways_lead_to_the_place_of_an_image_on_the_map(page, server, audit):
    address = server.show(audit.folder)
    first = sign_in(page, address)
    page.keyboard.press("p")
    MapDriver(page, audit).wait()
    assert f"item={first}" in page.url
    page.locator(".card:not([hidden])").wait_for()
    page.goto(f"{address}/browse?q=path:12")
    page.locator(".cell").first.focus()
    page.keyboard.press("m")
    MapDriver(page, audit).wait()
    page.locator(".card", has_text="looks like emu").wait_for()
    assert f"item={SUSPECT}" in page.url


def test_legend_isolates_and_what_is_hidden_is_not_selected(go, page, audit):
    driver = go("color=cluster")
    assert page.locator(".legend .number").all_inner_texts() == ["6"] * 3
    page.locator(".legend .row").nth(1).click()
    page.keyboard.press("a")
    driver.wait_for_selected(6)
    numbers = page.locator(".legend .number").all_inner_texts()
    assert sorted(numbers) == ["0 of 6", "0 of 6", "6"]
    page.locator(".legend .row").nth(1).click()
    page.keyboard.press("Escape")
    driver.wait_for_selected(0)
    page.get_by_text("Nothing is selected").wait_for()


def test_map_is_moved_read_and_selected_by_keys_alone(go, page, audit):
    driver = go("color=given")
    page.locator(".stage").focus()
    nothing = page.locator(".state", has_text="No image here. 0 shows the whole map.")
    for _ in range(6):
        page.keyboard.press("+")
    nothing.wait_for()
    page.keyboard.press("0")
    nothing.wait_for(state="detached")
    for key in ("+", "ArrowUp", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
    card = page.locator(".card:not([hidden])")
    card.wait_for()
    page.keyboard.press("Space")
    driver.wait_for_selected(1)
    (chosen,) = driver.selected(audit.store)
    assert page.locator(".cells .cell img").get_attribute("alt")
    path = audit.store.items([chosen])[chosen]["path"]
    assert card.locator(".path").inner_text() == path
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=path).wait_for()


def test_theme_changes_the_colors_and_a_lost_context_comes_back(visitor, server, audit):
    address = server.show(audit.folder)
    page = visitor(color_scheme="dark")
    page.goto(f"{address}/map")
    driver = MapDriver(page, audit).wait()
    driver.wait_for_pixels(TEAL_IN_THE_DARK, 100)
    page.emulate_media(color_scheme="light")
    page.locator(".stage:not(.is-dark)").wait_for()
    driver.wait_for_pixels(TEAL, 100)
    driver.wait_for_pixels(AMBER, 5)
    page.locator(".map").evaluate(
        """(map) => new Promise((resolve) => {
          const canvas = map.querySelector('.points')
          const lose = canvas.getContext('webgl2').getExtension('WEBGL_lose_context')
          const once = { once: true }
          canvas.addEventListener('webglcontextrestored', () => setTimeout(resolve), once)
          const restore = () => setTimeout(() => lose.restoreContext())
          canvas.addEventListener('webglcontextlost', restore, once)
          lose.loseContext()
        })"""
    )
    driver.wait_for_pixels(TEAL, 100)


def test_browser_without_webgl_gets_the_plain_map(page, server, audit):
    page.add_init_script(
        """const get = HTMLCanvasElement.prototype.getContext
        HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
          return kind === 'webgl2' ? null : get.call(this, kind, ...more)
        }"""
    )
    page.goto(f"{server.show(audit.folder)}/map")
    page.locator("[data-testid=stVegaLiteChart]").wait_for()
    page.get_by_text("A plainer map is shown instead").wait_for()
    assert not page.locator(".stage").is_visible()


def test_class_is_laid_out_anew_and_then_shown(go, page, audit):
    go()
    page.get_by_role("button", name="Lay out").click()
    page.get_by_role("combobox", name="Of which class").click()
    page.get_by_role("option", name="emu").click()
    page.get_by_text("PCA", exact=True).last.click()
    page.get_by_role("button", name="Lay it out").click()
    page.wait_for_url("**layout=pca**", timeout=60_000)
    (stored,) = [one for one in layouts(audit) if one.class_name == "emu"]
    MapDriver(page, audit, stored.key).wait()
    page.locator(f".legend .number >> text={stored.n}").first.wait_for()


def test_a_thousand_classes_have_twenty_colors_and_a_search(go, page, tmp_path):
    many = drawn_audit(tmp_path / "many", 2000, 1000)
    try:
        driver = go("color=given", of=many)
        assert page.locator(".legend .row").count() == 20
        page.get_by_text("more, in gray").wait_for()
        page.get_by_label("Find in the legend").fill("class 0123")
        page.locator(".legend .row").first.click()
        page.locator(".stage").focus()
        page.keyboard.press("a")
        expected = set(many.store.match_ids(many.store.parse_query('given:"class 0123"')))
        driver.wait_for_selected(len(expected))
        driver.wait_for_ids(many.store, expected)
    finally:
        many.store.close()


def test_outline_is_resolved_for_the_layout_it_was_drawn_on(go, page, audit):
    assert isinstance(audit, Audit)
    driver = go()
    page.keyboard.press("b")
    low_left, _, high_right, _ = square(group(driver, 2))
    driver.drag(low_left, high_right)
    driver.wait_for_selected(6)
    page.locator(".bar").wait_for(state="attached")
    page.get_by_role("button", name="Decide all 6 together").click()
    page.locator(".bar", has_text="6 selected").wait_for()
    page.get_by_role("button", name="Review all 6").click()
    page.get_by_label("Your name").fill("Ana")
    page.keyboard.press("Enter")
    assert wait_for_image(page) in group(driver, 2)
