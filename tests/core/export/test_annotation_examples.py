"""What becomes of each file of annotations when labels change: told byte by byte."""

import json
import shutil

import pytest

from core.audit import item_id
from core.export.choices import ExportChoices, ExportError
from core.export.writers import offered_writers, writer_of
from core.ingest.readers import source_of
from tests.core.export.annotation_making import Round, contents, labels, paths, picture
from tests.core.making import read_table

FOUND = {
    "coco": """{
  "info" : {},
  "images": [
    {"id": 7, "file_name": "1.png", "height": 30, "width": 40},
    {"id": 8, "file_name": "2.png", "height": 30, "width": 40}
  ],
  "annotations": [
    {"id": 1, "image_id": 7, "bbox": [2, 3.0, 10, 10], "category_id": 1, "score": 1.50},
    {"bbox": [0, 0, 5, 5], "category_id": 2, "id": 2, "image_id": 7},
    {"id": 3, "image_id": 8, "category_id": 1, "bbox": [1, 1, 8, 8]}
  ],
  "categories": [
    {"id": 1, "name": "cat", "supercategory": "animal"},
    {"id": 2, "name": "dog", "supercategory": "animal"}
  ]
}
""",
}
BOX = "1.png#2,3,10,10"
OTHER_BOX = "1.png#0,0,5,5"


@pytest.fixture
def begin(tmp_path):
    """Begin a round with files of annotations beside two pictures."""
    opened = []

    def make(files, labels=None, pictures=("1.png", "2.png")):
        folder = tmp_path / f"set {len(opened)}"
        for number, name in enumerate(pictures):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(picture(number))
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        source = source_of(folder, None if labels is None else folder / labels)
        opened.append(Round(folder, source))
        return opened[-1]

    yield make
    for one in opened:
        one.audit.store.close()


def added_class(one, *names):
    for name in names:
        one.audit.store.add_class(name, auditor="Ana")


def only(files):
    (found,) = files.values()
    return found.decode("utf-8")


# -- COCO ----------------------------------------------------------------------------------------


def test_coco_changes_an_id_and_appends_a_class_as_the_file_is_written(begin):
    one = begin({"annotations.json": FOUND["coco"]})
    added_class(one, "Köter|a")
    one.auditor.judge(BOX, "relabel", ["dog"])
    one.auditor.judge(OTHER_BOX, "relabel", ["Köter|a"])
    expected = (
        FOUND["coco"]
        .replace('"category_id": 1, "score"', '"category_id": 2, "score"')
        .replace('"category_id": 2, "id": 2', '"category_id": 3, "id": 2')
        .replace(
            '{"id": 2, "name": "dog", "supercategory": "animal"}\n',
            '{"id": 2, "name": "dog", "supercategory": "animal"},\n'
            '    {"id": 3, "name": "K\\u00f6ter|a", "supercategory": "animal"}\n',
        )
    )
    assert only(one.given_back()) == expected


def test_coco_leaves_out_what_fits_no_class(begin):
    one = begin({"annotations.json": FOUND["coco"]})
    one.auditor.judge(BOX, "none")
    one.auditor.judge("2.png#1,1,8,8", "bad image")
    lines = FOUND["coco"].splitlines(keepends=True)
    expected = "".join([*lines[:7], lines[8].replace("},", "}"), *lines[10:]])
    assert only(one.given_back()) == expected


def test_coco_with_nothing_left_is_read_still(begin):
    one = begin({"annotations.json": FOUND["coco"]})
    for path in paths(one.source):
        one.auditor.judge(path, "none")
    assert json.loads(only(one.given_back()))["annotations"] == []


def test_coco_of_a_class_chosen_for_what_nobody_is_sure_of(begin):
    one = begin({"annotations.json": FOUND["coco"]})
    one.auditor.judge(BOX, "unsure")
    writer = writer_of(one.audit, "own")
    choices = writer.choices.with_fates({"unsure": "class:unclear"})
    found = json.loads(only(one.given_back(choices=choices)))
    assert found["annotations"][0]["category_id"] == 3
    assert found["categories"][2] == {"id": 3, "name": "unclear", "supercategory": "animal"}


IMAGE_LEVEL = (
    '{"images":[{"id":"a","file_name":"1.png"},{"id":"b","file_name":"2.png"},'
    '{"id":"c","file_name":"3.png"}],"annotations":[{"id":5,"image_id":"a","category_id":9},'
    '{"id":6,"image_id":"b","category_id":9},{"id":7,"image_id":"b","category_id":4}],'
    '"categories":[{"name":"cat","id":9},{"name":"dog","id":4}]}'
)


def test_coco_of_whole_images_labels_those_without_and_those_with_several(begin):
    one = begin({"annotations.json": IMAGE_LEVEL}, pictures=("1.png", "2.png", "3.png"))
    assert paths(one.source) == {"1.png": "cat", "2.png": None, "3.png": None}
    one.auditor.judge("2.png", "relabel", ["dog"])
    one.auditor.judge("3.png", "relabel", ["cat"])
    expected = IMAGE_LEVEL.replace('{"id":6,"image_id":"b","category_id":9},', "").replace(
        '{"id":7,"image_id":"b","category_id":4}]',
        '{"id":7,"image_id":"b","category_id":4},{"id":8,"image_id":"c","category_id":9}]',
    )
    assert only(one.given_back()) == expected


def test_coco_of_whole_images_leaves_out_images_too(begin):
    one = begin({"annotations.json": IMAGE_LEVEL}, pictures=("1.png", "2.png", "3.png"))
    one.auditor.judge("1.png", "none")
    one.auditor.judge("3.png", "bad image")
    found = json.loads(only(one.given_back()))
    assert [image["id"] for image in found["images"]] == ["b"]
    assert [annotation["id"] for annotation in found["annotations"]] == [6, 7]


def test_what_two_files_of_annotations_say_alike_changes_in_both(begin):
    both = {"annotations/a.json": FOUND["coco"], "annotations/b.json": FOUND["coco"]}
    one = begin(both)
    one.auditor.judge(BOX, "relabel", ["dog"])
    files = one.given_back()
    assert set(files) == set(both)
    assert paths(one.next(files).source)[BOX] == "dog"


# -- VOC -----------------------------------------------------------------------------------------

VOC = (
    "<?xml version='1.0' encoding='{encoding}'?>\r\n<!-- by hand -->\r\n"
    '<annotation verified="yes"><filename>1.png</filename>\r\n  <object>'
    "\r\n    <name> cat </name><pose>ä > b</pose>"
    "<part><name>cat</name></part>"
    "<bndbox><xmin>3</xmin><ymin>4</ymin><xmax>12</xmax><ymax>13</ymax></bndbox>\r\n  </object>"
    "\r\n  <object><name><![CDATA[dog]]></name>"
    "<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>5</xmax><ymax>5</ymax></bndbox></object>"
    "\r\n  <object><bndbox><xmin>2</xmin><ymin>2</ymin><xmax>9</xmax><ymax>9</ymax></bndbox>"
    "</object>\r\n</annotation>\r\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1"])
def test_voc_changes_a_name_and_no_other_byte(begin, encoding):
    text = VOC.format(encoding=encoding)
    sets = {"ImageSets/Main/train.txt": "1\n", "Annotations/2.xml": "<annotation/>"}
    one = begin(
        {"Annotations/1.xml": text.encode(encoding)} | sets,
        pictures=("JPEGImages/1.png", "JPEGImages/2.png"),
    )
    added_class(one, "a<&>\n木")
    one.auditor.judge("JPEGImages/1.png#2,3,10,10", "relabel", ["a<&>\n木"])
    one.auditor.judge("JPEGImages/1.png#0,0,5,5", "relabel", ["cat"])
    one.auditor.judge("JPEGImages/1.png#1,1,8,8", "relabel", ["dog"])
    files = one.given_back()
    tree = "木" if encoding == "utf-8" else "&#26408;"
    expected = (
        text.replace("<name> cat </name>", f"<name> a&lt;&amp;&gt;\n{tree} </name>")
        .replace("<![CDATA[dog]]>", "cat")
        .replace("<object><bndbox>", "<object><name>dog</name><bndbox>")
    )
    assert files["Annotations/1.xml"].decode(encoding) == expected
    assert {name: files[name].decode() for name in sets} == sets
    assert paths(one.next(files).source) == {
        "JPEGImages/1.png#2,3,10,10": "a<&>\n木",
        "JPEGImages/1.png#0,0,5,5": "cat",
        "JPEGImages/1.png#1,1,8,8": "dog",
    }


def test_voc_leaves_out_an_object(begin):
    text = VOC.format(encoding="utf-8")
    one = begin({"1.xml": text})
    one.auditor.judge("1.png#0,0,5,5", "none")
    start, end = text.index("\r\n  <object><name><![CDATA"), text.index("\r\n  <object><bndbox>")
    assert one.given_back()["1.xml"].decode() == text[:start] + text[end:]


def test_what_xml_cannot_hold_is_refused_in_a_sentence(begin):
    one = begin({"1.xml": VOC.format(encoding="utf-8")})
    with pytest.raises(ExportError, match=r"^XML cannot hold the label '\\x01'; rename the class"):
        one.given_back(
            choices=writer_of(one.audit, "own").choices.with_fates({"unreviewed": "class:\x01"})
        )


# -- YOLO ----------------------------------------------------------------------------------------

LINES = "0 0.2 0.3 0.25 0.3333  \r\n\r\n1.0 0.5 0.5 0.1 0.1 0.87\r\n0 0.1 0.1 0.2 0.2 0.3 0.1"


def yolo_round(begin, names, name="data.yaml"):
    one = begin(
        {"labels/1.txt": LINES, "labels/2.txt": "", name: names, "train.txt": "images/1.png\n"},
        pictures=("images/1.png", "images/2.png"),
    )
    assert [*paths(one.source).values()] == ["cat", "dog", "cat"]
    return one


def test_yolo_changes_a_number_and_no_other_byte(begin):
    one = yolo_round(begin, "names: [cat, dog]\n")
    first, second, third = paths(one.source)
    one.auditor.judge(first, "relabel", ["dog"])
    one.auditor.judge(second, "relabel", ["cat"])
    one.auditor.judge(third, "none")
    files = one.given_back()
    expected = "1 0.2 0.3 0.25 0.3333  \r\n\r\n0 0.5 0.5 0.1 0.1 0.87\r\n"
    assert files["labels/1.txt"].decode() == expected
    assert {name: files[name] for name in files if name != "labels/1.txt"} == {
        "data.yaml": b"names: [cat, dog]\n", "labels/2.txt": b"", "train.txt": b"images/1.png\n",
    }  # fmt: skip


NAMES = {
    "flow": ("nc: 2\nnames: [cat, dog]  # ours\ntrain: x\n",
             "nc: 4\nnames: [cat, dog, \"a|b: '\\n\", emu]  # ours\ntrain: x\n"),
    "quoted": ("names: ['cat', 'dog',]\n", "names: ['cat', 'dog', \"a|b: '\\n\", 'emu']\n"),
    "lines": ("names: [\r\n  cat,\r\n  dog]\r\nnc: 2", None),
    "mapping": ("names: {0: cat, 1: dog}\n", None),
    "block": ("nc: 2\nnames:\n- cat\n- dog # tame\n\ntrain: x\n",
              "nc: 4\nnames:\n- cat\n- dog # tame\n- \"a|b: '\\n\"\n- emu\n\ntrain: x\n"),
    "numbers": ("names:\n  0: cat\n  1: 'dog'",
                "names:\n  0: cat\n  1: 'dog'\n  2: \"a|b: '\\n\"\n  3: 'emu'\n"),
    "marked": ("\ufeffnames: [cat, dog]\n", "\ufeffnames: [cat, dog, \"a|b: '\\n\", emu]\n"),
}  # fmt: skip


@pytest.mark.parametrize("form", NAMES)
def test_yolo_appends_names_as_the_file_lists_them(begin, form):
    before, after = NAMES[form]
    one = yolo_round(begin, before)
    added_class(one, "emu", "a|b: '\n")
    first, second, _ = paths(one.source)
    one.auditor.judge(first, "relabel", ["emu"])
    one.auditor.judge(second, "relabel", ["a|b: '\n"])
    files = one.given_back()
    if after is not None:
        assert files["data.yaml"].decode() == after
    assert [*paths(one.next(files).source).values()] == ["emu", "a|b: '\n", "cat"]
    yaml = pytest.importorskip("yaml")
    names = yaml.safe_load(files["data.yaml"].decode("utf-8-sig"))["names"]
    assert [*(names.values() if isinstance(names, dict) else names)] == [
        "cat", "dog", "a|b: '\n", "emu",
    ]  # fmt: skip


def test_yolo_appends_names_to_a_list_of_lines(begin):
    one = yolo_round(begin, "cat\ndog", "classes.txt")
    added_class(one, "emu")
    one.auditor.judge(next(iter(paths(one.source))), "relabel", ["emu"])
    assert one.given_back()["classes.txt"] == b"cat\ndog\nemu\n"


def test_a_name_that_a_list_of_lines_cannot_hold_is_refused(begin):
    one = yolo_round(begin, "cat\ndog\n", "classes.txt")
    added_class(one, "two\nlines")
    one.auditor.judge(next(iter(paths(one.source))), "relabel", ["two\nlines"])
    with pytest.raises(ExportError, match=r"^classes.txt cannot hold the class 'two\\nlines'"):
        one.given_back()


# -- Label Studio, CVAT --------------------------------------------------------------------------

TASK = (
    '[{"id": 1, "data": {"image": "1.png"}, "annotations": [\n'
    '  {"result": [{"from_name": "k", "to_name": "i", "value": {"choices": ["cat"]}},'
    ' {"from_name": "quality", "to_name": "i", "value": {"choices": ["cat"]}}], "time": 2.50},\n'
    '  {"result": [{"from_name": "k", "to_name": "i", "value": {"choices": ["dog" , "cat"]}}]},\n'
    '  {"result": [{"from_name": "k", "value": {"choices": ["old"]}}], "was_cancelled": true}]},\n'
    ' {"id": 2, "data": {"image": "2.png"}, "annotations": [], "predictions": []},\n'
    ' {"id": 3, "data": {"image": "3.png"}, "annotations": [{"result": [{"from_name": "k",'
    ' "to_name": "i", "value": {"choices": ["dog"]}}]}]}]'
)


def test_label_studio_changes_choices_of_the_question_that_is_audited(begin):
    one = begin({"tasks.json": TASK}, "tasks.json", ("1.png", "2.png", "3.png"))
    assert paths(one.source) == {"1.png": None, "2.png": None, "3.png": "dog"}
    added_class(one, "cat")
    one.auditor.judge("1.png", "relabel", ["cat"])
    one.auditor.judge("2.png", "relabel", ["dog"])
    one.auditor.judge("3.png", "ambiguous", ["cat", "dog"])
    found = one.given_back()
    expected = (
        TASK.replace('["dog" , "cat"]', '["cat"]')
        .replace(
            '"annotations": [], ',
            '"annotations": [{"result": [{"from_name": "k", "to_name": "i", "type": "choices",'
            ' "value": {"choices": ["dog"]}}]}], ',
        )
        .replace('["dog"]}}]}]}]', '["dog", "cat"]}}]}]}]')
    )
    assert only(found) == expected


def test_label_studio_leaves_tasks_out_and_choices_empty(begin):
    one = begin({"tasks.json": TASK}, "tasks.json", ("1.png", "2.png", "3.png"))
    one.auditor.judge("1.png", "none")
    one.auditor.judge("3.png", "bad image")
    choices = ExportChoices({"bad image": "leave-out"})
    found = json.loads(only(one.given_back(choices=choices)))
    assert [task["id"] for task in found] == [1, 2]
    first, second, third = found[0]["annotations"]
    assert [one["value"]["choices"] for one in first["result"]] == [[], ["cat"]]
    assert second["result"][0]["value"]["choices"] == []
    assert third["result"][0]["value"]["choices"] == ["old"]


ROWS = (
    '[{"image": "1.png", "kind": "cat", "annotator": 1, "annotation_id": 1},\n'
    '{"image": "2.png", "kind": {"choices": ["cat", "dog"]}, "annotator": 1, "annotation_id": 2},\n'
    '{"image": "3.png", "annotator": 1, "annotation_id": 3}]\n'
)


def test_minimal_json_keeps_its_form(begin):
    one = begin({"rows.json": ROWS}, "rows.json", ("1.png", "2.png", "3.png"))
    added_class(one, "emu")
    one.auditor.judge("1.png", "ambiguous", ["cat", "emu"])
    one.auditor.judge("2.png", "relabel", ["emu"])
    one.auditor.judge("3.png", "relabel", ["cat"])
    assert only(one.given_back()) == (
        ROWS.replace('"kind": "cat"', '"kind": {"choices": ["cat", "emu"]}')
        .replace('["cat", "dog"]', '["emu"]')
        .replace('"annotation_id": 3}', '"annotation_id": 3, "kind": "cat"}')
    )


CVAT = """<?xml version="1.0" encoding="utf-8"?>
<annotations>
  <version>1.1</version>
  <meta>
    <task>
      <labels>
        <label>
          <name>cat</name>
          <color>#ff0000</color>
          <attributes>
          </attributes>
        </label>
      </labels>
    </task>
  </meta>
  <image id="0" name="1.png" width="4" height="3">
    <tag label="cat" source='manual'><attribute name="a > b">old</attribute></tag>
    <tag label="dog"/>
  </image>
  <image id="1" name="2.png">
    <box label="ear" xtl="0" ytl="0" xbr="1" ybr="1"/>
  </image>
  <image id="2" name="3.png" />
  <image id="3" name="4.png">
  </image>
  <image id="4" name="5.png"><tag label="dog"></tag></image>
</annotations>
"""
FIVE = tuple(f"{number}.png" for number in range(1, 6))


def test_cvat_changes_tags_and_lists_new_classes(begin):
    one = begin({"a.xml": CVAT}, "a.xml", FIVE)
    added_class(one, "cat")
    new = "a\"<|'"
    added_class(one, new)
    one.auditor.judge("1.png", "relabel", ["cat"])
    one.auditor.judge("2.png", "relabel", [new])
    one.auditor.judge("3.png", "relabel", ["cat"])
    one.auditor.judge("4.png", "ambiguous", ["cat", "dog"])
    found = one.given_back()
    tag = '<tag label="{}" source="manual"></tag>'
    quoted = tag.format("a&quot;&lt;|&apos;")
    listed = (
        "        <label>\n          <name>{}</name>\n          <attributes></attributes>\n"
        "        </label>\n"
    )
    assert only(found) == (
        CVAT.replace('\n    <tag label="dog"/>', "")
        .replace('    <box label="ear"', f'    {quoted}\n    <box label="ear"')
        .replace(
            '<image id="2" name="3.png" />',
            f'<image id="2" name="3.png">\n    {tag.format("cat")}\n  </image>',
        )
        .replace(
            '<image id="3" name="4.png">\n',
            f'<image id="3" name="4.png">\n    {tag.format("dog")}\n    {tag.format("cat")}\n',
        )
        .replace(
            "        </label>\n",
            "        </label>\n" + listed.format("a\"&lt;|'") + listed.format("dog"),
        )
    )
    assert paths(one.next(found).source) == {
        "1.png": "cat", "2.png": new, "3.png": "cat", "4.png": None, "5.png": "dog",
    }  # fmt: skip


def test_cvat_leaves_out_an_image(begin):
    one = begin({"a.xml": CVAT}, "a.xml", FIVE)
    one.auditor.judge("3.png", "none")
    found = only(one.given_back(choices=ExportChoices({"none": "leave-out"})))
    assert found == CVAT.replace('\n  <image id="2" name="3.png" />', "")


# -- of other formats ----------------------------------------------------------------------------


def test_coco_is_what_its_own_library_reads(begin, tmp_path):
    coco = pytest.importorskip("pycocotools.coco")
    one = begin({"annotations.json": FOUND["coco"]})
    added_class(one, "a|b/ö\n")
    one.auditor.judge(BOX, "relabel", ["a|b/ö\n"])
    given = tmp_path / "own.json"
    given.write_bytes(next(iter(one.given_back().values())))
    found = coco.COCO(given)
    boxes = found.loadAnns(found.getAnnIds(imgIds=7))
    names = {found.cats[one["category_id"]]["name"] for one in boxes}
    assert names == {"a|b/ö\n", "dog"}


def decided(begin, **more):
    """A round of boxes in two files of one name, with a verdict of every kind."""
    files = {
        f"{split}/labels/1.txt": "0 0.2 0.3 0.25 0.3333\n1 0.5 0.5 0.1 0.1\n7 0.8 0.8 0.2 0.2\n"
        for split in ("train", "val")
    }
    one = begin(
        files | {"data.yaml": "names: [cat, 'a|b/ö #']\n"},
        pictures=("train/images/1.png", "val/images/1.png"),
    )
    added_class(one, "new\n: class")
    boxes = [*paths(one.source)]
    one.auditor.judge(boxes[0], "relabel", ["new\n: class"])
    one.auditor.judge(boxes[1], "ambiguous", ["cat", "a|b/ö #"])
    one.auditor.judge(boxes[3], "none")
    return one


def read_again(one, name, to):
    given = to / name
    one.given_back(name, to=given)
    shutil.rmtree(one.folder)  # nothing of the export needs it
    return source_of(given)


@pytest.mark.parametrize("name", ["coco", "voc", "yolo"])
def test_boxes_go_out_with_their_pictures_and_come_in_again(begin, tmp_path, name):
    one = decided(begin)
    before = labels(one.source)
    again = read_again(one, name, tmp_path)
    assert again.format == name
    given_labels = {("new\n: class", "train"), ("a|b/ö #", "train"), ("a|b/ö #", "val")}
    unlabeled = set() if name == "yolo" else {(None, "train"), (None, "val")}
    after = labels(again)
    assert {*after.values()} == given_labels | unlabeled
    assert after.keys() <= before.keys()
    assert len(before) - len(after) == (1 if name != "yolo" else 3)
    told = again.path / "not_written.csv"
    assert told.is_file() == (name == "yolo")
    if name == "yolo":
        assert [row["reason"] for row in read_table(told)] == ["it has no label"] * 2
    pictures = [path for path in contents(again.path) if path.endswith(".png")]
    assert len(pictures) == 2


def test_library_of_coco_reads_ours(begin, tmp_path):
    coco = pytest.importorskip("pycocotools.coco")
    one = decided(begin)
    folder = read_again(one, "coco", tmp_path).path
    found = coco.COCO(folder / "annotations/instances_train.json")
    assert len(found.getAnnIds()) == 3
    assert {image["width"] for image in found.imgs.values()} == {40}
    assert all((folder / image["file_name"]).is_file() for image in found.imgs.values())
    (kept,) = found.loadAnns(found.getAnnIds(catIds=found.getCatIds(catNms=["new\n: class"])))
    assert kept["bbox"] == [3, 4, 10, 10]


def test_undecided_tasks_carry_predictions(begin):
    one = begin({"labels.json": '{"1.png": "cat", "2.png": "dog"}'}, "labels.json")
    one.auditor.judge("2.png")
    score = {
        "suspicion": 0.9,
        "p_given": 0.1,
        "p_suggested": 0.8,
        "is_suspect": True,
        "suggested_id": 2,
    }
    one.audit.store.replace_scores([{"item_id": item_id("1.png"), **score}])
    (task,) = json.loads(only(one.given_back("label-studio-undecided")))
    assert task["data"] == {"image": "/data/local-files/?d=1.png", "given": "cat"}
    assert task["annotations"] == []
    assert [
        (made["result"][0]["value"]["choices"], made["score"]) for made in task["predictions"]
    ] == [(["dog"], 0.8), (["cat"], 0.1)]


def test_whole_images_and_boxes_are_offered_what_holds_them(begin):
    whole = begin({"labels.json": '{"1.png": "cat", "2.png": "dog"}'}, "labels.json")
    offer = offered_writers(whole.audit)
    assert {"coco", "cvat", "label-studio"} <= {*offer}
    assert not {"voc", "yolo"} & {*offer}
    boxes = offered_writers(begin({"annotations.json": FOUND["coco"]}).audit)
    assert next(iter(boxes)) == "own-coco"
    assert {"coco", "voc", "yolo"} <= {*boxes}
    assert not {"cvat", "label-studio"} & {*boxes}


NO_LABEL = ExportChoices({"ambiguous": "given", "none": "empty", "bad image": "leave-out"})


def test_coco_can_hold_what_has_no_label(begin):
    one = begin({"annotations.json": FOUND["coco"]})
    one.auditor.judge(BOX, "none")
    files = one.given_back(choices=NO_LABEL)
    assert only(files) == FOUND["coco"].replace('"category_id": 1, "s', '"category_id": null, "s')
    assert paths(one.next(files).source)[BOX] is None
    whole = begin({"annotations.json": IMAGE_LEVEL}, pictures=("1.png", "2.png", "3.png"))
    whole.auditor.judge("1.png", "none")
    files = whole.given_back(choices=NO_LABEL)
    expected = IMAGE_LEVEL.replace('{"id":5,"image_id":"a","category_id":9},', "")
    assert only(files) == expected


def test_voc_can_hold_what_has_no_label(begin):
    text = VOC.format(encoding="utf-8")
    one = begin({"1.xml": text})
    one.auditor.judge(BOX, "none")
    files = one.given_back(choices=NO_LABEL)
    assert files["1.xml"].decode() == text.replace("<name> cat </name>", "<name>  </name>")


def test_yolo_says_what_to_choose_for_a_box_without_a_label(begin):
    one = yolo_round(begin, "names: [cat, dog]\n")
    with pytest.raises(ExportError, match="cannot hold an item without a label; choose --none"):
        one.given_back(choices=NO_LABEL)


@pytest.mark.parametrize("name", ["coco", "voc", "yolo"])
def test_a_picture_in_two_splits_and_names_alike_stay_apart(begin, tmp_path, name):
    def annotations(files, box, category):
        return json.dumps(
            {
                "images": [{"id": n, "file_name": file} for n, file in enumerate(files)],
                "annotations": [
                    {"id": n, "image_id": n, "category_id": category, "bbox": box}
                    for n in range(len(files))
                ],
                "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}],
            }
        )

    pictures = ("x/a b.png", "y/a b.png", "y/a_b.png", "y/a b.jpg")
    one = begin(
        {
            "annotations/instances_train2017.json": annotations(pictures, [1, 2, 9, 8], 1),
            "annotations/instances_val.json": annotations(pictures[:1], [3, 4, 20, 20], 2),
        },
        pictures=pictures,
    )
    before = labels(one.source)
    assert sorted(before.values()) == [("cat", "train2017")] * 4 + [("dog", "val")]
    assert labels(read_again(one, name, tmp_path)) == before
