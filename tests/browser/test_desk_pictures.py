"""Pictures on the desk are whole, and large enough to be judged."""

import base64

import pytest

from core.audit import item_id
from pages.parts.desk.desk_part import PARTS, STYLES
from pages.parts.shared.scripts import script, style
from tests.browser.desk_driver import sign_in
from tests.core.ingest.odd_images import plain, png

ROOM = {"width": 1000, "height": 800}


@pytest.fixture(scope="module")
def zoomed(chromium):
    """Open a picture of a size in the zoom; return what it looks like after some keys."""
    page = chromium().new_page(viewport=ROOM)
    page.set_content("<div id=root><dialog class=panel></dialog></div>")
    page.add_style_tag(content=style(STYLES))
    page.add_script_tag(content=script(PARTS[:-1]))

    def after(size, *keys):
        source = f"data:image/png;base64,{base64.b64encode(png(plain(size))).decode()}"
        page.evaluate(
            """async ([source, keys]) => {
              const root = document.querySelector('#root')
              const dialog = createDialog(root, root)
              openPicture(dialog, { id: 'a', content_hash: '0', given: 'cat', path: 'a.png' }, () => source)
              await document.querySelector('.zoomed').picture.settled
              for (const key of keys) window.taken = dialog.takes({ key, code: '' })
            }""",  # noqa: E501
            [source, keys],
        )
        return page.evaluate(
            """() => {
              const image = document.querySelector('.zoomed img')
              const [inside, room] = [image, image.parentElement].map((one) => one.getBoundingClientRect())
              return {
                scale: inside.width / image.naturalWidth, left: inside.left - room.left,
                right: inside.right - room.left, top: inside.top - room.top,
                width: room.width, height: room.height,
                rendering: getComputedStyle(image).imageRendering, taken: window.taken,
              }
            }"""  # noqa: E501
        )

    after.page = page
    yield after
    page.close()


def test_tiny_picture_is_enlarged_to_whole_hard_pixels(zoomed):
    found = zoomed((28, 28))
    assert found["scale"] == int(found["height"] / 28)
    assert found["scale"] > 20
    assert found["rendering"] == "pixelated"


def test_large_picture_is_shown_whole_first(zoomed):
    found = zoomed((4000, 1000))
    assert found["scale"] == pytest.approx(found["width"] / 4000, rel=0.01)
    assert found["rendering"] == "auto"
    assert found["left"] == pytest.approx(0, abs=0.5)


@pytest.mark.parametrize(("keys", "factor"), [("+++", 1.25**3), ("+-", 1), ("---", 1), ("+++0", 1)])
def test_keys_come_closer_go_back_and_show_the_whole_again(zoomed, keys, factor):
    whole = zoomed((4000, 1000))["scale"]
    assert zoomed((4000, 1000), *keys)["scale"] == pytest.approx(whole * factor, rel=0.01)


def test_arrows_move_within_the_picture_and_no_farther(zoomed):
    closer = zoomed((4000, 1000), *"+++")
    assert zoomed((4000, 1000), *"+++", "ArrowRight")["left"] == pytest.approx(closer["left"] - 80)
    end = zoomed((4000, 1000), *"+++", *["ArrowRight"] * 50)
    assert end["right"] == pytest.approx(end["width"])
    assert zoomed((4000, 1000), *"+++", *["ArrowLeft"] * 50)["left"] == pytest.approx(0)


def test_other_keys_are_left_to_others(zoomed):
    for key in ("Escape", "e", "k", "1"):
        assert zoomed((28, 28), key)["taken"] is False
    assert zoomed((28, 28), "ArrowLeft")["taken"] is True


def test_wheel_comes_closer_to_where_the_mouse_is(zoomed):
    before = zoomed((4000, 1000))
    box = zoomed.page.locator(".zoomed").bounding_box()
    x, y = box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2
    at = (box["width"] * 0.75 - before["left"]) / before["scale"]
    zoomed.page.mouse.move(x, y)
    zoomed.page.mouse.wheel(0, -600)
    zoomed.page.wait_for_function(
        "width => document.querySelector('.zoomed img').width > 1.5 * width",
        arg=4000 * before["scale"],
    )
    after = zoomed.page.evaluate(
        """() => {
          const [image, room] = ['.zoomed img', '.zoomed'].map((one) => document.querySelector(one))
          const { left, width } = image.getBoundingClientRect()
          return [left - room.getBoundingClientRect().left, width / image.naturalWidth]
        }"""
    )
    assert (box["width"] * 0.75 - after[0]) / after[1] == pytest.approx(at, rel=0.01)


def test_picture_of_few_pixels_fills_the_stage_in_hard_squares(zoomed):
    found = zoomed.page.evaluate(
        """async ([tiny, photograph]) => {
          const found = []
          for (const source of [tiny, photograph]) {
            const image = Object.assign(new Image(), { src: source })
            await image.decode()
            enlargeTiny(image, 700, 400)
            found.push([image.style.width, image.style.height, image.className])
          }
          return found
        }""",
        [
            f"data:image/png;base64,{base64.b64encode(png(plain(size))).decode()}"
            for size in ((28, 28), (300, 200))
        ],
    )
    assert found == [["392px", "392px", "tiny"], ["", "", ""]]


@pytest.mark.parametrize("size", [(1024, 768), (1366, 768), (1440, 900)])
def test_image_strips_and_verdicts_fit_one_screen(visitor, small, size):
    address, _ = small
    page = visitor(viewport={"width": size[0], "height": size[1]})
    sign_in(page, address, path=f"review?everything=1&item={item_id('12.jpg')}")
    lowest = page.locator(".desk footer").bounding_box()
    assert lowest["y"] + lowest["height"] <= size[1]
    assert page.locator(".frame img").bounding_box()["height"] >= 240
    strips = page.locator(".strip .thumb:visible img")
    assert strips.count() >= 14
    for name, value in (("objectFit", "contain"), ("objectPosition", "50% 50%")):
        assert set(strips.evaluate_all(
            "(all, name) => all.map(one => getComputedStyle(one)[name])", name
        )) == {value}  # fmt: skip
