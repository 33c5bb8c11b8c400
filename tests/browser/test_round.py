"""One whole round: one reviews, one looks again blind, one decides, and the export follows."""

import csv
import io

import pytest

from core.audit import Audit
from core.review.queues.queue import Queue
from tests.browser.desk_driver import downloaded, press, wait_for_image, wait_until_saved

FIRST, BLIND, THIRD = "Anastasia", "Benedict", "Cleopatra"
EVERYTHING = """() => {
  const texts = []
  const walk = root => {
    texts.push(root.innerHTML ?? '')
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) walk(element.shadowRoot)
    }
  }
  walk(document.documentElement)
  return texts.join(' ')
}"""


@pytest.fixture
def visit(visitor, address):
    """Open a page as somebody, in a browser of their own; `told` gathers what the server sends."""

    def open_as(name, path, told=None):
        page = visitor()
        page.context.add_cookies([{"name": "second_look_auditor", "value": name, "url": address}])
        if told is not None:

            def gather(frame):
                told.append(frame)

            page.on("websocket", lambda socket: socket.on("framereceived", gather))
        page.goto(f"{address}/{path}")
        return page

    return open_as


def exported(page, path):
    """The row of an image in the table that the export page gives."""
    rows = csv.DictReader(io.StringIO(downloaded(page).decode()))
    return next(row for row in rows if row["path"] == path)


def test_one_reviews_one_looks_again_blind_and_one_decides(visit, demo_folder):
    store = Audit(demo_folder).store
    store.set_second_share(1)
    store.set_settings({"export_format": "csv"})
    first, second = Queue().ids(store)[:2]
    item = store.items([first])[first]

    page = visit(FIRST, "review")
    assert wait_for_image(page) == first
    assert press(page, "Space", first) == second
    press(page, "k", second)
    wait_until_saved(page)

    told = []
    page = visit(BLIND, "review?second=1", told)
    assert wait_for_image(page) == first
    assert press(page, "k", first) == second
    page.keyboard.press("k")
    wait_until_saved(page)
    assert FIRST not in page.evaluate(EVERYTHING)
    frames = [frame if isinstance(frame, bytes) else frame.encode() for frame in told]
    assert any(first.encode() in frame for frame in frames)
    assert not any(FIRST.encode() in frame for frame in frames)
    said = [
        (word["auditor"], word["role"], word["verdict"])
        for word in store.annotations([first])[first]
    ]
    assert said == [
        (FIRST, "review", "relabel"),
        (BLIND, "second", "keep"),
    ]

    page = visit(THIRD, "export")
    row = exported(page, item["path"])
    assert (row["final_label"], row["auditor"], row["rule"]) == (
        item["given"],
        BLIND,
        "latest of 2",
    )

    page = visit(THIRD, "agreement")
    page.get_by_role("heading", name="Two auditors agree on 1 of 2 images").wait_for()
    page.get_by_role("button", name="Adjudicate 1").click()
    assert wait_for_image(page) == first
    assert FIRST in page.evaluate(EVERYTHING)
    page.keyboard.press("Space")
    wait_until_saved(page)
    assert store.adjudications() == {first: "relabel"}

    page = visit(THIRD, "export")
    row = exported(page, item["path"])
    assert (row["final_label"], row["auditor"]) == (item["suggested"], THIRD)
    assert row["rule"] == "adjudicated"
    page.get_by_text("Latest", exact=True).click()
    page.get_by_text("by the latest verdict").wait_for()
    assert exported(page, item["path"])["rule"] == "latest of 3"
    assert store.final_rule() == "latest"
