"""The desk with items that are no pictures, and with pictures that have changed."""

import shutil

import pytest

from core import pipeline
from core.audit import item_id
from core.embedding.choice import EmbeddingChoice
from tests.browser.desk_driver import sign_in, wait_for_image, wait_until_saved
from tests.core.making import ANOTHER, Auditor, write_texts


@pytest.fixture
def texts(tmp_path):
    audit = write_texts(tmp_path)
    files = {name: str(tmp_path / f"{name}.npz") for name in ("vectors", "probabilities")}
    pipeline.run(
        audit, EmbeddingChoice(embeddings=files["vectors"], predictions=files["probabilities"])
    )
    yield audit
    audit.store.close()


def test_text_is_read_on_the_desk_and_judged(page, server, texts):
    address = server.show(texts.folder)
    page.goto(address)
    page.locator(".gallery p", has_text="the words of 04.txt").wait_for()
    assert page.locator("img[src*='/api/images']").count() == 0
    item = sign_in(page, address)
    assert item == item_id("04.txt")
    assert page.locator(".frame .fields").inner_text() == "the words of 04.txt"
    assert page.locator(".neighbors .fields").count() == 9
    assert "Your model predicts woe (80 %)." in page.locator(".why").inner_text()
    page.keyboard.press(" ")
    wait_until_saved(page)
    assert texts.store.judged_ids() == {item: "relabel"}
    page.goto(f"{address}/browse")
    page.locator(f".cell[data-id='{item}'] .fields", has_text="the words of 04.txt").wait_for()
    assert page.locator(".cell img").count() == 0


def test_changed_picture_is_told_and_can_be_judged_again(page, server, computed):
    Auditor(computed.store).judge("12.jpg", "keep")
    shutil.copy(ANOTHER, computed.source.path / "12.jpg")
    pipeline.run(computed)
    page.goto(server.show(computed.folder))
    page.get_by_role("button", name="Review these").click()
    page.get_by_label("Your name").fill("Ben")
    page.keyboard.press("Enter")
    wait_for_image(page)
    page.get_by_text("image changed since this verdict: kept").wait_for()
    page.keyboard.press("n")
    wait_until_saved(page)
    assert computed.store.judged_ids() == {item_id("12.jpg"): "none"}
    assert computed.store.outdated_verdicts([item_id("12.jpg")]) == {}
