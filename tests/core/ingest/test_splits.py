"""The split of an item is found once, when it is read, and is the same everywhere."""

import csv
import unicodedata

import pytest

from core.ingest.readers import read_source, source_of
from core.ingest.records import Listing, Record
from core.ingest.splits import normalized_split, split_column, with_splits


def listing(*paths, columns=("path", "label"), **fields):
    records = [
        Record(path, "cat", {name: values[n] for name, values in fields.items()})
        for n, path in enumerate(paths)
    ]
    return Listing(list(columns), records)


def splits(found):
    return [record.split for record in with_splits(found).records]


@pytest.mark.parametrize(
    ("columns", "column"),
    [
        (["path", "label"], None),
        (["path", "Split", "label"], "Split"),
        (["path", "label", " SUBSET "], " SUBSET "),
        (["path", "label", "fold", "split"], "split"),
        (["path", "label", "splitter"], None),
    ],
)
def test_a_column_tells_the_split(columns, column):
    assert split_column(columns) == column


@pytest.mark.parametrize(
    ("value", "split"),
    [("Train", "train"), (" train\t", "train"), ("", None), (" ", None), (None, None),
     ("ÉVAL", "éval"), (unicodedata.normalize("NFD", "Éval"), "éval"), ("TEST\u00a0", "test")],
)  # fmt: skip
def test_case_blanks_and_unicode_form_make_no_other_split(value, split):
    assert normalized_split(value) == split


def test_leading_folders_tell_the_split_where_there_are_two():
    found = listing("Train/cat/1.jpg", "test/cat/2.jpg", "other/3.jpg")
    assert splits(found) == ["train", "test", None]


def test_a_class_that_is_called_test_is_no_split():
    assert splits(listing("test/1.jpg", "cat/2.jpg")) == [None, None]


def test_a_column_counts_before_folders():
    paths = ("train/1.jpg", "test/2.jpg")
    assert splits(listing(*paths)) == ["train", "test"]
    assert splits(listing(*paths, columns=["path", "fold"], fold=["A", ""])) == ["a", None]


def test_what_a_reader_has_set_stands():
    records = [Record("train/1.jpg", "cat", {}, split="Test "), Record("val/2.jpg", "cat", {})]
    assert splits(Listing(["path"], records)) == ["test", "val"]


@pytest.mark.parametrize(
    "written", ["ÉVAL", "éval", "Éval\t", unicodedata.normalize("NFD", "éval")]
)
def test_filters_and_findings_know_one_split(tmp_path, store, written):
    (tmp_path / "images").mkdir()
    with (tmp_path / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        rows = [("path", "label", "split"), ("a.jpg", "cat", written), ("b.jpg", "cat", "train")]
        csv.writer(file).writerows(rows)
    found = read_source(source_of(tmp_path / "images", tmp_path / "labels.csv"))
    store.replace_listing(
        {"id": record.path, "path": record.path, "label": record.label, "position": n,
         "fields": record.fields, "split": record.split}
        for n, record in enumerate(found.records)
    )  # fmt: skip
    store.record_files([{"id": record.path, "content_hash": "0"} for record in found.records], {})
    assert [item.split for item in store.embedded_items()] == ["éval", "train"]
    assert store.splits() == ["train", "éval"]
    for query in ("split:éval", "split:ÉVAL", "split:é*", '-split:"train"'):
        assert store.match_ids(store.parse_query(query)) == ["a.jpg"]
