"""Pictures within the page: small, as many as it may hold, and words where there are none."""

import base64
import io
import re

import pytest
from PIL import Image

from core.audit import item_id
from core.export.report.pictures import SIDE, Pictures, caption
from tests.core.export.report.making import Elements
from tests.core.making import Auditor


@pytest.fixture
def items(ranked):
    ids = [item_id(f"{at:02}.jpg") for at in range(18)]
    found = ranked.store.items(ids)
    return [found[one] for one in ids]


def images(strip):
    return [attributes for name, attributes in Elements(strip).found if name == "img"]


def test_strip_holds_small_jpegs_with_their_path_as_alternative(ranked, items):
    pictures = Pictures(ranked)
    found = images(pictures.strip(items, 4))
    assert [one["alt"] for one in found] == ["00.jpg", "01.jpg", "02.jpg", "03.jpg"]
    for one in found:
        data = base64.b64decode(one["src"].removeprefix("data:image/jpeg;base64,"))
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
            assert max(image.size) <= 2 * SIDE
        assert len(data) < 20_000
    assert pictures.left_out == 0


def test_picture_is_shown_once_unless_asked_for(ranked, items):
    pictures = Pictures(ranked)
    pictures.strip(items[:3], 3)
    again = images(pictures.strip(items[:5], 3))
    assert [one["alt"] for one in again] == ["03.jpg", "04.jpg"]
    assert pictures.strip(items[:5], 3) is None
    assert len(images(pictures.strip(items[:5], 9, again=True))) == 5


def test_fewer_pictures_where_there_is_no_room(ranked, items):
    whole = Pictures(ranked)
    sizes = [len(one["src"]) for one in images(whole.strip(items, 18))]
    pictures = Pictures(ranked, most_bytes=sum(sizes[:5]))
    kept = images(pictures.strip(items, 18))
    assert 5 <= len(kept) < 18
    assert sum(len(one["src"]) for one in kept) <= sum(sizes[:5])
    assert pictures.left_out == 18 - len(kept)


@pytest.mark.parametrize("damage", [b"", b"no jpeg", b"\xff\xd8\xff\xe0 cut off"])
def test_damaged_thumbnail_is_words(ranked, items, damage):
    ranked.thumbnail_file(items[0]["content_hash"]).write_bytes(damage)
    ranked.thumbnail_file(items[1]["content_hash"]).unlink()
    strip = Pictures(ranked).strip(items[:3], 3)
    assert len(images(strip)) == 1
    assert strip.count("There is no picture.") == 2


def test_item_that_is_no_picture_shows_its_row(ranked, items):
    item = items[0] | {"fields": {"path": "a.txt", "label": "joy", "text": "<b>words</b>"}}
    strip = Pictures(ranked).strip([item], 1)
    assert "&lt;b&gt;words&lt;/b&gt;" in strip and not images(strip)


@pytest.mark.parametrize(
    ("verdict", "labels", "words"),
    [
        (None, (), "given lotus looks like emu"),
        ("keep", (), "given lotus final lotus (kept)"),
        ("relabel", ("emu",), "given lotus final emu"),
        ("ambiguous", ("emu", "lotus"), "given lotus final emu or lotus"),
        ("none", (), "given lotus verdict none fits"),
        ("bad image", (), "given lotus verdict bad image"),
        ("unsure", (), "given lotus final lotus (unsure)"),
    ],
)
def test_caption_says_before_and_after_in_words(ranked, verdict, labels, words):
    if verdict is not None:
        Auditor(ranked.store).judge("12.jpg", verdict, labels)
    item = ranked.store.items([item_id("12.jpg")])[item_id("12.jpg")]
    text = " ".join(" ".join(Elements(caption(item)).text).split())
    assert re.sub(r" +", " ", text) == words
