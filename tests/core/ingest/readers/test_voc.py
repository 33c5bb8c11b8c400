"""Pascal VOC: objects as items, ImageSets as splits, hostile XML refused."""

import pytest

from core.ingest.readers import SourceError
from tests.core.ingest.boxes_making import (
    boxes,
    notes_about,
    read,
    voc_object,
    write_image,
    write_text,
    write_voc,
)


@pytest.fixture
def voc(tmp_path):
    """The layout of the challenge's own development kit."""
    for stem in ("000001", "000002", "000003"):
        write_image(tmp_path, f"JPEGImages/{stem}.jpg")
    write_voc(
        tmp_path,
        "Annotations/000001.xml",
        "000001.jpg",
        voc_object("cat", (1, 1, 100, 80), difficult=1),
        voc_object("dog", (11, 21, 40, 60), truncated=1),
    )
    write_voc(tmp_path, "Annotations/000002.xml", "000002.jpg", voc_object("cat", (5, 6, 7, 8)))
    write_voc(tmp_path, "Annotations/000003.xml", "000003.jpg")
    write_text(tmp_path, "ImageSets/Main/train.txt", "000001\n")
    write_text(tmp_path, "ImageSets/Main/val.txt", "000002\n000003\n")
    write_text(tmp_path, "ImageSets/Main/trainval.txt", "000001\n000002\n000003\n")
    write_text(tmp_path, "ImageSets/Main/cat_val.txt", "000001 -1\n000002  1\n")
    return tmp_path


def test_objects_are_items_and_image_sets_are_splits(voc):
    name, listing = read(voc)
    assert (name, boxes(listing)) == (
        "voc",
        [
            # Pixels are counted from 1, the last one included.
            ("JPEGImages/000001.jpg", (0, 0, 100, 80), "cat", "train"),
            ("JPEGImages/000001.jpg", (10, 20, 30, 40), "dog", "train"),
            ("JPEGImages/000002.jpg", (4, 5, 3, 3), "cat", "val"),
        ],
    )
    assert [(r.fields["difficult"], r.fields["truncated"]) for r in listing.records] == [
        ("1", "0"),
        ("0", "1"),
        ("0", "0"),
    ]
    assert notes_about(listing, "1 image without objects, no items, such as JPEGImages/000003.jpg")


def test_annotations_beside_images_in_any_folder(tmp_path):
    write_image(tmp_path, "images/a.jpg")
    # Many tools name a file that was renamed since; the stem of the annotation is right.
    write_voc(tmp_path, "annotations/a.xml", "IMG_1.jpg", voc_object("cat", (0, 0, 50, 40)))
    for split in ("train", "valid"):
        write_image(tmp_path, f"{split}/b.jpg")
        write_voc(tmp_path, f"{split}/b.xml", "b.jpg", voc_object("dog", (2, 2, 50, 40)))
    assert boxes(read(tmp_path)[1]) == [
        ("images/a.jpg", (0, 0, 50, 40), "cat", None),
        ("train/b.jpg", (1, 1, 49, 39), "dog", "train"),
        ("valid/b.jpg", (1, 1, 49, 39), "dog", "valid"),
    ]


ENTITIES = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(9))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"<!DOCTYPE x [{ENTITIES}]><annotation>&a8;</annotation>", "defines XML entities"),
        (
            '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><annotation>&a;</annotation>',
            "defines XML entities",
        ),
        ("<annotation><object><name>cat", "damaged XML"),
        ('<?xml version="1.0" encoding="no-such"?><annotation/>', "damaged XML"),
    ],
)
def test_hostile_and_damaged_xml_is_refused_and_the_rest_goes_on(voc, text, reason):
    write_text(voc, "Annotations/000009.xml", text)
    listing = read(voc)[1]
    assert len(listing.records) == 3
    (note,) = notes_about(listing, reason)
    assert note.startswith("1 file left out: ")
    assert "000009.xml" in note


def test_damaged_objects_are_counted_and_named(voc):
    write_voc(
        voc,
        "Annotations/000002.xml",
        "000002.jpg",
        voc_object("cat", (5, 6, 7, 8)),
        voc_object("cat", (5, 6, 7, 8)),
        voc_object("cat", (50, 6, 7, 8)),
        voc_object("cat", (50, "x", 57, 8)),
        voc_object("", (1, 2, 30, 40)),
        "<object><name>cat</name></object>",
    )
    listing = read(voc)[1]
    assert [record.label for record in listing.records] == ["cat", "dog", "cat", None]
    for sentence in (
        "1 box left out: listed more than once, such as object 2 of Annotations/000002.xml.",
        "1 box left out: no width or height, such as object 3 of Annotations/000002.xml.",
        "2 boxes left out: no numbers of pixels, such as object 4 of Annotations/000002.xml.",
        "1 box without a name, unlabeled, such as object 5 of Annotations/000002.xml.",
    ):
        assert notes_about(listing, sentence), sentence


def test_a_missing_image_stays_an_item_that_is_named(voc):
    (voc / "JPEGImages/000002.jpg").unlink()
    assert [record.file for record in read(voc)[1].records][-1] == "000002.jpg"


def test_xml_of_other_kinds_is_left_alone(tmp_path):
    write_image(tmp_path, "cat/1.jpg")
    write_text(tmp_path, "annotations/x.xml", "<svg/>")
    assert read(tmp_path)[0] == "class-folders"


def test_nothing_usable_is_one_sentence(tmp_path):
    write_text(tmp_path, "annotations/x.xml", "<annotation>")
    with pytest.raises(SourceError, match=r"could be read\. 1 file left out: it is damaged XML"):
        read(tmp_path)
