"""Folders called train, val and test are splits where classes lie in them, not classes."""

import pytest

from core.audit import Audit
from core.ingest.readers import SourceError, read_source, source_of
from core.pipeline import list_items
from tests.core.export.exports import write_csv


@pytest.fixture
def source(tmp_path):
    def make(*paths):
        for path in paths:
            (tmp_path / "source" / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "source" / path).write_bytes(b"x")
        return tmp_path / "source"

    return make


def read(folder, **options):
    found = source_of(folder, **options)
    return found.format, {r.path: (r.label, r.split) for r in read_source(found).records}


HYMEN = ("train/ants/1.jpg", "train/bees/2.jpg", "val/ants/3.jpg", "val/bees/4.jpg")


def test_train_and_val_around_classes_are_splits(source):
    folder = source(*HYMEN, "readme.md", "docs/notes.txt")
    assert read(folder) == (
        "split-folders",
        {
            "train/ants/1.jpg": ("ants", "train"),
            "train/bees/2.jpg": ("bees", "train"),
            "val/ants/3.jpg": ("ants", "val"),
            "val/bees/4.jpg": ("bees", "val"),
        },
    )
    (note,) = read_source(source_of(folder)).notes
    assert note.startswith("The folders train, val are read as splits, the folders in them as")


def test_same_names_in_each_split_are_different_items(source):
    folder = source(*(f"{split}/{n}/0001.jpg" for split in ("train", "test") for n in range(10)))
    name, found = read(folder)
    assert name == "split-folders"
    assert len(found) == 20
    assert {label for label, _ in found.values()} == {str(n) for n in range(10)}
    assert {split for _, split in found.values()} == {"train", "test"}


@pytest.mark.parametrize(
    "names", [("Train", "Valid"), ("train2017", "val2017"), ("Final_Training", "Final_Test"),
              ("fold1", "fold2"), ("training", "dev")],
)  # fmt: skip
def test_splits_of_other_names_are_known(source, names):
    name, found = read(source(*(f"{split}/cat/1.jpg" for split in names)))
    assert (name, {split for _, split in found.values()}) == (
        "split-folders", {split.casefold() for split in names}
    )  # fmt: skip


def test_split_without_class_folders_is_unlabeled(source):
    _, found = read(source(*HYMEN, "test/5.jpg", "loose.jpg"))
    assert (found["test/5.jpg"], found["loose.jpg"]) == ((None, "test"), (None, None))


@pytest.mark.parametrize(
    "paths",
    [
        ("train/1.jpg", "val/2.jpg"),  # no folders in them
        ("test/a/1.jpg", "cat/b/2.jpg"),  # a class that is called test
        ("train/a/1.jpg", "val/a/2.jpg", "bus/3.jpg"),  # vehicles
        ("train/a/1.jpg",),
    ],
)
def test_folders_that_may_be_classes_are_classes(source, paths):
    name, found = read(source(*paths))
    assert name == "class-folders"
    assert {path: label for path, (label, _) in found.items()} == {
        path: path.partition("/")[0] for path in paths
    }


def test_classes_called_like_splits_are_no_plain_success(source):
    listing = read_source(source_of(source("train/1.jpg", "val/2.jpg")))
    (note,) = listing.notes
    assert "The classes train, val are called like splits" in note


def test_audit_keeps_the_reader_that_it_was_made_with(source, tmp_path):
    folder = source(*HYMEN)
    old = source_of(folder, reader="class-folders")
    Audit.create(tmp_path / "audit", old).store.close()
    again = Audit.create(tmp_path / "audit", source_of(folder))
    assert again.source == old
    again.store.close()


def test_folder_put_beside_the_splits_later_changes_no_other_label(source):
    found = source_of(source(*HYMEN))
    source("more/1.jpg")
    labels = {record.path: record.label for record in read_source(found).records}
    assert (labels["train/ants/1.jpg"], labels["more/1.jpg"]) == ("ants", "more")


def test_another_reader_for_an_audit_is_refused(source, tmp_path, command):
    folder = source(*HYMEN)
    Audit.create(tmp_path / "audit", source_of(folder)).store.close()
    outcome = command("audit", folder, "--into", tmp_path / "audit", "--reader", "class-folders")
    assert (outcome.status, outcome.err.count("\n")) == (2, 1)
    assert "is read by split-folders; make a new one for class-folders" in outcome.err


def test_reader_that_does_not_fit_is_refused(source):
    folder = source(*HYMEN)
    with pytest.raises(SourceError, match="no reader 'cocoa'; there are"):
        source_of(folder, reader="cocoa")
    with pytest.raises(SourceError, match="csv needs a table"):
        source_of(folder, reader="csv")
    with pytest.raises(SourceError, match="class-folders reads no table"):
        source_of(folder, folder / "labels.csv", reader="class-folders")


def test_export_carries_the_split_into_the_next_round(source, tmp_path):
    folder = source("train2017/cat/1.jpg", "val2017/dog/1.jpg")
    audit = Audit.create(tmp_path / "audit", source_of(folder))
    list_items(audit)
    write_csv(audit.store, tmp_path / "out.csv")
    audit.store.close()
    again = read_source(source_of(folder, tmp_path / "out.csv"))
    assert [(r.label, r.split) for r in again.records] == [("cat", "train2017"), ("dog", "val2017")]


def test_folders_that_systems_make_are_no_classes(source):
    folder = source(
        "cat/1.jpg", "dog/1.jpg", "@eaDir/1.jpg", "lost+found/2.jpg", "cat/@eaDir/3.jpg"
    )
    assert [*read(folder)[1]] == ["cat/1.jpg", "dog/1.jpg"]
