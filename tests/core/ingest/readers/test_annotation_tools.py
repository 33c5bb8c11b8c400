"""Exports of annotation tools: Label Studio, CVAT and ``labels.json``."""

import json

import pytest

from core.audit import Audit
from core.ingest.inspection import inspect
from core.ingest.readers import SourceError, read_source, source_of
from core.pipeline import list_items
from tests.core.export.exports import write_csv
from tests.core.making import read_table


@pytest.fixture
def source(tmp_path):
    """The data set of four images with a file of labels."""

    def make(content, name="labels.json", **options):
        for path in ("cat/1.jpg", "cat/2.jpg", "dog/3.jpg", "dog/4 x.jpg"):
            (tmp_path / "images" / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "images" / path).write_bytes(b"x")
        text = content if isinstance(content, str) else json.dumps(content)
        (tmp_path / name).write_text(text, encoding="utf-8")
        return source_of(tmp_path / "images", tmp_path / name, **options)

    return make


def labels(listing):
    return {record.path: record.label for record in listing.records}


def choice(*names, question="kind", **rest):
    value = {"choices": list(names)}
    result = {"from_name": question, "to_name": "image", "type": "choices", "value": value}
    return {"id": 1, "result": [result], "was_cancelled": False, **rest}


def task(number, image, *annotations):
    data = {"image": image, "camera": "a"}
    return {"id": number, "data": data, "annotations": list(annotations), "predictions": []}


TASKS = [
    task(1, "/data/local-files/?d=cat/1.jpg", choice("cat")),
    task(2, "/data/upload/3/0a1b2c3d-2.jpg", choice("cat"), choice("cat")),
    task(3, "s3://bucket/dog/3.jpg", choice("dog"), choice("cat", was_cancelled=True)),
    task(4, "/data/local-files/?d=dog/4%20x.jpg", choice("dog"), choice("cat")),
    task(5, "/data/local-files/?d=dog/9.jpg"),
]


def test_choices_of_label_studio_are_the_labels(source):
    found = inspect(source(TASKS))
    assert (found.reader, found.items, found.unlabeled, found.missing) == ("label-studio", 5, 2, 1)
    assert found.classes == {"cat": 2, "dog": 1}
    (question,) = found.questions
    assert question.because == (
        "1 image has several labels and will be unlabeled, first dog/4 x.jpg: dog, cat; --one-label"
        " cat audits one label against the rest."
    )
    listing = read_source(source(TASKS))
    assert labels(listing) == {
        "cat/1.jpg": "cat", "cat/2.jpg": "cat", "dog/3.jpg": "dog", "dog/4 x.jpg": None,
        "/data/local-files/?d=dog/9.jpg": None,
    }  # fmt: skip
    assert listing.columns == ["image", "camera", "choice"]


def test_tasks_before_version_one_are_read(source):
    old = [
        {"id": 1, "completions": [choice("cat")], "data": {"image_url": "http://h/cat/1.jpg"}},
        {"id": 2, "completions": [choice("dog")], "data": {"image_url": "http://h/dog/3.jpg"}},
    ]
    assert labels(read_source(source(old))) == {"cat/1.jpg": "cat", "dog/3.jpg": "dog"}


def test_of_several_questions_one_is_proposed_and_another_can_be_named(source):
    both = [
        task(1, "cat/1.jpg", choice("cat"), choice("good", question="quality")),
        task(3, "dog/3.jpg", choice("dog"), choice("bad", question="quality")),
        task(2, "cat/2.jpg", choice("cat")),
    ]
    listing = read_source(source(both))
    assert labels(listing) == {"cat/1.jpg": "cat", "dog/3.jpg": "dog", "cat/2.jpg": "cat"}
    (question,) = listing.questions
    assert (question.proposed, question.answers) == ("kind", ["kind", "quality"])
    assert question.because == (
        "There are several questions; the labels are the answers to kind; --label-column quality"
        " takes another."
    )
    named = read_source(source(both, label_column="quality"))
    assert labels(named) == {"cat/1.jpg": "good", "dog/3.jpg": "bad", "cat/2.jpg": None}
    assert named.questions == []
    with pytest.raises(SourceError, match=r"has no choices called 'x'; there are kind, quality"):
        read_source(source(both, label_column="x"))


def minimal(number, image, value):
    return {
        "image": image, "id": number, "choice": value, "annotator": 1, "annotation_id": number,
        "created_at": "2026-01-01", "updated_at": "2026-01-01", "lead_time": 1.5,
    }  # fmt: skip


def test_minimal_json_of_label_studio_is_read(source):
    rows = [
        minimal(1, "/data/local-files/?d=cat/1.jpg", "cat"),
        minimal(2, "/data/local-files/?d=cat/2.jpg", {"choices": ["cat", "dog"]}),
        minimal(3, "/data/local-files/?d=dog/3.jpg", "dog"),
        minimal(3, "/data/local-files/?d=dog/3.jpg", "dog"),
    ]
    found = source(rows)
    assert found.format == "label-studio"
    listing = read_source(found)
    assert labels(listing) == {"cat/1.jpg": "cat", "cat/2.jpg": None, "dog/3.jpg": "dog"}
    assert any(doubt.startswith("1 row repeats an image") for doubt in listing.doubts)


def test_minimal_json_names_its_question_as_it_likes(source):
    rows = [
        {("which animal" if key == "choice" else key): value for key, value in row.items()}
        for row in (minimal(1, "cat/1.jpg", "cat"), minimal(3, "dog/3.jpg", "dog"))
    ]
    assert labels(read_source(source(rows))) == {"cat/1.jpg": "cat", "dog/3.jpg": "dog"}


CVAT = """<?xml version="1.0" encoding="utf-8"?>
<annotations>
  <version>1.1</version>
  <meta><task><labels><label><name>cat</name></label></labels></task></meta>
  <image id="0" name="cat/1.jpg" subset="Train" width="4" height="3">
    <tag label="cat" source="manual"><attribute name="age">old</attribute></tag>
  </image>
  <image id="1" name="dog/3.jpg" subset="Test" width="4" height="3">
    <box label="ear" xtl="0" ytl="0" xbr="1" ybr="1"/><tag label="dog"/>
  </image>
  <image id="2" name="dog/4 x.jpg" subset="Test" width="4" height="3">
    <tag label="dog"/><tag label="cat"/>
  </image>
  <image id="3" name="cat/2.jpg" subset="Train" width="4" height="3"></image>
</annotations>
"""


def test_tags_of_cvat_are_the_labels(source):
    found = inspect(source(CVAT, "annotations.xml"))
    assert (found.reader, found.items, found.unlabeled, found.missing) == ("cvat", 4, 2, 0)
    assert found.classes == {"cat": 1, "dog": 1}
    assert found.splits == {"train": 2, "test": 2}
    assert found.notes == ["1 shape is left aside: labels are of tags."]
    assert "first dog/4 x.jpg: dog, cat" in found.questions[0].because
    listing = read_source(source(CVAT, "annotations.xml"))
    assert listing.records[0].fields == {
        "id": "0", "subset": "Train", "width": "4", "height": "3", "path": "cat/1.jpg",
        "label": "cat",
    }  # fmt: skip


def test_hostile_and_damaged_xml_is_refused(source):
    bomb = '<!DOCTYPE a [<!ENTITY x "y">]><annotations><image name="&x;"/></annotations>'
    with pytest.raises(SourceError, match="declares entities"):
        read_source(source(bomb, "annotations.xml"))
    with pytest.raises(SourceError, match="the XML is damaged"):
        read_source(source(CVAT[:-30], "annotations.xml"))


def test_object_of_files_and_labels_is_read(source):
    found = source({"cat/1.jpg": "cat", "2.jpg": ["cat"], "dog/3.jpg": ["cat", "dog"], "x": None})
    assert found.format == "label-map"
    listing = read_source(found)
    assert labels(listing) == {
        "cat/1.jpg": "cat", "cat/2.jpg": "cat", "dog/3.jpg": None, "x": None,
    }  # fmt: skip
    assert listing.columns == ["path", "label"]


@pytest.mark.parametrize(
    "content",
    [{"info": "x", "images": []},
     {"version": "5.0", "flags": {}, "shapes": []}, [{"id": 1, "name": "x"}]],
)  # fmt: skip
def test_json_of_other_formats_is_refused_in_one_sentence(source, content):
    with pytest.raises(SourceError, match="is JSON of a kind that no reader knows"):
        read_source(source(content))


def test_export_of_tasks_is_a_table_that_the_next_round_reads(source, tmp_path):
    given = source(TASKS[:4])
    audit = Audit.create(tmp_path / "audit", given)
    listing = list_items(audit)
    write_csv(audit.store, tmp_path / "out.csv")
    audit.store.close()
    rows = read_table(tmp_path / "out.csv")
    assert [row["image"] for row in rows] == [one["data"]["image"] for one in TASKS[:4]]
    again = read_source(source_of(given.path, tmp_path / "out.csv"))
    assert labels(again) == labels(listing)
