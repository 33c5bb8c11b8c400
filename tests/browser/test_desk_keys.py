"""The desk's keys: one hand is enough, they can be changed, and they are never in the way."""

from core.review.queues.queue import Queue
from core.store.verdict_log import Decision
from tests.browser.desk_driver import press, sign_in, wait_for_image, wait_until_saved

EVERYTHING = "review?everything=1"


def verdicts(store, ids):
    return [store.judged_ids().get(item) for item in ids]


def test_left_hand_alone_decides_undoes_and_redoes(page, small):
    address, store = small
    queue = Queue(everything=True).ids(store)
    item = sign_in(page, address, path=EVERYTHING)
    for key in ["f", "v", "d", "x", "w"]:
        item = press(page, key, item)
    expected = ["keep", "ambiguous", "none", "bad image", "unsure"]
    for _ in range(3):
        page.keyboard.press("z")
        item = wait_for_image(page, other_than=item)
    assert item == queue[2]
    page.keyboard.press("q")
    wait_for_image(page, other_than=item)
    wait_until_saved(page)
    assert verdicts(store, queue[:5]) == [*expected[:3], None, None]
    page.reload()
    wait_for_image(page)
    page.keyboard.press("Shift+Z")
    page.locator(".notice", has_text="Redone").wait_for()
    wait_until_saved(page)
    assert verdicts(store, queue[:5]) == [*expected[:4], None]

    # A new verdict ends what can be done again.
    item = wait_for_image(page)
    press(page, "s", press(page, "f", item))
    page.keyboard.press("y")
    page.locator(".notice", has_text="Nothing to redo").wait_for()
    page.keyboard.press("a")


def test_changed_key_follows_the_auditor_to_another_browser(page, small, visitor):
    address, store = small
    sign_in(page, address, path=EVERYTHING)
    page.keyboard.press("?")
    page.get_by_role("button", name="Keep the given label: K. Change it").click()
    page.keyboard.press("c")
    page.locator(".hint", has_text="C is Streamlit's own").wait_for()
    page.keyboard.press("n")
    page.locator(".hint", has_text="“No class fits” has K now").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="None fits").get_by_text("K", exact=True).wait_for()
    item = press(page, "n", wait_for_image(page))
    wait_until_saved(page)
    assert list(store.judged_ids().values()) == ["keep"]
    assert store.preferences("Ana")["keys"]["none"] == ["k", "d"]

    other = visitor()
    assert sign_in(other, address, path=EVERYTHING) == item
    press(other, "n", item)
    wait_until_saved(other)
    assert list(store.judged_ids().values()) == ["keep", "keep"]
    other.keyboard.press("?")
    other.get_by_role("button", name="Back to the defaults").click()
    other.keyboard.press("Escape")
    press(other, "n", wait_for_image(other))
    wait_until_saved(other)
    assert list(store.judged_ids().values()) == ["keep", "keep", "none"]


def test_keys_do_nothing_while_a_menu_is_open_or_a_modifier_is_held(page, small):
    address, store = small
    item = sign_in(page, address, path=EVERYTHING)
    page.get_by_test_id("stMainMenuButton").click()
    page.get_by_test_id("stMainMenuPopover").wait_for()
    page.keyboard.press("n")
    page.keyboard.press("Escape")
    page.get_by_test_id("stMainMenuPopover").wait_for(state="detached")
    for key in ["Control+k", "Alt+n", "Meta+x", "c", "r", "Shift+K"]:
        page.keyboard.press(key)
    press(page, "u", item)
    wait_until_saved(page)
    assert store.judged_ids() == {item: "unsure"}

    # Undo never takes back a part of what was decided at once, elsewhere.
    others = [other for other in Queue(everything=True).ids(store) if other != item][-2:]
    decisions = [Decision(other, "keep") for other in others]
    store.add_action(session="browse", seq=1, auditor="Ana", decisions=decisions)
    page.reload()
    wait_for_image(page)
    page.keyboard.press("z")
    page.locator(".notice", has_text="on 2 images at once").wait_for()
    assert set(store.judged_ids()) == {item, *others}


def test_panel_holds_the_focus_and_gives_it_back(page, small):
    address, store = small
    sign_in(page, address, path=EVERYTHING)
    button = page.get_by_role("button", name="Keys and settings")
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Keys and settings")
    dialog.wait_for()
    for _ in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate(
            """() => {
              let active = document.activeElement
              while (active.shadowRoot?.activeElement) active = active.shadowRoot.activeElement
              return active === document.body || active.closest('dialog') !== null
            }"""
        )
    page.keyboard.press("n")
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert button.evaluate("e => e.getRootNode().activeElement === e")
    assert store.judged_ids() == {}
