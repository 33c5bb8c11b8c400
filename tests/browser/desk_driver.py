"""What the browser tests do with the desk, in words."""


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
    handle = page.wait_for_function(
        """other => {
          const roots = [...document.querySelectorAll('*')].map(e => e.shadowRoot)
          const desk = roots.map(root => root?.querySelector('.desk')).find(Boolean)
          const item = desk?.dataset.item
          return item && item !== other && !desk.hasAttribute('data-empty') ? item : null
        }""",
        arg=other_than,
        timeout=30_000,
    )
    return handle.json_value()


def press(page, key, current):
    """Press a key that moves on, and return the item that is shown then."""
    page.keyboard.press(key)
    return wait_for_image(page, other_than=current)


def wait_until_saved(page, timeout=60_000):
    page.locator(".saved", has_text="saved").wait_for(timeout=timeout)


def choose(page, label, option):
    """Choose an option of a select box by keyboard."""
    field = page.get_by_role("combobox", name=label)
    field.fill(option)
    page.get_by_role("option", name=option, exact=True).wait_for()
    field.press("Enter")
    field.and_(page.locator(f"[value='{option}']")).wait_for(state="attached")


def downloaded(page, button="Download corrected labels"):
    """Click a button of the page Export, and return the bytes that it gives."""
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    return download.value.path().read_bytes()
