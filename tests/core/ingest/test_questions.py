"""Layouts of folders that are doubtful are asked about; the proposed answers are right."""

import io

import pytest

from core.audit import Audit
from core.commands.source_options import asked
from core.ingest.inspection import inspect
from core.ingest.questions import answered, questions
from core.ingest.readers import SourceError, read_source, source_of
from core.ingest.records import UnansweredQuestion
from core.pipeline import compute, list_items
from tests.core.ingest.packing import picture, pictures, put


@pytest.fixture
def folder(tmp_path):
    return lambda *paths: put(tmp_path / "source", pictures(*paths))


def labels(source):
    return {r.path: r.label for r in read_source(source).records}


def each(path, *classes):
    return [path.format(name) for name in classes]


def test_wrappers_around_the_classes_are_followed_and_said(folder):
    source = answered(source_of(folder(*each("dataset/images/{}/1.jpg", "cat", "dog"))))
    assert labels(source) == {
        "dataset/images/cat/1.jpg": "cat", "dataset/images/dog/1.jpg": "dog"
    }  # fmt: skip
    assert "The classes are the folders in dataset/images." in read_source(source).notes


def test_wrappers_around_splits_are_followed(folder):
    paths = [f"data/{split}/{name}/1.jpg" for split in ("train", "val") for name in ("cat", "dog")]
    source = answered(source_of(folder(*paths)))
    assert source.format == "split-folders"
    found = {(r.label, r.split) for r in read_source(source).records}
    assert found == {("cat", "train"), ("dog", "train"), ("cat", "val"), ("dog", "val")}


def test_folder_with_the_classes_is_proposed_beside_others(folder, tmp_path, command, monkeypatch):
    """Layout 11."""
    dataset = [f"dataset/{name}/{n}.jpg" for name in ("a", "b") for n in range(10)]
    place = folder(*dataset, "docs/figure.png", "logo.png")
    put(place, {"notebooks/a.ipynb": b"{}"})
    (question,) = questions(source_of(place))
    assert (question.proposed, question.needed) == ("dataset", True)
    assert inspect(source_of(place)).classes == {"a": 10, "b": 10}
    with pytest.raises(UnansweredQuestion, match=r"--classes-in dataset or --classes-in \."):
        answered(source_of(place))
    monkeypatch.setattr("sys.stdin", io.StringIO())  # nobody answers
    refused = command("audit", place, "--into", tmp_path / "audit")
    assert (refused.status, (tmp_path / "audit").exists()) == (2, False)
    assert "Answer with --classes-in dataset or --classes-in ." in refused.err
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    given = source_of(place, answers={"classes_in": "dataset"})
    assert asked(source_of(place)) == given
    assert questions(given) == []
    assert {*labels(given)} == {*dataset}
    assert {*labels(source_of(place, answers={"classes_in": "."})).values()} == {
        "dataset", "docs", None
    }  # fmt: skip


def test_class_folders_nested_once_more_are_asked_about(folder):
    """Layout 12, from above and one level down."""
    place = folder("set/pos/pos7/1.jpg", "set/pos/pos7/2.jpg", "set/neg/neg7/1.jpg")
    (question,) = questions(source_of(place))
    assert (question.option, question.proposed, question.needed) == ("--classes-in", "set", True)
    assert inspect(source_of(place)).classes == {"pos": 2, "neg": 1}
    assert questions(source_of(place / "set")) == []
    assert inspect(source_of(place / "set")).classes == {"pos": 2, "neg": 1}


def test_nested_class_folders_are_names_of_several_levels_where_asked(folder):
    place = folder("cat/siamese/1.jpg", "cat/persian/1.jpg", "dog/1.jpg")
    (question,) = questions(source_of(place))
    assert (question.option, question.proposed) == ("--nested-classes", "no")
    assert question.text.endswith("is the class cat, or cat/persian?")
    assert {*labels(answered(source_of(place))).values()} == {"cat", "dog"}
    nested = source_of(place, answers={"nested_classes": "yes"})
    assert {*labels(nested).values()} == {"cat/siamese", "cat/persian", "dog"}
    assert questions(nested) == []


def test_plain_class_folders_raise_no_question(folder):
    place = folder("cat/1.jpg", "cat/2.jpg", "dog/1.jpg", "loose.jpg")
    assert questions(source_of(place)) == []
    assert answered(source_of(place)) == source_of(place)


def test_splits_within_classes_are_splits(folder):
    place = folder("cat/train/1.jpg", "cat/test/1.jpg", "dog/train/1.jpg", "dog/test/2.jpg")
    source = answered(source_of(place))
    assert source.format == "splits-in-classes"
    assert {r.path: (r.label, r.split) for r in read_source(source).records} == {
        "cat/train/1.jpg": ("cat", "train"), "cat/test/1.jpg": ("cat", "test"),
        "dog/train/1.jpg": ("dog", "train"), "dog/test/2.jpg": ("dog", "test"),
    }  # fmt: skip


def test_pixmaps_are_images(folder):
    """Layout 9."""
    place = folder("00000/1.ppm", "00000/2.ppm", "00001/1.ppm")
    (place / "00000" / "GT-00000.csv").write_text("Filename;ClassId\n1.ppm;0\n")
    found = inspect(source_of(place))
    assert (found.classes, found.left_out) == ({"00000": 2, "00001": 1}, {".csv": 1})
    assert len(found.samples) == 3


def test_files_of_other_kinds_are_counted(tmp_path):
    place = put(tmp_path / "source", {f"cat/{n}.xyz": b"x" for n in range(1200)} | {"a.csv": b"x"})
    with pytest.raises(SourceError, match=r"none is of a kind that is read \(1,200 .xyz, 1 .csv\)"):
        read_source(source_of(place))


def test_answers_are_remembered(folder, tmp_path):
    place = folder("repo/cat/1.jpg", "repo/dog/1.jpg", "logo.png")
    source = source_of(place, answers={"classes_in": "repo"})
    audit = Audit.create(tmp_path / "audit", source)
    audit.store.close()
    again = Audit.create(tmp_path / "audit", source_of(place))
    assert len(list_items(again).records) == 2
    again.store.close()


def test_audit_that_exists_is_not_asked(folder, tmp_path, map_without_umap):
    place = folder("cat/siamese/1.jpg", "cat/persian/1.jpg", "dog/1.jpg", "dog/2.jpg")
    put(place, {"dog/1.png": picture(fmt="PNG")})
    audit = Audit.create(tmp_path / "audit", source_of(place))
    before = audit.source
    audit.store.close()
    audit = compute(source_of(place), tmp_path / "audit")
    assert audit.source == before
    assert len(audit.store.listed_files()) == 5
    audit.store.close()


@pytest.mark.parametrize("folder_name", ["/etc", "..", "../other"])
def test_folder_of_the_classes_lies_in_the_source(tmp_path, command, folder_name):
    outcome = command("inspect", tmp_path, "--classes-in", folder_name)
    assert (outcome.status, outcome.err.count("\n")) == (2, 1)
    assert "within SOURCE" in outcome.err


def test_folder_of_the_classes_must_be_there(folder):
    with pytest.raises(SourceError, match="no folder missing in"):
        read_source(source_of(folder("cat/1.jpg"), answers={"classes_in": "missing"}))
