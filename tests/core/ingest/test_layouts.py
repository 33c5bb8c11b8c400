"""Layouts that real data sets have: what `inspect` says of each, and what an audit of it holds.

The numbers are those of the list of layouts that people have; more of each, and what is
damaged, is in the tests of the readers.
"""

import io
import json
import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.audit import Audit
from core.ingest.inspection import inspect
from core.ingest.questions import answered
from core.ingest.readers import read_source, source_of
from core.ingest.records import UnansweredQuestion
from core.ingest.splits import is_split_name, normalized_split
from core.ingest.unpacking import is_packed
from core.pipeline import list_items
from tests.core.ingest.boxes_making import (
    voc_object,
    write_coco,
    write_image,
    write_text,
    write_voc,
)
from tests.core.ingest.packing import idx, picture, pictures, put, zipped


@pytest.fixture
def held(tmp_path):
    """List a data set into a new audit; return label and split of each item by its path."""

    def listed(source):
        source = source if is_packed(source) else answered(source)
        audit = Audit.create(tmp_path / "audit", source)
        list_items(audit)
        rows = audit.store.match_rows(audit.store.parse_query(""))
        splits = {row["path"]: row["split"] for row in audit.store._query("select * from items")}
        audit.store.close()
        found = {row["path"]: (row["given"], splits[row["path"]]) for row in rows}
        return dict(sorted(found.items()))

    return listed


def asked(found):
    return [question.name for question in found.questions]


def csv(*lines, encoding="utf-8"):
    return ("\n".join(lines) + "\n").encode(encoding)


def test_1_splits_around_classes_of_one_wrapper(tmp_path, held):
    paths = [
        f"hymen/{s}/{c}/{n}.jpg" for s in ("train", "val") for c in ("ants", "bees") for n in "12"
    ]
    source = source_of(put(tmp_path / "set", pictures(*paths)))
    found = inspect(source)
    assert (found.reader, found.classes) == ("split-folders", {"ants": 4, "bees": 4})
    assert (found.splits, found.doubts) == ({"train": 4, "val": 4}, [])
    assert held(source) == {path: tuple(path.split("/")[2:0:-1]) for path in paths}


def test_2_same_file_names_in_splits_and_classes(tmp_path, held):
    paths = [f"{s}/{c}/{n:04}.jpg" for s in ("train", "test") for c in "0123456789" for n in (0, 1)]
    source = source_of(put(tmp_path / "set", pictures(*paths)))
    found = inspect(source)
    assert (len(found.classes), found.items) == (10, 40)
    assert found.splits == {"train": 20, "test": 20}
    assert held(source) == {path: (path.split("/")[1], path.split("/")[0]) for path in paths}


def test_3_coco_boxes_with_the_split_in_the_name_of_the_json(tmp_path, held):
    for split in ("train", "val"):
        for n in (1, 2):
            write_image(tmp_path, f"data/{split}2017/{n}.jpg")
        rows = [(1, 1, 1, [1, 2, 30, 40]), (2, 1, 2, [5, 5, 10, 10])]
        write_coco(
            tmp_path / "data",
            f"annotations/instances_{split}2017.json",
            {1: "1.jpg", 2: "2.jpg"},
            rows,
        )
    source = source_of(tmp_path / "data")
    found = inspect(source)
    assert (found.reader, found.classes) == ("coco", {"cat": 2, "dog": 2})
    assert found.splits == {"train2017": 2, "val2017": 2}
    assert any(note.startswith("2 images without boxes, no items") for note in found.notes)
    assert held(source) == {
        f"{split}2017/1.jpg#{region}": (label, f"{split}2017")
        for split in ("train", "val")
        for region, label in (("1,2,30,40", "cat"), ("5,5,10,10", "dog"))
    }


def test_4_one_hot_columns_beside_the_images_of_each_split(tmp_path, held):
    files = pictures("train/a.jpg", "train/b.jpg", "valid/c.jpg", "test/d.jpg")
    files |= {
        "train/_classes.csv": csv("filename, cat, dog", "a.jpg, 1, 0", "b.jpg, 1, 1"),
        "valid/_classes.csv": csv("filename, cat, dog", "c.jpg, 0, 1"),
        "test/_classes.csv": csv("filename, cat, dog", "d.jpg, 0, 1"),
    }
    source = source_of(put(tmp_path / "set", files))
    found = inspect(source)
    assert (found.classes, found.unlabeled) == ({"dog": 2, "cat": 1}, 1)
    assert asked(found) == ["label_column", "one_label"]
    one = source_of(tmp_path / "set", answers={"label_column": "one-hot", "one_label": "cat"})
    assert inspect(one).classes == {"cat": 2, "not cat": 2}
    assert held(one) == {
        "train/a.jpg": ("cat", "train"), "train/b.jpg": ("cat", "train"),
        "valid/c.jpg": ("not cat", "valid"), "test/d.jpg": ("not cat", "test"),
    }  # fmt: skip


def test_5_yolo_boxes_with_names_of_the_yaml(tmp_path, held):
    write_text(tmp_path, "set/data.yaml", "nc: 2\nnames: ['cat', 'dog']\n")
    for n in (1, 2):
        write_image(tmp_path, f"set/train/images/{n}.jpg")
    write_text(
        tmp_path, "set/train/labels/1.txt", "0 0.5 0.5 0.2 0.5\n1 0.1 0.1 0.2 0.2\n7 .5 .5 .1 .1\n"
    )
    source = source_of(tmp_path / "set")
    found = inspect(source)
    assert (found.reader, found.classes, found.unlabeled) == ("yolo", {"cat": 1, "dog": 1}, 1)
    assert any("class id that data.yaml does not name" in note for note in found.notes)
    assert sorted(held(source).values(), key=str) == [
        ("cat", "train"), ("dog", "train"), (None, "train")
    ]  # fmt: skip


def test_6_voc_objects_with_their_flags_and_image_sets(tmp_path, held):
    for n in ("a", "b"):
        write_image(tmp_path, f"set/JPEGImages/{n}.jpg")
        boxes = voc_object("cat", (11, 21, 50, 60), difficult=1, truncated=1)
        write_voc(tmp_path, f"set/Annotations/{n}.xml", f"{n}.jpg", boxes)
    write_text(tmp_path, "set/ImageSets/Main/train.txt", "a\n")
    write_text(tmp_path, "set/ImageSets/Main/val.txt", "b\n")
    source = source_of(tmp_path / "set")
    found = inspect(source)
    assert (found.reader, found.classes) == ("voc", {"cat": 2})
    assert found.splits == {"train": 1, "val": 1}
    fields = read_source(source).records[0].fields
    assert (fields["difficult"], fields["truncated"]) == ("1", "1")
    assert held(source) == {
        "JPEGImages/a.jpg#10,20,40,40": ("cat", "train"),
        "JPEGImages/b.jpg#10,20,40,40": ("cat", "val"),
    }


@pytest.mark.parametrize(("delimiter", "encoding"), [(",", "utf-8"), (";", "latin-1")])
def test_7_boxes_in_a_table_several_rows_an_image(tmp_path, held, delimiter, encoding):
    write_image(tmp_path, "set/images/1.jpg")
    write_voc(tmp_path, "set/annotations/1.xml", "1.jpg", voc_object("cat", (1, 1, 5, 5)))
    rows = ["filename,width,height,class,xmin,ymin,xmax,ymax"]
    rows += ["1.jpg,100,80,Bär,1,2,30,40", "1.jpg,100,80,cat,5,5,10,10"]
    data = csv(*(row.replace(",", delimiter) for row in rows), encoding=encoding)
    put(tmp_path / "set", {"labels.csv": data})
    source = source_of(tmp_path / "set", tmp_path / "set" / "labels.csv")
    found = inspect(source)
    assert (found.reader, found.classes) == ("box-table", {"Bär": 1, "cat": 1})
    assert asked(found) == ["encoding"] * (encoding != "utf-8")
    assert held(source) == {
        "images/1.jpg#1,2,29,38": ("Bär", None), "images/1.jpg#5,5,5,5": ("cat", None)
    }  # fmt: skip


def test_8_ids_without_ending_in_a_latin_1_table(tmp_path, held):
    put(tmp_path / "set", pictures("images/p-1.jpg", "images/p-2.jpg"))
    text = csv("sex;patientid;finding", "M;p-1;pneumonía", "F;p-2;normal", encoding="latin-1")
    put(tmp_path, {"metadata.csv": text})
    source = source_of(tmp_path / "set" / "images", tmp_path / "metadata.csv")
    found = inspect(source)
    assert asked(found) == ["encoding", "path_column"]
    assert found.classes == {"pneumonía": 1, "normal": 1}
    assert held(source) == {"p-1.jpg": ("pneumonía", None), "p-2.jpg": ("normal", None)}


def test_9_pixmaps_beside_tables_of_no_labels(tmp_path, held):
    files = pictures("00000/1.ppm", "00000/2.ppm", "00001/1.ppm")
    files["00000/GT-00000.csv"] = csv("Filename;ClassId", "1.ppm;0")
    source = source_of(put(tmp_path / "set", files))
    found = inspect(source)
    assert (found.classes, found.left_out) == ({"00000": 2, "00001": 1}, {".csv": 1})
    assert len(held(source)) == 3


def test_10_masks_beside_images(tmp_path, held):
    mask = io.BytesIO()
    Image.fromarray((np.arange(64).reshape(8, 8) % 2 * 255).astype(np.uint8)).save(mask, "PNG")
    files = {f"{c}/Imgs/{n}.jpg": picture(n) for c in ("cat", "dog") for n in range(3)}
    files |= {path.replace("jpg", "png"): mask.getvalue() for path in files}
    source = source_of(put(tmp_path / "set", files))
    found = inspect(source)
    assert (found.classes, found.left_out) == ({"cat": 3, "dog": 3}, {".png": 6})
    assert "masks" in asked(found)
    assert len(held(source)) == 6


def test_11_folder_of_the_classes_in_a_repository(tmp_path, held):
    dataset = [f"dataset/{c}/{n}.jpg" for c in "ab" for n in range(10)]
    place = put(tmp_path / "repo", pictures(*dataset, "docs/x.png", "logo.png"))
    put(place, {"notebooks/a.ipynb": b"{}"})
    found = inspect(source_of(place))
    assert (asked(found), found.classes) == (["classes_in"], {"a": 10, "b": 10})
    with pytest.raises(UnansweredQuestion, match="--classes-in dataset"):
        held(source_of(place))
    assert len(held(source_of(place, answers={"classes_in": "dataset"}))) == 20


def test_12_class_folders_nested_once_more(tmp_path, held):
    paths = [f"set/{c}/{c}7/{n}.jpg" for c in ("negatives", "positives") for n in "123"]
    source = source_of(put(tmp_path / "here", pictures(*paths)))
    found = inspect(source)
    assert (asked(found), found.classes) == (["classes_in"], {"negatives": 3, "positives": 3})
    given = source_of(tmp_path / "here", answers={"classes_in": "set"})
    assert {label for label, _ in held(given).values()} == {"negatives", "positives"}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.tsv", csv("path\tlabel", "1.jpg\tcat", "2.jpg\tdog")),
        ("a.csv", csv("path;label", "1.jpg;cat", "2.jpg;dog")),
        ("a.csv", csv("1.jpg,cat", "2.jpg,dog")),
        ("a.csv", csv("Path,Label", "1.jpg,cat", "2.jpg,dog")),
        ("a.csv", csv("path, label", "1.jpg,cat", "2.jpg,dog")),
        ("a.csv", csv("path,label,,", "1.jpg,cat,,", "2.jpg,dog,,")),
        ("a.csv", csv("path,label", "1.jpg,cat", "2.jpg,dog", encoding="utf-16")),
        ("a.csv", csv("path,label,größe", "1.jpg,cat,1", "2.jpg,dog,2", encoding="latin-1")),
        ("a.jsonl", csv('{"path": "1.jpg", "label": "cat"}', '{"path": "2.jpg", "label": "dog"}')),
        ("a.parquet", None),
        ("metadata.csv", csv("file_name,label", "1.jpg,cat", "2.jpg,dog")),
    ],
)
def test_13_tables_of_every_kind(tmp_path, held, name, data):
    put(tmp_path / "set", pictures("1.jpg", "2.jpg"))
    if data is None:
        import pyarrow as pa
        from pyarrow import parquet

        table = pa.table({"path": ["1.jpg", "2.jpg"], "label": ["cat", "dog"]})
        parquet.write_table(table, tmp_path / name)
    else:
        put(tmp_path, {name: data})
    source = source_of(tmp_path / "set", tmp_path / name)
    found = inspect(source)
    assert (found.classes, found.missing) == ({"cat": 1, "dog": 1}, 0)
    assert held(source) == {"1.jpg": ("cat", None), "2.jpg": ("dog", None)}


@pytest.mark.parametrize(
    "written",
    [
        "C:\\data\\cat\\é 1.jpg", "/home/ana/cat/é 1.jpg", "src/cat/é 1.jpg", "CAT/É 1.JPG",
        "cat/é 1",
        "  cat/é 1.jpg ", "file:///data/cat/é 1.jpg", "cat/%C3%A9%201.jpg",
        unicodedata.normalize("NFD", "cat/é 1.jpg"),
    ],
)  # fmt: skip
def test_14_paths_of_other_machines_and_spellings(tmp_path, held, written):
    put(tmp_path / "set", pictures("cat/é 1.jpg", "dog/2.jpg"))
    put(tmp_path, {"a.csv": csv("path,label", f'"{written}",cat', "dog/2.jpg,dog")})
    source = source_of(tmp_path / "set", tmp_path / "a.csv")
    found = inspect(source)
    assert found.missing == 0
    assert any("1 path was matched" in note for note in found.notes)
    assert held(source) == {"cat/é 1.jpg": ("cat", None), "dog/2.jpg": ("dog", None)}


def test_14_paths_that_no_file_has_are_named_with_the_nearest(tmp_path):
    put(tmp_path / "set", pictures("cat/1.jpg", "dog/2.jpg"))
    put(tmp_path, {"a.csv": csv("path,label", "cat/11.jpg,cat", "dog/2.jpg,dog")})
    found = inspect(source_of(tmp_path / "set", tmp_path / "a.csv"))
    assert found.doubts[0] == (
        f"1 of 2 files (50%) are missing, first cat/11.jpg, looked for in {tmp_path / 'set'};"
        " a near name is cat/1.jpg."
    )


def test_15_links_out_of_the_source(tmp_path, held):
    put(tmp_path / "store", pictures("cats/1.jpg", "cats/2.jpg", "blob"))
    place = put(tmp_path / "set", pictures("dog/1.jpg", "emu/1.jpg"))
    (place / "cat").symlink_to(tmp_path / "store" / "cats")
    (place / "emu" / "2.jpg").symlink_to(tmp_path / "store" / "blob")
    found = inspect(source_of(place))
    assert any("not followed" in note and "cat" in note for note in found.notes)
    assert found.classes == {"emu": 2, "dog": 1}
    source = source_of(place, roots=[tmp_path / "store"])
    assert inspect(source).classes == {"cat": 2, "emu": 2, "dog": 1}
    assert {*held(source)} == {"cat/1.jpg", "cat/2.jpg", "dog/1.jpg", "emu/1.jpg", "emu/2.jpg"}


def test_16_folders_that_systems_make(tmp_path, held):
    odd = ("@eaDir", "lost+found", "$RECYCLE.BIN", ".ipynb_checkpoints", "__MACOSX", "cat/@eaDir")
    files = pictures("cat/1.jpg", "dog/1.jpg", *(f"{folder}/1.jpg" for folder in odd))
    source = source_of(put(tmp_path / "set", files | {"cat/Thumbs.db": b"x"}))
    found = inspect(source)
    assert (found.classes, found.questions) == ({"cat": 1, "dog": 1}, [])
    assert held(source) == {"cat/1.jpg": ("cat", None), "dog/1.jpg": ("dog", None)}


@pytest.mark.parametrize("kind", ["idx", "npz"])
def test_17_arrays(tmp_path, held, kind):
    (tmp_path / "set").mkdir()
    pixels = np.random.default_rng(1).integers(0, 256, (4, 8, 8), dtype=np.uint8)
    if kind == "idx":
        idx(tmp_path / "set" / "train-images-idx3-ubyte.gz", pixels)
        idx(tmp_path / "set" / "train-labels-idx1-ubyte.gz", np.array([3, 1, 3, 1]))
        source = source_of(tmp_path / "set")
    else:
        np.savez(tmp_path / "set" / "a.npz", x_train=pixels, y_train=[3, 1, 3, 1])
        source = source_of(tmp_path / "set" / "a.npz")
    found = inspect(source)
    assert (found.reader, found.classes, found.splits) == (kind, {"3": 2, "1": 2}, {"train": 4})
    assert [*held(source).values()] == [("3", "train"), ("1", "train")] * 2


def test_18_an_archive_with_names_of_every_kind(tmp_path, held):
    names = ["a|b", "with\nline", "🐈", "0", "00", "1.0", "nan", "None", "true"]
    source = source_of(
        zipped(tmp_path / "a.zip", {f"{name}/same.jpg": picture(n) for n, name in enumerate(names)})
    )
    found = inspect(source)
    assert found.classes == dict.fromkeys(sorted(names), 1) | dict.fromkeys(names, 1)
    assert held(source) == {f"{name}/same.jpg": (name, None) for name in names}


def test_18_labels_of_a_table_stay_as_they_are_written(tmp_path, held):
    names = ["a/b", "a|c", "with\nline", "🐈", "0", "00", "1.0", "nan", "None", "true"]
    put(tmp_path / "set", pictures(*(f"{n}.jpg" for n in range(len(names)))))
    rows = [json.dumps({"path": f"{n}.jpg", "label": name}) for n, name in enumerate(names)]
    put(tmp_path, {"a.jsonl": "\n".join(rows).encode()})
    found = held(source_of(tmp_path / "set", tmp_path / "a.jsonl"))
    assert [label for label, _ in found.values()] == names


FOLDER_NAMES = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\", max_codepoint=0x2FFF),
    min_size=1, max_size=6,
).filter(
    lambda name: name.strip(" .") == name and not is_split_name(name) and "mask" not in name
)  # fmt: skip


@given(
    st.lists(FOLDER_NAMES, min_size=2, max_size=4, unique_by=lambda name: normalized_split(name)),
    st.sampled_from([(), ("train", "val"), ("Train", "Test"), ("fold1", "fold2", "fold3")]),
    st.booleans(),
    st.lists(st.sampled_from(["data", "images", "my set"]), max_size=3),
)
@settings(max_examples=40, deadline=None)
def test_classes_and_splits_come_back_from_any_nesting(classes, splits, is_above, wrappers):
    with TemporaryDirectory() as scratch:
        wanted = {}
        for split in splits or [None]:
            for name in classes:
                folders = [split, name] if is_above else [name, split]
                path = "/".join([*wrappers, *filter(None, folders), "1.jpg"])
                wanted[path] = (name, normalized_split(split))
        put(Path(scratch), dict.fromkeys(wanted, b"x"))
        records = read_source(answered(source_of(Path(scratch)))).records
        assert {one.path: (one.label, one.split) for one in records} == wanted
