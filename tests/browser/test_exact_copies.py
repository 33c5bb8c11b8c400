"""Exact copies with different labels are decided in one look."""

import pytest

from core import pipeline
from core.audit import item_id
from tests.browser.desk_driver import press, sign_in, wait_for_image, wait_until_saved
from tests.core.making import add_image

NAME = "copy of 13.jpg"
EMU, COPY = item_id("13.jpg"), item_id(NAME)


@pytest.fixture
def pair(server, computed):
    """The address of a dashboard on an audit with such a pair, and its store."""
    given = computed.store.items([EMU])[EMU]["given"]
    add_image(computed, "copy of 13.jpg", (computed.source.path / "13.jpg").read_bytes())
    if given == "emu":
        table = computed.source.labels
        table.write_text(
            table.read_text().replace(",copy of 13.jpg,emu,", ",copy of 13.jpg,lotus,")
        )
    pipeline.run(computed)
    return server.show(computed.folder), computed.store


def labels(store):
    return {one: row["given"] for one, row in store.items([EMU, COPY]).items()}


def test_one_verdict_decides_both_and_one_undo_takes_both_back(page, pair):
    address, store = pair
    shown = sign_in(page, address)
    other = ({EMU, COPY} - {shown}).pop()
    assert shown in (EMU, COPY)
    line = page.locator("label.copies")
    assert line.inner_text() == f"Decide its exact copy, labeled {labels(store)[other]}, too"
    following = press(page, "k", shown)
    assert following not in (EMU, COPY)
    assert line.is_hidden()
    wait_until_saved(page)
    assert store.judged_ids() == {shown: "keep", other: "relabel"}
    assert store.current_verdicts()[other]["labels"] == [labels(store)[shown]]
    page.keyboard.press("z")
    assert wait_for_image(page, other_than=following) == shown
    wait_until_saved(page)
    assert store.judged_ids() == {}
    page.keyboard.press("y")
    assert wait_for_image(page, other_than=shown) not in (EMU, COPY)
    wait_until_saved(page)
    assert store.judged_ids() == {shown: "keep", other: "relabel"}


def test_without_the_tick_the_copy_comes_next(page, pair):
    address, store = pair
    shown = sign_in(page, address)
    page.locator("label.copies input").uncheck()
    assert {shown, press(page, "k", shown)} == {EMU, COPY}
    wait_until_saved(page)
    assert store.judged_ids() == {shown: "keep"}
