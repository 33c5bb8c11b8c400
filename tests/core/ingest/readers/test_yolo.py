"""YOLO: lines of label files as items, names from data.yaml; and its folders of classes."""

import pytest

from core.ingest.readers import SourceError
from core.ingest.yolo_names import names_in
from tests.core.ingest.boxes_making import boxes, notes_about, read, write_image, write_text

YAML = "path: .\ntrain: ../train/images\nval: ../valid/images\n\nnc: 2\nnames: ['cat', 'dog']\n"


@pytest.fixture
def yolo(tmp_path):
    """Folders of splits around images and labels, as Roboflow exports them."""
    for split in ("train", "valid"):
        write_image(tmp_path, f"{split}/images/a.jpg")
    write_image(tmp_path, "train/images/empty.jpg")
    write_image(tmp_path, "train/images/none.jpg")
    write_text(tmp_path, "train/labels/a.txt", "0 0.5 0.5 0.2 0.25\n1 0.1 0.1 0.2 0.2\n")
    write_text(tmp_path, "valid/labels/a.txt", "1 0.5 0.5 1 1\n")
    write_text(tmp_path, "train/labels/empty.txt", "")
    write_text(tmp_path, "data.yaml", YAML)
    return tmp_path


def test_lines_are_items_in_pixels_and_names_come_from_the_yaml(yolo):
    name, listing = read(yolo)
    assert (name, boxes(listing)) == (
        "yolo",
        [
            ("train/images/a.jpg", (40, 30, 20, 20), "cat", "train"),
            ("train/images/a.jpg", (0, 0, 20, 16), "dog", "train"),
            ("valid/images/a.jpg", (0, 0, 100, 80), "dog", "valid"),
        ],
    )
    assert notes_about(listing, "2 images without boxes, no items, such as train/images/empty.jpg")


def test_images_and_labels_around_the_splits(tmp_path):
    write_image(tmp_path, "images/train/a.jpg")
    write_text(tmp_path, "labels/train/a.txt", "0 0.5 0.5 0.5 0.5")
    write_text(tmp_path, "coco8.yml", "names:\n  0: cat\n  1: dog\n")
    assert boxes(read(tmp_path)[1]) == [("images/train/a.jpg", (25, 20, 50, 40), "cat", "train")]


def test_polygons_have_the_box_around_them_and_predictions_a_confidence(yolo):
    write_text(yolo, "train/labels/a.txt", "0 0.1 0.1 0.3 0.1 0.3 0.5\n1 0.5 0.5 0.2 0.25 0.93\n")
    assert [(record.region, record.label) for record in read(yolo)[1].records][:2] == [
        ((10, 8, 20, 32), "cat"),
        ((40, 30, 20, 20), "dog"),
    ]


def test_bad_lines_are_counted_and_class_ids_out_of_range_named(yolo):
    lines = ["0 0.5 0.5 0.2 0.25", "7 0.2 0.2 0.1 0.1", "cat 0.5 0.5 0.1 0.1", "0 0.5 0.5",
             "0 0.5 0.5 0 0.1", "0 50 40 20 20", "0 0.5 0.5 0.2 0.25", "0 nan 0.5 0.1 0.1",
             "0.5 0.5 0.5 0.1 0.1"]  # fmt: skip
    write_text(yolo, "train/labels/a.txt", "\n".join(lines))
    write_text(yolo, "train/labels/gone.txt", "0 0.5 0.5 0.2 0.25")
    listing = read(yolo)[1]
    assert [record.label for record in listing.records] == ["cat", None, "dog"]
    for sentence in (
        "1 box with a class id that data.yaml does not name, unlabeled, such as id 7 in line 2 of",
        "4 boxes left out: no class id and numbers of a box, such as line 3 of train/labels/a.txt",
        "1 box left out: no width or height, such as line 5",
        "1 box left out: its numbers are no shares of the image's sides, 0 to 1, such as line 6",
        "1 box left out: listed more than once, such as line 7",
        "1 file left out: there is no image for it, such as train/labels/gone.txt",
    ):
        assert notes_about(listing, sentence), sentence


def test_an_image_that_cannot_be_opened_is_named(yolo):
    (yolo / "train/images/a.jpg").write_bytes(b"no image")
    listing = read(yolo)[1]
    assert len(listing.records) == 1
    sentence = "1 file left out: its image: it cannot be opened as an image, such as train/labels"
    assert notes_about(listing, sentence)


def test_names_may_lie_in_a_text_file(yolo):
    (yolo / "data.yaml").unlink()
    write_text(yolo, "classes.txt", "Katze\nHund\n")
    name, listing = read(yolo)
    assert (name, listing.records[0].label) == ("yolo", "Katze")
    (yolo / "classes.txt").unlink()
    with pytest.raises(SourceError, match=r"There is no data\.yaml with names"):
        read(yolo, reader="yolo")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("names: [cat, dog]", ["cat", "dog"]),
        ("names: ['a, b', \"c: d\"]  # two", ["a, b", "c: d"]),
        ("names: [\n  'cat',\n  'it''s',\n]\nnc: 2", ["cat", "it's"]),
        ("names:\n- cat\n- 'big dog'\nnc: 2", ["cat", "big dog"]),
        ("names:\n  - cat # tame\n\n  - dog\ntrain: x", ["cat", "dog"]),
        ("names: {0: cat, 1: 'dog'}", ["cat", "dog"]),
        ('names: ["caf\\u00e9", "\\"q\\""]', ["café", '"q"']),
        ("names:\n  0: c#\n  1: d", ["c#", "d"]),
    ],
)
def test_names_are_read_in_every_form_that_tools_write(text, names):
    assert names_in(text) == dict(enumerate(names))


@pytest.mark.parametrize("text", ["", "nc: 3", "names:", "names: !!python/object x", "names: []"])
def test_no_names_are_no_names(text):
    assert names_in(text) is None


def test_yolo_classification_is_folders_of_splits(tmp_path):
    for split in ("train", "val", "test"):
        for name in ("cat", "dog"):
            write_image(tmp_path, f"{split}/{name}/1.jpg", (8, 8))
    name, listing = read(tmp_path)
    assert name == "split-folders"
    assert {(record.label, record.split) for record in listing.records} == {
        (label, split) for label in ("cat", "dog") for split in ("train", "val", "test")
    }
