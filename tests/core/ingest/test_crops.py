"""Items that are crops: what they are called, where they lie, what their content is."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from core.audit import Audit, item_id
from core.embedding.choice import EmbeddingChoice
from core.embedding.reading import by_file, read_items
from core.embedding.runner import embed_images
from core.ingest import crop_pictures, images
from core.ingest.crops import (
    crop_hash,
    crop_path,
    file_path,
    inside,
    region_of,
    turned,
    with_margin,
)
from core.ingest.files import UnreadableImage, read_file
from core.ingest.images import TURNS
from core.ingest.readers import source_of
from core.pipeline import list_items
from tests.core.ingest.boxes_making import write_coco, write_image

names = st.text(st.characters(exclude_characters="\0\n", exclude_categories=["Cs"]), min_size=1)
regions = st.tuples(*[st.integers(-50, 5000)] * 2, *[st.integers(1, 5000)] * 2)
SIZES = st.tuples(st.integers(1, 60), st.integers(1, 60))


@given(names, regions, st.integers(1, 9))
@example("a#b#1,2,3,4.jpg", (1, 2, 3, 4), 1)
def test_the_file_of_a_crop_is_read_from_its_path_alone(file, region, nth):
    assert file_path(crop_path(file, region, nth), region) == file
    assert file_path(file, None) == file


@given(st.sets(st.tuples(names, regions, st.integers(1, 3)), max_size=20))
def test_no_two_crops_share_an_id(crops):
    assert len({item_id(crop_path(*crop)) for crop in crops}) == len(crops)


@given(st.sets(st.one_of(st.none(), regions), min_size=2, max_size=8))
def test_content_of_a_crop_is_that_of_the_file_and_the_region(some):
    hashes = {crop_hash(content, region) for region in some for content in ("aa" * 16, "bb" * 16)}
    assert len(hashes) == 2 * len(some)
    assert crop_hash("aa" * 16, None) == "aa" * 16


@given(*[st.floats(-100, 1e6)] * 2, *[st.floats(1e-6, 1e6)] * 2)
def test_a_region_is_the_box_to_the_nearest_pixels(left, top, width, height):
    edges = left, top, left + width, top + height
    found = region_of(*edges)
    assert abs(found[0] - left) <= 0.5
    assert abs(found[1] - top) <= 0.5
    assert found[2] >= 1
    assert found[3] >= 1
    assert abs(found[0] + found[2] - edges[2]) <= (0.5 if found[2] > 1 else 1.5)


@given(regions, SIZES)
def test_what_is_cut_out_lies_in_the_image_with_a_margin(region, size):
    part = inside(region, size)
    if part is None:
        assert region[0] >= size[0] or region[1] >= size[1] or min(
            region[0] + region[2], region[1] + region[3]
        ) <= 0  # fmt: skip
        return
    wide = with_margin(part, size)
    assert inside(wide, size) == wide
    assert inside(part, size) == part
    assert wide[0] <= part[0]
    assert wide[2] >= part[2]
    assert wide[2] <= part[2] + 2 * round(0.1 * part[2])


@settings(deadline=None)
@given(st.integers(1, 8), SIZES, st.data())
def test_a_region_of_stored_pixels_is_found_in_the_upright_image(orientation, size, data):
    left = data.draw(st.integers(0, size[0] - 1))
    top = data.draw(st.integers(0, size[1] - 1))
    width = data.draw(st.integers(1, size[0] - left))
    height = data.draw(st.integers(1, size[1] - top))
    numbers = np.arange(size[0] * size[1], dtype=np.int32).reshape(size[1], size[0])
    stored = Image.fromarray(numbers)

    def upright(image):
        turn = TURNS.get(orientation)
        return np.asarray(image if turn is None else image.transpose(turn))

    x, y, across, down = turned((left, top, width, height), size, orientation)
    expected = upright(stored.crop((left, top, left + width, top + height)))
    assert (upright(stored)[y : y + down, x : x + across] == expected).all()


# -- pictures ------------------------------------------------------------------------------------


def pixels(picture):
    return np.asarray(picture.image)


@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_a_crop_is_cut_from_the_stored_pixels_and_shown_upright(tmp_path, orientation):
    file = write_image(tmp_path, "a.jpg", (100, 80), orientation)
    region = (20, 10, 30, 40)
    (picture,) = crop_pictures.load_pictures(file.read_bytes(), "a.jpg", [region])
    with Image.open(file) as stored:
        cut = stored.convert("RGB").crop((17, 6, 53, 54))  # a tenth of its sides around it
    turn = TURNS.get(orientation)
    expected = cut if turn is None else cut.transpose(turn)
    assert (pixels(picture) == np.asarray(expected)).all()
    size = (80, 100) if orientation == 6 else (100, 80)
    assert (picture.width, picture.height) == ((40, 30) if orientation == 6 else (30, 40))
    x, y, across, down = turned(region, (100, 80), orientation)
    assert picture.box == pytest.approx(
        (x / size[0], y / size[1], across / size[0], down / size[1]), abs=1e-6
    )
    assert ("as stored" in (picture.note or "")) == (orientation != 1)


def test_a_box_that_reaches_out_is_cut_and_said_and_one_outside_is_refused(tmp_path):
    data = write_image(tmp_path, "a.jpg").read_bytes()
    boxes = [(90, 70, 30, 30), (-1, 0, 20, 20), (100, 0, 5, 5)]
    cut, nearly, outside = crop_pictures.load_pictures(data, "a.jpg", boxes)
    assert (cut.width, cut.height, cut.note) == (10, 10, crop_pictures.BEYOND)
    assert (nearly.width, nearly.note) == (19, None)
    assert isinstance(outside, UnreadableImage)
    assert str(outside) == "its box lies outside the image (100 x 80 pixels)"


def test_a_large_jpeg_is_cut_in_full_and_alike_whatever_other_crops_there_are(tmp_path):
    data = write_image(tmp_path, "a.jpg", (3000, 2000)).read_bytes()
    region = (1000, 700, 40, 30)
    (alone,) = crop_pictures.load_pictures(data, "a.jpg", [region])
    _, among, _ = crop_pictures.load_pictures(
        data, "a.jpg", [(0, 0, 3000, 2000), region, (1, 1, 9, 9)]
    )
    assert alone.image.size == (48, 36)
    assert (pixels(alone) == pixels(among)).all()


# -- the audit -----------------------------------------------------------------------------------


@pytest.fixture
def audit(tmp_path):
    """Boxes in two images: two good ones, one outside, one in a missing file, one whole."""
    source = tmp_path / "source"
    for name in ("1.jpg", "2.jpg"):
        write_image(source, name)
    images = {1: "1.jpg", 2: "2.jpg", 3: "gone.jpg"}
    rows = [
        (1, 1, 1, [10, 10, 30, 20]),
        (2, 1, 2, [50, 20, 30, 40]),
        (3, 1, 1, [200, 10, 30, 20]),
        (4, 2, 2, [0, 0, 100, 80]),
        (5, 3, 1, [1, 1, 5, 5]),
    ]
    write_coco(source, "train.json", images, rows)
    audit = Audit.create(tmp_path / "audit", source_of(source))
    list_items(audit)
    yield audit
    audit.store.close()


def embed(audit):
    return embed_images(audit, EmbeddingChoice(), lambda done, total: None)


def test_boxes_are_embedded_apart_and_faulty_ones_quarantined_with_the_reason(audit):
    assert embed(audit)
    assert {row["path"]: row["reason"] for row in audit.store.quarantined()} == {
        "1.jpg#200,10,30,20": "its box lies outside the image (100 x 80 pixels)",
        "gone.jpg#1,1,5,5": "the file is missing",
    }
    found = audit.store.items([item_id("1.jpg#50,20,30,40")]).popitem()[1]
    file = read_file(audit.source.path / "1.jpg").hash
    assert found["content_hash"] == crop_hash(file, (50, 20, 30, 40))
    assert found["box"] == [0.5, 0.25, 0.3, 0.5]
    assert (found["width"], found["height"]) == (30, 40)
    with Image.open(audit.thumbnail_file(found["content_hash"])) as thumbnail:
        assert thumbnail.size == (36, 48)
    rows = np.load(audit.embeddings_file)
    good = [item.row for item in audit.store.embedded_items()]
    assert len(np.unique(rows[good], axis=0)) == len(good) == 3
    # A second run has nothing to read but what was refused.
    before = rows.tobytes()
    assert embed(audit)
    assert np.load(audit.embeddings_file).tobytes() == before


def test_a_file_is_decoded_once_for_all_its_crops(audit, monkeypatch):
    opened = []
    original = images.opened
    monkeypatch.setattr(images, "opened", lambda data: opened.append(len(data)) or original(data))
    groups = by_file(audit.store.listed_files())
    assert sorted(len(group) for group in groups) == [1, 1, 3]
    for group in groups:
        read_items(audit, group)
    assert len(opened) == 2
    assert [len(group) for group in by_file(audit.store.listed_files(), at_most=2)] == [2, 1, 1, 1]


def test_a_changed_file_changes_all_its_crops_and_no_others(audit):
    embed(audit)
    before = {file["path"]: file["embedded_hash"] for file in audit.store.listed_files()}
    Image.new("RGB", (100, 80), "red").save(audit.source.path / "1.jpg")
    embed(audit)
    after = {file["path"]: file["embedded_hash"] for file in audit.store.listed_files()}
    changed = {path for path in before if before[path] != after[path]}
    assert changed == {"1.jpg#10,10,30,20", "1.jpg#50,20,30,40"}
