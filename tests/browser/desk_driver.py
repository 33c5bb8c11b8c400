"""What the browser tests do with the desk, in words."""

from playwright.sync_api import TimeoutError

PAINTED = """other => {
  const roots = [...document.querySelectorAll('*')].map(e => e.shadowRoot)
  const desk = roots.map(root => root?.querySelector('.desk')).find(Boolean)
  const item = desk?.dataset.item
  return item && item !== other && !desk.hasAttribute('data-empty') ? item : null
}"""
STATE = """() => {
  const roots = [...document.querySelectorAll('*')].map(e => e.shadowRoot)
  const parts = ['.notice', '.trouble', '.decided', '.saved', '.missing', '.path']
  return JSON.stringify(roots.map(root => root?.querySelector('.desk')).filter(Boolean)
    .map(desk => [{ ...desk.dataset }, document.activeElement.tagName,
      ...parts.map(part => desk.querySelector(part)?.textContent)]))
}"""


def sign_in(page, address, name="Ana", path="review"):
    """Open the desk as `name`, by keyboard alone."""
    page.goto(f"{address}/{path}")
    field = page.get_by_label("Your name")
    field.wait_for()
    field.focus()
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    return wait_for_image(page)


def wait_for_image(page, other_than=None):
    """Wait until an image is painted, and return its item's id."""
    try:
        return page.wait_for_function(PAINTED, arg=other_than, timeout=30_000).json_value()
    except TimeoutError:
        raise AssertionError(f"no image was painted: {page.evaluate(STATE)}") from None


def press(page, key, current):
    """Press a key that moves on, and return the item that is shown then."""
    page.keyboard.press(key)
    return wait_for_image(page, other_than=current)


def wait_until_saved(page, timeout=60_000):
    page.locator(".saved", has_text="saved").wait_for(timeout=timeout)


def choose(page, label, option):
    """Choose an option of a select box; its list closes where the page is drawn anew meanwhile."""
    field = page.get_by_role("combobox", name=label)
    listed = page.get_by_role("option", name=option, exact=True)
    chosen = field.and_(page.locator(f'[value="{option}"]'))
    for _ in range(10):
        field.click()
        try:
            listed.click(timeout=3000)
            chosen.wait_for(state="attached", timeout=3000)
            return
        except TimeoutError:
            page.keyboard.press("Escape")
    raise AssertionError(f"{option} cannot be chosen")


def downloaded(page, button="Download corrected labels"):
    """Click a button of the page Export, and return the bytes that it gives.

    While the page is drawn anew, Streamlit has forgotten what the button was to give.
    """
    for _ in range(5):
        page.locator("[data-test-script-state=notRunning]").wait_for(state="attached")
        try:
            with page.expect_download(timeout=8000) as download:
                page.get_by_role("button", name=button).click()
        except TimeoutError:
            continue
        return download.value.path().read_bytes()
    raise AssertionError(f"{button} gives nothing")


def wait_until_place_is_kept(page, store, queue, item, auditor="Ana"):
    """Wait until the server knows where the auditor is: until they act, the desk asks nothing."""
    for _ in range(300):
        if store.place(auditor, queue.key) == item:
            break
        page.wait_for_timeout(100)
    page.wait_for_timeout(500)
