"""Files that each format's own library has written, read back item by item."""

import io
import json
import shutil
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import pytest
import webdataset
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pycocotools import mask
from pycocotools.coco import COCO

from core.ingest.crops import region_of
from core.ingest.readers import read_source, source_of
from core.ingest.unpacking import layout, unpack
from tests.core.ingest.boxes_making import write_coco, write_image
from tests.core.ingest.packing import picture


def quietly(function, *arguments):
    """Call a function of pycocotools, which prints what it does."""
    with redirect_stdout(io.StringIO()):
        return function(*arguments)


def in_coco(coco):
    """File, region, label and id of every annotation, as the library says them."""
    images, categories = coco.imgs, coco.cats
    return {
        str(key): (
            images[one["image_id"]]["file_name"],
            region_of(*one["bbox"][:2], *np.add(one["bbox"][:2], one["bbox"][2:])),
            categories[one["category_id"]]["name"],
        )
        for key, one in coco.anns.items()
    }


def read_by_us(folder):
    source = source_of(folder)
    assert source.format == "coco"
    return {
        one.fields["annotation_id"]: (one.file, one.region, one.label)
        for one in read_source(source).records
    }


def test_boxes_of_masks_are_those_that_pycocotools_makes(tmp_path):
    random = np.random.default_rng(1)
    rows = []
    for n in range(6):
        write_image(tmp_path, f"{n}.jpg")
        for k in range(3):
            shape = np.zeros((80, 100), dtype=np.uint8, order="F")
            top, left = random.integers(0, 60, 2)
            shape[top : top + random.integers(1, 20), left : left + random.integers(1, 40)] = 1
            encoded = mask.encode(shape)
            rows.append((3 * n + k, n, 1 + k % 2, mask.toBbox(encoded).tolist()))
    write_coco(tmp_path, "instances.json", {n: f"{n}.jpg" for n in range(6)}, rows)
    expected = in_coco(quietly(COCO, tmp_path / "instances.json"))
    assert len(expected) == 18
    assert read_by_us(tmp_path) == expected


def test_results_that_pycocotools_has_turned_into_annotations_are_read(tmp_path):
    for n in range(4):
        write_image(tmp_path, f"{n}.jpg")
    empty = write_coco(tmp_path, "empty.json", {n: f"{n}.jpg" for n in range(4)}, [])
    results = [
        {"image_id": n, "category_id": 1 + n % 2, "bbox": [n, 2.5, 30, 40.25], "score": 0.5}
        for n in range(4)
    ]
    found = quietly(quietly(COCO, empty).loadRes, results)
    (tmp_path / "instances.json").write_text(json.dumps(found.dataset))
    empty.unlink()
    assert len(in_coco(found)) == 4
    assert read_by_us(tmp_path) == in_coco(found)


NAMES = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], max_codepoint=0x2FFF), min_size=1, max_size=12
).filter(lambda name: name.strip() == name)


@settings(max_examples=25, deadline=None)
@given(names=st.lists(NAMES, min_size=1, max_size=4, unique=True), labels=st.data())
def test_names_of_categories_are_those_that_pycocotools_reads(tmp_path_factory, names, labels):
    folder = tmp_path_factory.mktemp("coco")
    rows = [
        (n, n, labels.draw(st.integers(1, len(names))), [n, 1, 10, 20]) for n in range(1, 4)
    ]  # fmt: skip
    for n in range(1, 4):
        write_image(folder, f"{n}.jpg", (40, 40))
    write_coco(folder, "instances.json", {n: f"{n}.jpg" for n in range(1, 4)}, rows, names)
    assert read_by_us(folder) == in_coco(quietly(COCO, folder / "instances.json"))


def unpacked(path, folder):
    source = source_of(path)
    assert source.format == "webdataset"
    unpack(source, folder)
    found = layout(source, folder)
    return {
        record.path.partition("/")[2]: (record, (found.path / record.path).read_bytes())
        for record in read_source(found).records
    }


def test_shards_that_webdataset_has_written_are_read_sample_by_sample(tmp_path):
    (tmp_path / "set").mkdir()
    pattern = str(tmp_path / "set" / "pets-train-%06d.tar")
    with webdataset.ShardWriter(pattern, maxcount=3, verbose=0) as writer:
        for n in range(8):
            writer.write({"__key__": f"sample{n:04}", "jpg": picture(n), "cls": n % 2})
    assert len(list((tmp_path / "set").iterdir())) == 3
    found = unpacked(tmp_path / "set", tmp_path / "unpacked")
    assert {name: (one.label, one.split, data) for name, (one, data) in found.items()} == {
        f"sample{n:04}.jpg": (str(n % 2), "train", picture(n)) for n in range(8)
    }


def test_pixels_and_json_that_webdataset_has_encoded_are_read(tmp_path):
    pixels = np.random.default_rng(1).integers(0, 256, (3, 8, 9, 3), dtype=np.uint8)
    labels = ["Käfer", "a|b", "dog 1"]
    with webdataset.TarWriter(str(tmp_path / "a.tar.gz")) as writer:
        for n, label in enumerate(labels):
            image = Image.fromarray(pixels[n])
            writer.write({"__key__": f"x/{n}", "png": image, "json": {"label": label, "age": n}})
    found = unpacked(tmp_path / "a.tar.gz", tmp_path / "unpacked")
    assert [one.label for one, _ in found.values()] == labels
    assert [one.fields["age"] for one, _ in found.values()] == ["0", "1", "2"]
    for n, (_, data) in enumerate(found.values()):
        assert np.array_equal(np.asarray(Image.open(io.BytesIO(data))), pixels[n])


# -- Label Studio: its library needs thirty packages, so that its files lie here -------------------

EXPORTS = Path(__file__).parent / "label_studio_exports"
"""Written by the converter of label-studio-sdk 2.1.2: JSON, JSON-MIN, CSV, COCO, VOC and YOLO."""


@pytest.mark.parametrize("name", ["json.json", "json_min.json", "csv.csv"])
def test_choices_that_label_studio_has_exported_are_read(tmp_path, name):
    for n in range(1, 5):
        write_image(tmp_path, f"{n}.jpg", (8, 8))
    answers = {"label_column": "kind"}
    records = read_source(source_of(tmp_path, EXPORTS / name, answers=answers)).records
    assert [(one.path, one.label, one.labels) for one in records] == [
        ("1.jpg", "cat", None), ("2.jpg", "Käfer", None), ("3.jpg", None, ("cat", "dog")),
        ("4.jpg", "dog", None),
    ]  # fmt: skip
    one = source_of(tmp_path, EXPORTS / name, answers=answers | {"one_label": "dog"})
    assert [r.label for r in read_source(one).records] == ["not dog", "not dog", "dog", "dog"]


@pytest.mark.parametrize(("name", "shift"), [("coco", 0), ("yolo", 0), ("voc", 1)])
def test_boxes_that_label_studio_has_exported_are_read(tmp_path, name, shift):
    """Its VOC counts pixels from 0, while the format counts them from 1."""
    shutil.copytree(EXPORTS / name, tmp_path / name)
    for n in (1, 2):
        write_image(tmp_path, f"{name}/images/0a1b2c3d-{n}.jpg")
    source = source_of(tmp_path / name)
    assert source.format == name
    assert [(one.file, one.region, one.label) for one in read_source(source).records] == [
        (f"images/0a1b2c3d-{n}.jpg", (x - shift, y - shift, width + shift, height + shift), label)
        for n in (1, 2)
        for label, (x, y, width, height) in (("cat", (10, 16, 30, 32)), ("dog", (50, 20, 20, 8)))
    ]
