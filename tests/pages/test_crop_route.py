"""The image route of items that are crops, and their page."""

import io
import shutil

import pytest
from PIL import Image
from starlette.requests import Request

from core.audit import item_id
from pages.parts.app import image_route
from tests.pages.conftest import opened

ITEM = item_id("train2017/2.jpg#310,30,234,240")


@pytest.fixture
def ask(crop_audit, monkeypatch):
    """Ask the route for a picture of one box, in a size."""

    class Library:
        def audit(self, audit_id):
            return crop_audit

    monkeypatch.setattr(image_route, "library", Library)

    def answer(size):
        content = crop_audit.store.file_of(ITEM)["content_hash"]
        place = {"audit": crop_audit.id, "item": ITEM, "content_hash": content, "size": size}
        return image_route.serve_image(Request({"type": "http", "path_params": place}))

    return answer


def size_of(answer):
    with Image.open(io.BytesIO(answer.body)) as image:
        return image.size


def test_the_whole_file_is_served_for_the_desk_and_the_crop_by_itself(ask, crop_audit):
    file = crop_audit.source.path / "train2017" / "2.jpg"
    assert ask("full").body == file.read_bytes()
    assert size_of(ask("view")) == (900, 620)
    assert size_of(ask("crop")) == (234 + 46, 240 + 48)
    assert size_of(ask("thumb")) == (249, 256)


def test_a_lost_thumbnail_is_that_of_the_crop_again(ask, crop_audit):
    before = ask("thumb").body
    shutil.rmtree(crop_audit.folder / "thumbs")
    assert ask("thumb").body == before


@pytest.mark.parametrize("size", ["full", "view", "crop"])
def test_a_replaced_file_is_not_served_as_the_crop_that_was_judged(ask, crop_audit, size):
    folder = crop_audit.source.path / "train2017"
    shutil.copy(folder / "0.jpg", folder / "2.jpg")
    assert ask(size).status_code == 409
    (folder / "2.jpg").unlink()
    assert ask(size).status_code == 410


def test_the_page_of_a_crop_shows_it_and_leads_to_the_whole(crop_audit, app_over):
    app = app_over(crop_audit.folder.parent)
    app.session_state["auditor"] = "Ana"
    app.query_params["item"] = ITEM
    opened(app, "item.py")
    texts = [text.value for text in app.markdown]
    assert any(f"/{ITEM}/" in text and text.endswith("/crop)") for text in texts)
    assert any(text.startswith("[The whole image](/api/images/") for text in texts)
    assert any("234 × 240 pixels" in caption.value for caption in app.caption)
