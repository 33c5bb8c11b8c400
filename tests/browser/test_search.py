"""Search in a real browser: from an image to its like, by keys, and to the desk."""

import pytest

from core.audit import item_id
from core.search.example_search import ExampleSearch
from tests.browser.desk_driver import wait_for_image

SUSPECT = item_id("12.jpg")
PAINTED = """before => {
  const roots = [...document.querySelectorAll('*')].map(e => e.shadowRoot)
  const cells = roots.map(root => root?.querySelector('.search .cells')).find(Boolean)
  const painted = cells?.dataset.painted
  const isSettled = cells && !cells.hasAttribute('aria-busy') && !cells.hasAttribute('data-fresh')
  return isSettled && painted && painted !== before ? painted : null
}"""


def painted(page, before=None):
    """Wait until other results than those `before` are painted; return what tells them apart."""
    return page.wait_for_function(PAINTED, arg=before, timeout=30_000).json_value()


def results(page):
    return page.locator(".tile .cell").evaluate_all("cells => cells.map(cell => cell.dataset.id)")


def examples(page, kind):
    return page.locator(f".{kind} figure").evaluate_all("all => all.map(one => one.dataset.id)")


@pytest.fixture
def as_ana(page, small):
    address, _ = small
    page.context.add_cookies([{"name": "second_look_auditor", "value": "Ana", "url": address}])
    return address


def test_from_an_image_to_what_is_like_it_and_to_the_desk(page, as_ana, computed):
    search = ExampleSearch(computed)
    page.goto(f"{as_ana}/item?item={SUSPECT}")
    page.get_by_role("button", name="Find similar").click()
    state = painted(page)
    assert f"like={SUSPECT}" in page.url
    first = results(page)
    assert first == [hit.id for hit in search.find([SUSPECT])]

    page.locator(".tile").nth(1).get_by_role("button", name="More like this").click()
    state = painted(page, state)
    page.wait_for_url(lambda url: first[1] in url)
    assert examples(page, "plus") == [SUSPECT, first[1]]
    second = results(page)
    assert second == [hit.id for hit in search.find([SUSPECT, first[1]])]
    assert second != [one for one in first if one != first[1]]

    page.reload()
    assert painted(page) == state
    assert results(page) == second
    page.get_by_role("button", name="Review 16 images").click()
    assert wait_for_image(page) in second
    assert "selection=" in page.url


def test_keys_begin_add_remove_open_and_return(page, as_ana):
    page.goto(f"{as_ana}/search?q=given:lotus,emu")
    state = painted(page)
    page.get_by_role("heading", name="Find images that look alike").wait_for()
    offered = results(page)
    page.locator("h1", has_text="Search").click()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("-")
    page.get_by_text("Begin with an example").wait_for()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("+")
    state = painted(page, state)
    assert examples(page, "plus") == [offered[1]]
    unwanted = results(page)[2]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    state = painted(page, state)
    assert examples(page, "minus") == [unwanted]
    page.wait_for_url(lambda url: f"unlike={unwanted}" in url)
    page.keyboard.press("Backspace")
    state = painted(page, state)
    assert examples(page, "minus") == []
    page.wait_for_url(lambda url: "unlike" not in url)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="History").wait_for()
    page.get_by_role("button", name="Back").click()
    assert painted(page) == state
    assert examples(page, "plus") == [offered[1]]
    page.get_by_role("button", name="Start over").click()
    page.get_by_role("heading", name="Find images that look alike").wait_for()


def test_quick_presses_mean_the_images_that_were_there_before(page, as_ana):
    page.goto(f"{as_ana}/search?like={SUSPECT}")
    state = painted(page)
    wanted = results(page)[:4]
    page.locator(".search .cells").evaluate(
        """async (cells) => {
          const [first, ...others] = [...cells.querySelectorAll('.signs .plus')].slice(0, 4)
          first.click()
          for (const other of others.slice(0, 2)) other.click()
          const drawn = new Promise((done) => new MutationObserver(done).observe(
            cells, { attributes: true, attributeFilter: ['data-fresh'] }))
          await drawn
          others[2].click()
        }"""
    )
    page.wait_for_url(lambda url: all(item in url for item in wanted))
    painted(page, state)
    assert examples(page, "plus") == [SUSPECT, *wanted]
    assert not set(results(page)) & {SUSPECT, *wanted}
