"""What is said of a data set before anything is computed."""

import json

import pytest

from core.ingest.inspection import inspect
from core.ingest.readers import source_of
from tests.core.ingest.packing import pictures, put
from tests.core.making import write_table


@pytest.fixture
def source(tmp_path):
    for path in (
        "train/ants/1.jpg", "train/ants/2.jpg", "train/bees/1.jpg", "val/ants/1.jpg",
        "val/bees/1.png", "val/5.jpg", "readme.md", "train/ants/notes.txt", "train/bees/mask.txt",
    ):  # fmt: skip
        (tmp_path / "source" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "source" / path).write_bytes(b"x")
    return tmp_path / "source"


def test_classes_splits_and_what_is_left_out_are_counted(source):
    found = inspect(source_of(source))
    assert (found.reader, found.items, found.unlabeled, found.missing) == ("split-folders", 6, 1, 0)
    assert found.classes == {"ants": 3, "bees": 2}
    assert found.splits == {"train": 3, "val": 3}
    assert found.left_out == {".txt": 2, ".md": 1}
    assert found.doubts == []


def test_what_looks_wrong_is_said(source):
    found = inspect(source_of(source, reader="class-folders"))
    assert found.doubts == [
        "The classes train, val are called like splits; the folders in them may be the classes."
    ]
    for path in ("Train/1.jpg", "one/1.jpg"):
        (source / path).parent.mkdir()
        (source / path).write_bytes(b"x")
    doubts = inspect(source_of(source, reader="class-folders")).doubts
    assert doubts[1:] == [
        "The classes 'Train' and 'train' differ by case, blanks or Unicode form alone.",
        "2 classes have one image only, such as Train.",
    ]


def test_one_class_is_said(source):
    assert inspect(source_of(source / "val" / "ants" / ".." / "..")).doubts == []
    found = inspect(source_of(source / "val", reader="class-folders"))
    assert len(found.classes) == 2
    (source / "one" / "cat").mkdir(parents=True)
    (source / "one" / "cat" / "1.jpg").write_bytes(b"x")
    assert inspect(source_of(source / "one")).doubts[0].startswith("There is one class only, cat")


def test_table_beside_images_of_one_folder_is_named(source):
    (source / "val" / "ants").rename(source / "val" / "images")
    (source / "metadata.csv").write_text("patientid,finding\n1,x\n")
    (source / "train").rename(source / ".hidden")
    (source / "val" / "bees" / "1.png").unlink()
    (source / "val" / "5.jpg").unlink()
    found = inspect(source_of(source, reader="class-folders"))
    assert found.doubts[1] == (
        f"The labels may be in a table: --labels {source / 'metadata.csv'} reads it."
    )


@pytest.mark.parametrize(
    ("path", "near"),
    [("train/ants/11.jpg", "train/ants/1.jpg"), ("trian/ants/1.jpg", "train"),
     ("xyz/11.jpg", None), ("/home/ana/train/ants/11.jpg", "train/ants/1.jpg")],
)  # fmt: skip
def test_paths_without_a_file_are_told_with_the_nearest_name(source, tmp_path, path, near):
    table = write_table(
        tmp_path / "in.csv", ["path", "label"], ["train/ants/2.jpg", "a"], [path, "b"],
        ["train/bees/1.jpg", "a"], ["val/5.jpg", "b"],
    )  # fmt: skip
    found = inspect(source_of(source, table))
    assert (found.reader, found.missing) == ("csv", 1)
    told = f"1 of 4 files (25%) are missing, first {path}, looked for in {source}"
    assert found.doubts == [f"{told}; a near name is {near}." if near else f"{told}."]
    assert found.notes == ["3 images of the folder are not in the table, such as train/ants/1.jpg."]
    assert found.left_out[".jpg"] == 2


def test_command_prints_it_for_people_and_for_programs(source, command):
    lines = command("inspect", source).out.splitlines()
    assert "classes      2: ants 3, bees 2" in lines
    assert "splits       2: train 3, val 3" in lines
    assert lines[-1].startswith("note         The folders train, val are read as splits")
    found = json.loads(command("inspect", source, "--format", "json").out)
    assert (found["classes"], found["unlabeled"]) == ({"ants": 3, "bees": 2}, 1)
    refused = command("inspect", source / "missing")
    assert (refused.status, refused.out, refused.err.count("\n")) == (2, "", 1)


def test_tables_in_class_folders_are_named_and_not_read(tmp_path):
    header = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId\n"
    for folder in ("00000", "00001"):
        put(tmp_path / folder, pictures("0.ppm", "1.ppm"))
        (tmp_path / folder / f"GT-{folder}.csv").write_text(f"{header}0.ppm;8;8;1;1;7;7;3\n")
    found = inspect(source_of(tmp_path))
    assert found.classes == {"00000": 2, "00001": 2}
    assert found.notes[-1] == (
        "2 tables such as 00000/GT-00000.csv (Filename, Width, Height, Roi.X1, Roi.Y1, Roi.X2,"
        " Roi.Y2, Cl…) are not read: the labels are the names of the folders."
    )


def test_ids_that_no_file_has_are_told_to_be_no_paths(source, tmp_path):
    table = write_table(tmp_path / "in.csv", ["path", "label"], ["p-1", "cat"], ["p-2", "dog"])
    found = inspect(source_of(source, table))
    assert "2 paths have no file ending, such as p-1; ids are no paths." in found.doubts


def test_classes_called_like_images_of_splits_are_doubted_and_the_table_is_named(tmp_path):
    names = ("train_images/1.jpg", "train_images/2.jpg", "test_images/3.jpg", "test_images/4.jpg")
    put(tmp_path / "source", dict.fromkeys(names, b"x"))
    (tmp_path / "source" / "train.csv").write_text("image_id,label\n1.jpg,0\n")
    found = inspect(source_of(tmp_path / "source"), count=0)
    said = " ".join(found.doubts)
    assert "The classes test_images, train_images are called like splits" in said
    assert f"--labels {tmp_path / 'source' / 'train.csv'} reads it" in said


def test_class_called_like_a_folder_of_all_images_is_doubted(tmp_path):
    names = [f"{c}/{n}.jpg" for c in ("train/cat", "train/dog", "val/images") for n in range(2)]
    put(tmp_path / "source", dict.fromkeys(names, b"x"))
    (doubt,) = inspect(source_of(tmp_path / "source"), count=0).doubts
    assert "The class images is called like a folder of all images" in doubt
