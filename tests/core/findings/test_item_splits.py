import pytest

from core.findings.item_splits import splits_of
from core.ingest.splits import split_column, splits_of_paths, splits_of_values
from tests.core.making import records


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


def test_splits_are_told_without_regard_to_case_and_blanks():
    values = {"a": "Train", "b": " train ", "c": "", "d": None, "e": "TEST"}
    assert splits_of_values(values) == {"a": "train", "b": "train", "e": "test"}


def test_leading_folders_tell_the_split_where_there_are_two():
    paths = [("a", "Train/cat/1.jpg"), ("b", "test/cat/2.jpg"), ("c", "other/3.jpg")]
    assert splits_of_paths(paths) == {"a": "train", "b": "test"}


def test_a_class_that_is_called_test_is_no_split():
    assert splits_of_paths([("a", "test/1.jpg"), ("b", "cat/2.jpg")]) == {}


def test_a_column_counts_before_folders(store):
    rows = records({"train/1.jpg": "cat", "test/2.jpg": "cat"})
    store.replace_listing(rows)
    store.set_settings({"columns": ["path", "label"]})
    one, other = (row["id"] for row in rows)
    assert splits_of(store) == {one: "train", other: "test"}
    for row, split in zip(rows, ("A", ""), strict=True):
        row["fields"]["fold"] = split
    store.replace_listing(rows)
    store.set_settings({"columns": ["path", "label", "fold"]})
    assert splits_of(store) == {one: "a"}
