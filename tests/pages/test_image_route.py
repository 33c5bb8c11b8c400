"""The image route: what it serves, and the reasons with which it refuses."""

import os
import shutil

import pytest
from starlette.requests import Request

from core.audit import Audit, item_id
from core.embedding import runner
from core.embedding.choice import EmbeddingChoice
from core.ingest import browser_pictures, images
from core.ingest.files import content_hash
from core.ingest.readers import source_of
from core.pipeline import list_items
from pages.parts.app import image_route
from tests.core.ingest.odd_images import STORED, exif, scene, webp
from tests.core.ingest.packing import zipped
from tests.core.making import ANOTHER, add_image, contents_of, read_images


class OneAudit:
    def __init__(self, audit):
        self.only = audit

    def audit(self, audit_id):
        return self.only if audit_id == self.only.id else None


@pytest.fixture
def ask(computed, monkeypatch):
    """Ask the route for a picture of the computed audit."""
    monkeypatch.setattr(image_route, "library", lambda: OneAudit(computed))

    def answer(path="03.jpg", size="full", **other):
        item = item_id(path)
        place = {
            "audit": computed.id,
            "item": item,
            "content_hash": contents_of(computed.store, [item]).get(item),
            "size": size,
        }
        return image_route.serve_image(Request({"type": "http", "path_params": place | other}))

    return answer


def refusal(answer):
    assert answer.media_type == "text/plain"
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, answer.body.decode()


def test_file_is_served_as_it_lies_for_good(ask, computed):
    answer = ask()
    assert answer.body == (computed.source.path / "03.jpg").read_bytes()
    assert answer.media_type == "image/jpeg"
    assert "immutable" in answer.headers["Cache-Control"]


def test_missing_file_is_told(ask, computed):
    (computed.source.path / "03.jpg").unlink()
    assert refusal(ask()) == (410, "The image cannot be shown: the file is missing.")
    assert refusal(ask(size="view"))[0] == 410
    assert ask(size="thumb").status_code == 200


def test_replaced_file_is_not_served_as_if_it_were_the_image(ask, computed):
    file = computed.source.path / "03.jpg"
    ask(size="view")  # what was made of the image does not hide that its file is another
    shutil.copy(ANOTHER, file)
    for size in ("full", "view"):
        assert refusal(ask(size=size)) == (
            409, "The image file was replaced since it was analyzed; run the audit again.",
        )  # fmt: skip
    thumbnail = computed.thumbnail_file(
        contents_of(computed.store, [item_id("03.jpg")]).popitem()[1]
    )
    thumbnail.unlink()
    assert refusal(ask(size="thumb"))[0] == 409
    assert not thumbnail.exists()


def test_file_of_the_same_size_and_time_is_told_apart_by_its_bytes(ask, computed):
    file = computed.source.path / "03.jpg"
    status, data = file.stat(), bytearray(file.read_bytes())
    data[-10] ^= 1
    file.write_bytes(data)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert refusal(ask())[0] == 409


def test_content_that_cannot_be_decoded_is_told(ask, computed):
    (computed.source.path / "03.jpg").write_text("no picture")
    content = image_route.read_file(computed.source.path / "03.jpg").hash
    with computed.store.transaction() as db:
        db.table("items").update(item_id("03.jpg"), {"content_hash": content})
    assert refusal(ask()) == (415, "The image cannot be shown: it is text, not an image.")


@pytest.mark.parametrize(
    "wrong", [{"audit": "0000"}, {"item": "0000"}, {"content_hash": "0" * 32}, {"size": "huge"}]
)
def test_what_is_not_in_the_audit_is_refused(ask, wrong):
    assert refusal(ask(**wrong))[0] == 404


def test_thumbnail_that_is_lost_is_made_again(ask, computed):
    content = contents_of(computed.store, [item_id("03.jpg")]).popitem()[1]
    thumbnail = computed.thumbnail_file(content)
    before = thumbnail.read_bytes()
    thumbnail.unlink()
    assert ask(size="thumb").body == before
    assert thumbnail.read_bytes() == before


def test_view_is_made_once_and_kept_by_content(ask, computed, monkeypatch):
    name, data = "turned.webp", webp(scene().transpose(STORED[6]), exif=exif(6))
    add_image(computed, name, data)
    read_images(computed)
    answer = ask(name)
    assert answer.media_type == "image/png"
    assert images.decode(answer.body).tobytes() == images.decode(data).tobytes()
    monkeypatch.setattr(browser_pictures, "view", None)
    assert ask(name).body == answer.body
    (kept,) = (file for file in (computed.folder / "views").rglob("*") if file.is_file())
    assert kept.name == contents_of(computed.store, [item_id(name)])[item_id(name)]


def test_view_is_served_where_it_cannot_be_kept(ask, computed):
    (computed.folder / "views").write_text("in the way of a folder")
    assert ask(size="view").status_code == 200


def test_picture_of_an_archive_is_served_from_what_was_unpacked(tmp_path, monkeypatch):
    files = {f"{name}/1.jpg": ANOTHER.read_bytes() for name in ("emu", "lotus")}
    audit = Audit.create(tmp_path / "audit", source_of(zipped(tmp_path / "a.zip", files)))
    list_items(audit)
    runner.embed_images(audit, EmbeddingChoice(), lambda done, total: None)
    monkeypatch.setattr(image_route, "library", lambda: OneAudit(audit))
    item = item_id("emu/1.jpg")
    content = content_hash(files["emu/1.jpg"])
    place = {"audit": audit.id, "item": item, "size": "full", "content_hash": content}
    answer = image_route.serve_image(Request({"type": "http", "path_params": place}))
    audit.store.close()
    assert answer.body == files["emu/1.jpg"]
