"""Folders of images: names that are safe and unique, and originals that stay what they are."""

import json
import os
import subprocess

import pytest
from PIL import Image

from core.audit import Audit, AuditError, item_id
from core.export.choices import ExportError, FileMode
from core.export.exporting import export
from core.export.filing import FILES, NOT_WRITTEN
from core.export.writers import WRITERS, writer_of
from core.ingest.folder_names import FOLDER_NAMES
from core.ingest.readers import read_source, source_of
from core.pipeline import list_items
from tests.core.export.round_trips import everything
from tests.core.ingest.boxes_making import write_coco, write_image
from tests.core.ingest.packing import pictures, put
from tests.core.making import Auditor, read_table, write_table


@pytest.fixture
def begin(listed, tmp_path):
    """Begin an audit of a folder of pictures, by their paths, or of a table of them."""

    def make(*paths, labels=None, **options):
        source = put(tmp_path / "set", pictures(*paths))
        table = None
        if labels is not None:
            rows = zip(paths, labels, strict=True)
            table = write_table(tmp_path / "labels.csv", ["path", "label"], *rows)
        return listed(source_of(source, table, **options))

    return make


def names(folder):
    ours = ("manifest.json", "changes.csv", FILES)
    found = (str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file())
    return sorted(name for name in found if name not in ours)


def test_label_that_changes_folder_overwrites_nothing_there(begin, tmp_path):
    audit = begin("cat/0.jpg", "cat/1.jpg", "dog/0.jpg", "dog/0~2.jpg")
    Auditor(audit.store).judge("cat/0.jpg", "relabel", ["dog"])
    before = everything(tmp_path / "set")
    export(audit, writer_of(audit, "own"), tmp_path / "out")
    assert names(tmp_path / "out") == ["cat/1.jpg", "dog/0.jpg", "dog/0~2.jpg", "dog/0~3.jpg"]
    moved = (tmp_path / "out" / "dog" / "0~3.jpg").read_bytes()
    assert moved == (tmp_path / "set" / "cat" / "0.jpg").read_bytes()
    assert everything(tmp_path / "set") == before
    files = {row["item"]: row["file"] for row in read_table(tmp_path / "out" / FILES)}
    assert files["cat/0.jpg"] == "dog/0~3.jpg"


def test_files_are_links_or_copies_as_chosen(begin, tmp_path):
    audit = begin("cat/0.jpg", "dog/0.jpg")
    original = tmp_path / "set" / "cat" / "0.jpg"
    writer = WRITERS["own-folders"]
    export(audit, writer, tmp_path / "links")
    assert original.samefile(tmp_path / "links" / "cat" / "0.jpg")
    copied = writer.choices_of(audit).to_setting() | {"files": FileMode.COPY}
    export(audit, writer, tmp_path / "copies", type(writer.choices)(**copied))
    assert not original.samefile(tmp_path / "copies" / "cat" / "0.jpg")
    with pytest.raises(ExportError, match="no files that could be copies"):
        WRITERS["csv"].check(type(writer.choices)(**copied))


def test_file_of_the_input_that_is_called_like_ours_is_not_written_into(begin, tmp_path):
    audit = begin("cat/0.jpg", "dog/0.jpg")
    for name in ("manifest.json", "changes.csv", FILES, FOLDER_NAMES):
        (tmp_path / "set" / name).write_text("of the user")
    before = everything(tmp_path / "set")
    export(audit, WRITERS["own-folders"], tmp_path / "out")
    assert everything(tmp_path / "set") == before
    assert (tmp_path / "out" / "manifest~2.json").read_text() == "of the user"
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["made_by"]
    export(audit, WRITERS["own-folders"], tmp_path / "out")
    assert everything(tmp_path / "set") == before


def test_classes_get_folders_that_every_system_takes_and_are_read_by_their_names(begin, tmp_path):
    classes = ["a/b", "a|b", "a\nb", ".git", "CON", "Cat", "cat", "etc.", "..", "train", "test",
               "e\u0301", "\u00e9", "x" * 190, "x" * 189 + "y"]  # fmt: skip
    audit = begin(*(f"{n}.jpg" for n in range(len(classes))), labels=classes)
    export(audit, WRITERS["folders"], tmp_path / "out")
    folders = sorted({name.partition("/")[0] for name in names(tmp_path / "out")} - {FOLDER_NAMES})
    assert len({name.casefold() for name in folders}) == len(classes)
    assert not [name for name in folders if set(name) & set('<>:"/\\|?*\n') or name[0] == "."]
    assert {"a%2Fb", "a%7Cb", "a%0Ab", "%43ON", "cat~2", "class_train"} <= {*folders}
    found = read_source(source_of(tmp_path / "out"))
    assert sorted(str(record.label) for record in found.records) == sorted(classes)


def test_missing_file_is_told_and_not_made_up(begin, tmp_path, command):
    audit = begin("0.jpg", "1.jpg", labels=["cat", "dog"])
    (tmp_path / "set" / "0.jpg").unlink()
    os.mkfifo(tmp_path / "set" / "0.jpg")
    export(audit, WRITERS["imagefolder"], tmp_path / "out")
    assert names(tmp_path / "out") == ["1.jpg", "metadata.csv", NOT_WRITTEN]
    outcome = command("export", audit.folder, "--to", tmp_path / "out", "--format", "imagefolder")
    assert outcome.err.splitlines()[1] == (
        f"1 image could not be put there: {tmp_path / 'out' / NOT_WRITTEN} says why."
    )
    (row,) = read_table(tmp_path / "out" / NOT_WRITTEN)
    assert row == {
        "item": "0.jpg", "label": "cat", "split": "", "reason": "it is not a regular file",
    }  # fmt: skip


def test_crops_are_cut_out_upright_and_without_a_margin(tmp_path):
    source = tmp_path / "set"
    write_image(source, "1.png", size=(100, 80))
    write_image(source, "2.jpg", size=(100, 80), orientation=6)
    boxes = [(1, 1, 1, (10, 20, 30, 40)), (2, 2, 2, (10, 20, 30, 40))]
    write_coco(source, "annotations.json", {1: "1.png", 2: "2.jpg"}, boxes)
    audit = Audit.create(tmp_path / "audit", source_of(source))
    list_items(audit)
    export(audit, WRITERS["folders"], tmp_path / "out")
    with (
        Image.open(tmp_path / "out" / "cat" / "1_10-20-30x40.png") as cut,
        Image.open(source / "1.png") as whole,
        Image.open(tmp_path / "out" / "dog" / "2_10-20-30x40.png") as turned,
    ):
        assert cut.tobytes() == whole.convert("RGB").crop((10, 20, 40, 60)).tobytes()
        assert turned.size == (40, 30)
    assert "cannot cut crops" in str(WRITERS["folders-script"].why_not(audit))
    audit.store.close()


@pytest.mark.parametrize("name", ["folders-script", "own-folders-script"])
def test_script_runs_nothing_that_stands_in_a_name(begin, tmp_path, name):
    nasty = "a $(touch hacked) `touch hacked` 'q' \"d\" \\ ;touch hacked\n"
    audit = begin(f"{nasty}/-n.jpg", f"{nasty}/--.jpg", "-dog/0.jpg")
    Auditor(audit.store).judge("-dog/0.jpg", "relabel", [nasty])
    export(audit, WRITERS[name], tmp_path / "plan.sh")
    (tmp_path / "here").mkdir()
    for arguments in (["-made"], ["copied", "copy"]):
        run = ["/bin/sh", tmp_path / "plan.sh", *arguments]
        done = subprocess.run(run, cwd=tmp_path / "here", capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
        again = subprocess.run(run, cwd=tmp_path / "here", capture_output=True, text=True)
        assert again.returncode == 2
        assert "give the name of a new folder" in again.stderr
    assert sorted(one.name for one in (tmp_path / "here").iterdir()) == ["-made", "copied"]
    made = tmp_path / "here" / "-made"
    found = read_source(source_of(made)).records
    assert [record.label for record in found] == [nasty] * 3
    assert (made / found[0].path).samefile(tmp_path / "set" / nasty / "--.jpg")
    assert not list(tmp_path.rglob("hacked"))


def test_yolo_has_a_folder_train_though_nothing_says_a_split(begin, tmp_path):
    audit = begin("cat/0.jpg", "dog/0.jpg")
    export(audit, WRITERS["yolo-classify"], tmp_path / "out")
    assert names(tmp_path / "out") == [FOLDER_NAMES, "train/cat/0.jpg", "train/dog/0.jpg"]
    found = read_source(source_of(tmp_path / "out")).records
    assert [(one.label, one.split) for one in found] == [("cat", None), ("dog", None)]


def test_yolo_calls_splits_as_it_knows_them(begin, tmp_path):
    audit = begin("training/cat/0.jpg", "valid/cat/0.jpg")
    export(audit, WRITERS["yolo-classify"], tmp_path / "out")
    assert names(tmp_path / "out") == [FOLDER_NAMES, "train/cat/0.jpg", "val/cat/0.jpg"]
    found = read_source(source_of(tmp_path / "out")).records
    assert [one.split for one in found] == ["training", "valid"]


def test_keras_weights_tell_how_sure_a_label_is(begin, tmp_path):
    audit = begin("cat/0.jpg", "dog/0.jpg", "dog/1.jpg")
    scores = {"suspicion": 0.9, "p_given": 0.125}
    audit.store.replace_scores(
        scores | {"item_id": item_id(path)} for path in ("dog/0.jpg", "dog/1.jpg")
    )
    Auditor(audit.store).judge("dog/1.jpg")
    export(audit, WRITERS["keras"], tmp_path / "out")
    weights = {
        row["file"]: row["weight"] for row in read_table(tmp_path / "out/sample_weights.csv")
    }
    assert weights == {"cat/0.jpg": "1", "dog/0.jpg": "0.125", "dog/1.jpg": "1"}


def test_imagefolder_says_every_label_of_an_image_in_lists(begin, tmp_path):
    audit = begin("0.jpg", "1.jpg", labels=["cat", "dog"])
    Auditor(audit.store).judge("0.jpg", "ambiguous", ["cat", "dog"])
    export(audit, WRITERS["imagefolder-lists"], tmp_path / "out")
    lines = (tmp_path / "out" / "metadata.jsonl").read_text().splitlines()
    assert [json.loads(line)["label"] for line in lines] == [["cat", "dog"], ["dog"]]
    with pytest.raises(ExportError, match="cannot hold several labels"):
        choices = WRITERS["imagefolder-lists"].choices
        export(audit, WRITERS["imagefolder"], tmp_path / "other", choices)


def test_folder_in_the_data_set_is_refused(begin, tmp_path):
    audit = begin("cat/0.jpg", "dog/0.jpg")
    with pytest.raises(AuditError, match="lies in the data set"):
        export(audit, WRITERS["folders"], tmp_path / "set" / "out")
    assert names(tmp_path / "set") == ["cat/0.jpg", "dog/0.jpg"]


def test_one_label_against_the_rest_has_no_folder_of_its_own(begin, tmp_path):
    audit = begin("cat/0.jpg", "dog/0.jpg", "emu/0.jpg", answers={"one_label": "cat"})
    assert "against the rest" in str(WRITERS["own-folders"].why_not(audit))
    assert WRITERS["folders"].why_not(audit) is None
