"""A COCO data set becomes a reviewed audit: each box is an item, drawn where it is."""

import csv

import pytest

from tests.browser.desk_driver import sign_in, wait_until_saved
from tests.core.export.exports import write_csv

WRONG = "train2017/2.jpg#310,30,234,240"
"""An emu that the annotations call a lotus; see `tests.computed_audits.crops`."""

PLACES = """() => {
  const roots = [...document.querySelectorAll('*')].map((one) => one.shadowRoot)
  const desk = roots.map((root) => root?.querySelector('.desk')).find(Boolean)
  const isZoomed = desk.querySelector('dialog').open
  const inside = desk.querySelector(isZoomed ? '.zoomed' : '.frame')
  const place = (element) => {
    const { left, top, width, height } = element.getBoundingClientRect()
    return { left, top, width, height }
  }
  const image = inside.querySelector('img:not(.inset)')
  return {
    room: place(inside), image: place(image), natural: [image.naturalWidth, image.naturalHeight],
    box: place(inside.querySelector('.boxed i')),
    inset: inside.querySelector('.inset') && place(inside.querySelector('.inset')),
  }
}"""


def contained(found):
    """Where a picture lies in a room that it fills as far as its shape lets it."""
    (width, height), room = found["natural"], found["room"]
    scale = min(room["width"] / width, room["height"] / height)
    left = room["left"] + (room["width"] - scale * width) / 2
    return left, room["top"] + (room["height"] - scale * height) / 2, scale


def test_coco_data_set_is_reviewed_box_by_box(server, crop_audit, page, tmp_path):
    store = crop_audit.store
    first = sign_in(page, server.show(crop_audit.folder))
    assert store.items([first])[first]["path"] == WRONG

    found = page.evaluate(PLACES)
    assert found["natural"] == [900, 620]
    left, top, scale = contained(found)
    expected = [left + scale * 310, top + scale * 30, scale * 234, scale * 240]
    assert [*found["box"].values()] == pytest.approx(expected, abs=1)

    # In large as well, where it hides nothing of the box.
    inset, room = found["inset"], found["room"]
    assert inset["height"] == pytest.approx(0.4 * room["height"], abs=6)
    assert inset["left"] + inset["width"] == pytest.approx(room["left"] + room["width"], abs=6)
    assert inset["top"] > found["box"]["top"] + found["box"]["height"]

    page.keyboard.press("e")
    page.locator(".zoomed .boxed").wait_for()
    near = page.evaluate(PLACES)
    assert max(near["box"][k] / near["room"][k] for k in ("width", "height")) == pytest.approx(
        0.7, abs=0.01
    )
    page.keyboard.press("0")
    whole = page.evaluate(PLACES)
    assert whole["image"]["height"] == pytest.approx(whole["room"]["height"], abs=1)
    at = whole["box"]["left"] - whole["image"]["left"]
    assert at == pytest.approx(310 / 900 * whole["image"]["width"], abs=1)
    page.keyboard.press("b")
    assert page.evaluate(PLACES) == near
    page.keyboard.press("Escape")

    # A neighbor is shown by its crop alone, small and large.
    page.keyboard.press("t")
    page.wait_for_function(
        """() => [...document.querySelectorAll('*')].some((one) => one.shadowRoot?.querySelector('.framed[data-painted]'))"""  # noqa: E501
    )
    own = page.locator(".pair figure").first.locator("img")
    assert own.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [280, 288]
    page.keyboard.press("Escape")

    page.keyboard.press("Space")  # what the evidence says: an emu
    page.locator(".desk[data-empty]").wait_for()
    wait_until_saved(page)
    write_csv(store, tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["verdict"]]
    assert [
        (row["path"], row["annotation_id"], row["label"], row["final_label"]) for row in rows
    ] == [("train2017/2.jpg", "13", "lotus", "emu")]
