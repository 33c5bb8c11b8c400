"""COCO: boxes as items, image-level categories where there are none, splits from the name."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.audit import item_id
from core.ingest.image_finder import ImageFinder
from core.ingest.inspection import inspect
from core.ingest.readers import SourceError, source_of
from tests.core.ingest.boxes_making import (
    boxes,
    notes_about,
    read,
    write_coco,
    write_image,
    write_text,
)

TRAIN, VAL = "annotations/instances_train2017.json", "annotations/instances_val2017.json"


@pytest.fixture
def coco(tmp_path):
    """The layout of COCO's own download, file names without folders."""
    for path in ("train2017/1.jpg", "train2017/2.jpg", "val2017/1.jpg"):
        write_image(tmp_path, f"data/{path}")
    write_coco(
        tmp_path,
        TRAIN,
        {1: "1.jpg", 2: "2.jpg"},
        [(10, 1, 1, [10, 10, 30.4, 20]), (11, 1, 2, [50, 5.5, 20, 30])],
    )
    write_coco(tmp_path, VAL, {1: "1.jpg"}, [(10, 1, 2, [0, 0, 100, 80])])
    return tmp_path


def test_boxes_are_items_and_the_file_name_tells_the_split(coco):
    name, listing = read(coco)
    assert name == "coco"
    assert boxes(listing) == [
        ("data/train2017/1.jpg", (10, 10, 30, 20), "cat", "train2017"),
        ("data/train2017/1.jpg", (50, 6, 20, 30), "dog", "train2017"),
        ("data/val2017/1.jpg", (0, 0, 100, 80), "dog", "val2017"),
    ]
    assert notes_about(listing, "1 image without boxes, no items, such as 2.jpg")
    assert listing.records[0].fields == {
        "path": "data/train2017/1.jpg", "label": "cat", "split": "train2017",
        "annotation_id": "10", "image_id": "1", "iscrowd": "0",
        "xmin": "10", "ymin": "10", "xmax": "40.4", "ymax": "30",
    }  # fmt: skip


def test_inspect_says_what_was_understood(coco):
    found = inspect(source_of(coco))
    assert (found.reader, found.items, found.missing) == ("coco", 3, 0)
    assert found.classes == {"dog": 2, "cat": 1}
    assert found.splits == {"train2017": 2, "val2017": 1}
    assert found.notes[0].startswith("COCO annotations in annotations/instances_train2017.json")


def test_one_file_is_given_as_the_table(coco):
    name, listing = read(coco, labels=coco / VAL)
    assert (name, len(listing.records)) == ("coco", 1)


def test_roboflow_lays_a_file_into_each_split(tmp_path):
    for split in ("train", "valid"):
        write_image(tmp_path, f"{split}/a.jpg")
        path = f"{split}/_annotations.coco.json"
        write_coco(tmp_path, path, {0: "a.jpg"}, [(0, 0, 1, [1, 2, 3, 4])])
    assert boxes(read(tmp_path)[1]) == [
        ("train/a.jpg", (1, 2, 3, 4), "cat", "train"),
        ("valid/a.jpg", (1, 2, 3, 4), "cat", "valid"),
    ]


@pytest.mark.parametrize(
    "named", ["images/a.jpg", "a.jpg", "images\\a.jpg", "/home/ana/set/images/a.jpg", "./a.jpg"]
)
def test_file_names_with_and_without_folders_are_found(tmp_path, named):
    write_image(tmp_path, "images/a.jpg")
    write_coco(tmp_path, "annotations.json", {1: named}, [(1, 1, 1, [1, 2, 3, 4])])
    assert boxes(read(tmp_path)[1]) == [("images/a.jpg", (1, 2, 3, 4), "cat", None)]


def test_a_file_of_another_split_is_not_taken_for_a_missing_one(tmp_path):
    write_image(tmp_path, "val2017/1.jpg")
    write_coco(tmp_path, TRAIN, {1: "1.jpg"}, [(1, 1, 1, [1, 2, 3, 4])])
    assert read(tmp_path)[1].records[0].file == "1.jpg"  # which is missing, and named as such
    found = inspect(source_of(tmp_path))
    assert found.missing == 1


def test_of_several_files_of_the_name_none_is_taken(tmp_path):
    for folder in ("a", "b", "c"):
        write_image(tmp_path, f"{folder}/1.jpg")
    write_image(tmp_path, "c/2.jpg")
    images = {1: "1.jpg", 2: "2.jpg"}
    write_coco(tmp_path, "x.json", images, [(1, 1, 1, [1, 2, 3, 4]), (2, 2, 1, [1, 2, 3, 4])])
    listing = read(tmp_path)[1]
    assert boxes(listing) == [("c/2.jpg", (1, 2, 3, 4), "cat", None)]
    assert notes_about(listing, "1 box left out: several files have the name of the image")


def test_without_boxes_each_image_has_its_category(tmp_path):
    for number in range(4):
        write_image(tmp_path, f"{number}.jpg")
    images = {n: f"{n}.jpg" for n in range(4)}
    rows = [(1, 0, 1, None), (2, 1, 2, None), (3, 2, 1, None), (4, 2, 2, None)]
    write_coco(tmp_path, "train.json", images, rows)
    name, listing = read(tmp_path)
    assert (name, boxes(listing)) == (
        "coco",
        [
            ("0.jpg", None, "cat", "train"), ("1.jpg", None, "dog", "train"),
            ("2.jpg", None, None, "train"), ("3.jpg", None, None, "train"),
        ],
    )  # fmt: skip
    (note,) = notes_about(listing, "several labels")
    assert "1 image has several labels and will be unlabeled, first 2.jpg: cat, dog;" in note
    assert "xmin" not in listing.columns
    assert notes_about(listing, "1 image without annotations, unlabeled, such as 3.jpg")


def test_damaged_and_doubled_rows_are_counted_and_the_rest_goes_on(coco):
    found = json.loads((coco / TRAIN).read_text())
    first = found["annotations"][0]
    found["images"] += ["?", {"id": 3}, {"id": 2, "file_name": "other.jpg"}]
    found["annotations"] += [
        5,
        {"id": 20},
        first | {"id": 21, "bbox": [1, 1, 0, 5]},
        first | {"id": 22, "bbox": [1, 1, -4, 5]},
        first | {"id": 23, "bbox": [1, 1, "wide", 5]},
        first | {"id": 24, "bbox": [1, 2, 3]},
        first | {"id": 25, "bbox": None},
        first | {"id": 26, "image_id": 99},
        first | {"id": 27},
        first | {"id": 28, "bbox": [float("inf"), 1, 2, 3]},
        first | {"id": 29, "category_id": 77, "bbox": [7, 7, 7, 7]},
    ]
    found["categories"] += [{"id": 9}, None]
    (coco / TRAIN).write_text(json.dumps(found))
    listing = read(coco)[1]
    assert len(listing.records) == 4
    assert listing.records[2].label is None
    for sentence in (
        "2 images left out: damaged, such as one of annotations/instances_train2017.json.",
        "1 image left out: its id is that of another image, such as other.jpg in annotations/",
        "2 boxes left out: damaged, such as number 3 in annotations/instances_train2017.json.",
        "2 boxes left out: no width or height, such as annotation 21 of 1.jpg.",
        "3 boxes left out: no numbers of pixels, such as annotation 23 of 1.jpg.",
        "1 box left out: no box, such as annotation 25 of 1.jpg.",
        "1 box left out: its image is not listed, such as annotation 26 of image 99 in",
        "1 box left out: listed more than once, such as annotation 27 of 1.jpg.",
        "1 box with a category id that has no name, unlabeled, such as id 77 in annotation 29",
    ):
        assert notes_about(listing, sentence), sentence
    assert all(len(note) <= 300 for note in listing.notes)


def test_a_damaged_file_is_named_and_the_others_go_on(coco):
    (coco / TRAIN).write_text((coco / TRAIN).read_text()[:-40])
    listing = read(coco)[1]
    assert [record.file for record in listing.records] == ["data/val2017/1.jpg"]
    (note,) = notes_about(listing, "1 file left out: it is damaged JSON (character ")
    assert note.endswith(f", such as {TRAIN}.")
    (coco / VAL).unlink()
    with pytest.raises(SourceError, match="is damaged JSON"):
        read(coco)


@pytest.mark.parametrize("text", ["", "[]", '{"images": 1}', "[" * 100_000, "{}"])
def test_other_json_is_not_taken_for_coco(tmp_path, text):
    write_image(tmp_path, "cat/1.jpg")
    write_text(tmp_path, "annotations.json", text)
    assert read(tmp_path)[0] == "class-folders"


def test_nested_too_deep_is_one_sentence(tmp_path):
    write_image(tmp_path, "1.jpg")
    text = '{"images": [], "categories": [], "annotations": ' + "[" * 200_000
    write_text(tmp_path, "annotations.json", text)
    with pytest.raises(SourceError) as caught:
        read(tmp_path)
    assert len(str(caught.value)) <= 300


def test_a_forced_reader_without_its_files_says_so(tmp_path):
    write_image(tmp_path, "cat/1.jpg")
    with pytest.raises(SourceError, match="There is no COCO file of annotations in"):
        read(tmp_path, reader="coco")


box = st.tuples(*[st.floats(0, 60)] * 2, *[st.floats(0.1, 40)] * 2).map(list)


@settings(max_examples=40, deadline=None)
@given(
    annotations=st.lists(st.tuples(st.integers(1, 2), st.integers(1, 2), box), min_size=1),
    removed=st.sets(st.integers(0, 30)),
    data=st.data(),
)
def test_an_annotation_keeps_its_id_whatever_becomes_of_others(
    tmp_path_factory, annotations, removed, data
):
    folder = tmp_path_factory.mktemp("coco")
    images = {1: "1.jpg", 2: "2.jpg"}
    for name in images.values():
        write_image(folder, name, (4, 4))

    def ids(rows):
        """Ids by what an annotation is, whose number is that of its row: they are given anew."""
        write_coco(folder, "train.json", images, [(n, *row) for n, row in enumerate(rows)])
        try:
            records = read(folder)[1].records
        except SourceError:
            return {}
        found = {}
        for record in records:
            key = record.file, record.region, record.label
            assert found.setdefault(key, item_id(record.path)) == item_id(record.path)
        assert len({item_id(record.path) for record in records}) == len(records)
        return found

    before = ids(annotations)
    regions = {}
    for file, region, label in before:
        regions.setdefault((file, region), []).append(label)
    left = [row for at, row in enumerate(annotations) if at not in removed]
    after = ids(data.draw(st.permutations(left)))
    for key, item in after.items():
        # Two labels of one box are told apart by their order alone.
        if len(regions[key[:2]]) == 1:
            assert before[key] == item


def test_names_are_found_in_either_unicode_form(tmp_path):
    write_image(tmp_path, "a\u0308.jpg")
    finder = ImageFinder(source_of(tmp_path))
    assert finder.find("ä.jpg", [""]) == "a\u0308.jpg"


def test_sizes_that_the_files_do_not_have_are_said(coco):
    assert not notes_about(read(coco)[1], "another size")
    write_image(coco, "data/train2017/1.jpg", (50, 40))
    (note,) = notes_about(read(coco)[1], "another size")
    assert note == (
        "1 of the first 2 images have another size than the annotations state, such as"
        " data/train2017/1.jpg: 50 x 40 pixels, not 100 x 80 pixels; boxes may lie elsewhere than"
        " they should."
    )
    write_image(coco, "data/train2017/1.jpg", (80, 100), orientation=6)
    (note,) = notes_about(read(coco)[1], "another size")
    assert note.endswith("boxes are taken in the pixels as stored, before EXIF turns an image.")


def test_two_labels_of_one_box_are_two_items_that_stay_while_others_follow(tmp_path):
    write_image(tmp_path, "1.jpg")
    rows = [(1, 1, 1, [1, 2, 3, 4]), (2, 1, 2, [1, 2, 3, 4])]
    write_coco(tmp_path, "train.json", {1: "1.jpg"}, rows)
    expected = {"1.jpg#1,2,3,4": "cat", "1.jpg#1,2,3,4,2": "dog"}
    assert {r.path: r.label for r in read(tmp_path)[1].records} == expected
    write_coco(tmp_path, "train.json", {1: "1.jpg"}, [*rows, (3, 1, 1, [1, 2, 3, 5])])
    assert {r.path: r.label for r in read(tmp_path)[1].records}.items() > expected.items()
