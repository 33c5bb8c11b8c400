"""Browse in a real browser: the keyboard, the selection, many decided as one."""

import pytest

from core.ranking.live import VERDICTS_AT_FIT
from core.store import Sort
from tests.browser.desk_driver import wait_for_image
from tests.core.making import add_verdict, gates, verdict_log

PAINTED = """id => {
  const roots = [...document.querySelectorAll('*')].map(e => e.shadowRoot)
  const cells = roots.map(root => root?.querySelector('.cells')).find(Boolean)
  return cells?.dataset.painted && cells.dataset.painted !== id ? cells.dataset.painted : null
}"""


@pytest.fixture
def store(demo):
    # A fit after so many verdicts would be a job that outlives the test and its audit.
    demo.store.set_settings({VERDICTS_AT_FIT: 10_000})
    return demo.store


@pytest.fixture
def browse(page, address):
    """Open Browse as Ana, with a query in the address."""

    def go(query=""):
        page.context.add_cookies([{"name": "second_look_auditor", "value": "Ana", "url": address}])
        page.goto(f"{address}/browse?q={query}")
        return painted(page)

    return go


def painted(page, other_than=None):
    """Wait until all pictures of a page are painted; return the id of the first."""
    return page.wait_for_function(PAINTED, arg=other_than, timeout=30_000).json_value()


def chosen(page):
    return page.locator(".cell[aria-pressed=true]").evaluate_all(
        "cells => cells.map(cell => cell.dataset.id)"
    )


def ids_on(page):
    return page.locator(".cell").evaluate_all("cells => cells.map(cell => cell.dataset.id)")


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def look_at_eight(page):
    page.get_by_role("button", name="Look at 8 of them first").click()
    page.wait_for_function("""() => {
      const roots = [...document.querySelectorAll('*')].map(e => e.shadowRoot)
      return roots.some(root => root?.querySelectorAll('.picture[data-painted]').length === 8)
    }""")


def accept_all_suspects(page, wrong=1):
    """Select all that match, by mouse, accept the suggestions and judge the sample."""
    page.get_by_role("button", name="Select the page").click()
    page.get_by_role("button", name="Select all").click()
    page.get_by_role("button", name="Accept suggestions").click()
    look_at_eight(page)
    press(page, *["x"] * wrong, *["Space"] * (8 - wrong))


def test_pictures_are_buttons_with_words_and_one_of_them_is_in_the_order_of_tabs(browse, page):
    browse("is:suspect")
    assert page.locator(".cell").count() == 100
    images = page.locator(".cell img")
    assert all("looks like" in image.get_attribute("alt") for image in images.all()[:20])
    assert all("not reviewed" in image.get_attribute("alt") for image in images.all()[:20])
    assert all(image.get_attribute("src").endswith("/thumb") for image in images.all()[:20])
    assert page.locator(".cell[tabindex='0']").count() == 1


def test_name_is_asked_for_at_the_first_verdict_and_the_selection_stays(page, small):
    address, store = small
    page.goto(f"{address}/browse")
    first = painted(page)
    page.locator(".cell").first.click()
    page.get_by_role("button", name="Keep").first.click()
    page.get_by_label("Your name").fill("Ana")
    page.keyboard.press("Enter")
    page.get_by_label("Your name").wait_for(state="detached")
    assert chosen(page) == [first]
    page.get_by_role("button", name="Keep").first.click()
    page.locator("dialog .decide").click()
    page.locator(".notice", has_text="Applied to 1 image").wait_for()
    assert list(store.judged_ids()) == [first]


def test_keys_and_clicks_select(browse, page):
    browse()
    ids = ids_on(page)
    page.locator(".cell").first.focus()
    press(page, "ArrowRight", "Space")
    assert chosen(page) == ids[1:2]
    press(page, "Shift+ArrowRight", "Shift+ArrowRight")
    assert chosen(page) == ids[1:4]
    press(page, "Shift+ArrowLeft")
    assert chosen(page) == ids[1:3]
    press(page, "Escape")
    assert chosen(page) == []
    page.locator(".cell").nth(2).click()
    page.locator(".cell").nth(5).click(modifiers=["Shift"])
    assert chosen(page) == ids[2:6]
    columns = page.locator(".cells").evaluate(
        "cells => getComputedStyle(cells).gridTemplateColumns.split(' ').length"
    )
    press(page, "Escape", "Home", "ArrowDown", "Space")
    assert chosen(page) == ids[columns : columns + 1]
    press(page, "Control+a")
    assert len(chosen(page)) == 100
    page.locator(".chosen", has_text="100 selected").wait_for()


def test_pages_turn_in_place_and_live_in_the_address(browse, page, store):
    first = browse()
    expected = store.match_ids(sort=Sort(), limit=200)
    page.locator(".cell").first.evaluate("cell => { cell.marked = true }")
    press(page, "n")
    second = painted(page, other_than=first)
    assert ids_on(page) == expected[100:]
    assert page.locator(".cell").first.evaluate("cell => cell.marked")
    page.wait_for_url("**page=2**")
    page.reload()
    assert painted(page) == second
    page.locator("nav", has_text="Page 2").wait_for()
    page.locator(".cell").first.focus()
    press(page, "PageUp")
    assert painted(page, other_than=second) == first
    press(page, "p")
    page.locator(".notice", has_text="This is the first page").wait_for()


def test_pages_turn_faster_than_python_answers(browse, page, store):
    first = browse()
    expected = store.match_ids(sort=Sort(), limit=400)
    press(page, "n")
    painted(page, other_than=first)
    for _ in range(2):
        page.wait_for_timeout(400)
        press(page, "n")
    page.locator("nav", has_text="Page 4").wait_for()
    page.wait_for_function(PAINTED, arg=expected[200])
    page.wait_for_timeout(500)
    assert ids_on(page) == expected[300:]


def test_keys_do_not_fire_while_typing(browse, page):
    first = browse()
    page.get_by_label("Filter", exact=True).focus()
    page.keyboard.type("np zZ")
    page.wait_for_timeout(300)
    assert ids_on(page)[0] == first
    assert page.locator(".notice").inner_text() == ""


def test_mistake_is_explained_and_a_menu_writes_a_query_without_one(browse, page, store):
    browse("given:ketch")
    page.locator(".count", has_text="of 1,573 images match").wait_for()
    field = page.get_by_label("Filter", exact=True)
    field.fill("giben:ketch")
    field.press("Enter")
    page.get_by_text("There is no field 'giben'. Did you mean 'given'?").wait_for()
    assert "^^^^^" in page.locator("code").first.inner_text()
    field.fill("")
    field.press("Enter")
    first = painted(page)
    page.get_by_label("Given label").click()
    page.keyboard.type("okapi")
    page.keyboard.press("Enter")
    painted(page, other_than=first)
    assert field.input_value() == "given:okapi"
    assert set(ids_on(page)) == set(store.match_ids(store.parse_query("given:okapi")))


def test_selection_survives_the_turn_of_a_page_and_few_are_decided_at_once(browse, page, store):
    first = browse("-verdict:any -is:suspect")
    page.locator(".cell").nth(3).click()
    wanted = chosen(page)
    press(page, "n")
    painted(page, other_than=first)
    page.locator(".cell").nth(0).click()
    wanted += chosen(page)
    page.locator(".chosen", has_text="2 selected, 1 on this page").wait_for()
    page.get_by_role("button", name="None fits").click()
    page.get_by_role("button", name="Apply to all 2").click()
    page.locator(".notice", has_text="Applied to 2 images").wait_for()
    assert {item: store.judged_ids().get(item) for item in wanted} == dict.fromkeys(wanted, "none")
    # What no longer fits is not there any more, and nothing is selected.
    assert not set(wanted) & set(ids_on(page))
    assert page.locator(".bar").is_hidden()


def test_all_that_match_are_decided_after_a_sample_undone_and_redone_as_one(browse, page, store):
    browse("is:suspect -given:ketch")
    count = store.match_count(store.parse_query("is:suspect -given:ketch"))
    before = store.judged_ids()
    accept_all_suspects(page)
    sentence = page.locator(".sentence").inner_text()
    assert sentence.startswith("7 of 8 right: with 95 % confidence at least 52 %")
    page.get_by_role("button", name=f"Apply to the other {count - 1}").click()
    page.locator(".notice", has_text=f"Applied to {count - 1} images").wait_for()
    latest = store.latest_action("Ana")
    assert (latest["count"], latest["verdict"]) == (count - 1, "relabel")
    decided = store.judged_ids()
    assert len(decided) == len(before) + count - 1
    gate = next(gate for gate in gates(store) if gate["action"] == latest["action"])
    assert (gate["drawn"], gate["agreed"], gate["size"]) == (8, 7, count)
    press(page, "z")
    page.locator(".notice", has_text=f"Undone: {count - 1} images").wait_for()
    assert store.judged_ids() == before
    press(page, "Shift+Z")
    page.locator(".notice", has_text=f"Redone: {count - 1} images").wait_for()
    assert store.judged_ids() == decided
    press(page, "z")
    page.locator(".notice", has_text="Undone").wait_for()


def test_nothing_is_decided_by_not_now_and_one_action_by_two_clicks(browse, page, store):
    before = len(verdict_log(store))
    browse("given:lotus -is:suspect")
    press(page, "Control+a")
    page.get_by_role("button", name="Keep", exact=True).click()
    look_at_eight(page)
    press(page, *["Space"] * 8)
    page.get_by_role("button", name="Not now").click()
    assert page.locator("dialog").is_hidden()
    assert len(verdict_log(store)) == before
    page.get_by_role("button", name="Keep", exact=True).click()
    look_at_eight(page)
    press(page, *["Space"] * 8)
    page.get_by_role("button", name="Apply to all").dblclick()
    page.locator(".notice", has_text="Applied").wait_for()
    page.wait_for_timeout(500)
    assert len({row["action"] for row in verdict_log(store)[before:]}) == 1


def test_another_class_is_chosen_by_typing(browse, page, store):
    browse("given:emu")
    page.locator(".cell").first.click()
    (item,) = chosen(page)
    page.get_by_role("button", name="Another class").click()
    page.keyboard.type("okap")
    press(page, "Enter")
    page.get_by_role("button", name="Apply to all 1").click()
    page.locator(".notice", has_text="Applied to 1 image").wait_for()
    assert store.current_verdicts()[item]["labels"] == ["okapi"]


def test_selection_or_one_image_opens_in_review_and_the_view_is_found_again(browse, page):
    browse("given:ketch")
    page.locator(".cell").nth(4).click()
    page.locator(".cell").nth(5).click()
    wanted = chosen(page)
    page.get_by_role("button", name="Review one by one").click()
    assert wait_for_image(page) in wanted
    page.wait_for_timeout(500)  # until the desk has reported where it is
    page.get_by_role("link", name="Browse").click()
    painted(page)
    page.locator(".cell").nth(2).focus()
    item = ids_on(page)[2]
    press(page, "Enter")
    assert wait_for_image(page) == item
    page.wait_for_timeout(500)
    page.get_by_role("link", name="Browse").click()
    painted(page)
    assert page.get_by_label("Filter", exact=True).input_value() == "given:ketch"


def test_what_others_decide_is_seen_with_the_next_answer(browse, page, store):
    first = browse("-verdict:any -is:suspect")
    second = ids_on(page)[1]
    add_verdict(store, session="other", seq=1, item_id=second, auditor="Ben", verdict="keep")
    press(page, "n")
    other = painted(page, other_than=first)
    page.wait_for_timeout(500)
    press(page, "p")
    painted(page, other_than=other)
    page.wait_for_function("() => true")
    page.locator(f".cell[data-id='{second}']").wait_for(state="detached")
