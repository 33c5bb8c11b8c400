"""`changes.csv` is read as an export has written it, or named as what it is not."""

import pytest

from core.audit import AuditError
from core.export.changes import COLUMNS
from core.export.changes_file import changes_of, read_changes
from tests.core.making import write_table

ROW = ["0" * 16, "a.jpg", "1" * 32, "cat", "a|b", "ambiguous", "Ana|Ben", "2026", "rule", "why",
       '["a", "b"]']  # fmt: skip


def test_row_is_read(tmp_path):
    (change,) = read_changes(write_table(tmp_path / "changes.csv", COLUMNS, ROW))
    assert (change.path, change.content, change.old) == ("a.jpg", "1" * 32, "cat")
    assert (change.labels, change.new, change.auditors) == (("a", "b"), "a|b", ("Ana", "Ben"))
    assert not change.is_left_out


@pytest.mark.parametrize(
    ("new", "labels", "found", "is_left_out"),
    [
        ("dog", '["dog"]', ("dog",), False),
        ("a|b", '["a|b"]', ("a|b",), False),
        ("", "[]", (), False),
        ("", "", (), True),
        ("edited", '["dog"]', ("edited",), False),
        ("", '["dog"]', (), False),
        ("edited", "", ("edited",), False),
    ],
)
def test_new_labels(tmp_path, new, labels, found, is_left_out):
    row = [*ROW[:4], new, *ROW[5:10], labels]
    (change,) = read_changes(write_table(tmp_path / "changes.csv", COLUMNS, row))
    assert (change.labels, change.is_left_out) == (found, is_left_out)


@pytest.mark.parametrize(
    ("header", "row", "sentence"),
    [
        (["path", "label"], ["a.jpg", "cat"], "is no changes.csv of an export"),
        (COLUMNS, ROW[:5], "Line 2 of changes.csv is no change"),
        (COLUMNS, [*ROW, "more"], "Line 2 of changes.csv is no change"),
        (COLUMNS, [*ROW[:10], "{"], "Line 2 of changes.csv is no change"),
        (COLUMNS, [*ROW[:10], "[1]"], "Line 2 of changes.csv is no change"),
        (COLUMNS, [*ROW[:10], "[" * 99_999], "Line 2 of changes.csv is no change"),
    ],
)
def test_what_is_no_change_gets_a_sentence(tmp_path, header, row, sentence):
    file = write_table(tmp_path / "changes.csv", header, row)
    with pytest.raises(AuditError, match=sentence):
        list(read_changes(file))


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b'"' * 3])
def test_file_that_is_none_gets_a_sentence(tmp_path, content):
    (tmp_path / "changes.csv").write_bytes(content)
    with pytest.raises(AuditError, match="no change"):
        list(read_changes(tmp_path / "changes.csv"))


def test_changes_of_an_export_are_found(tmp_path):
    (tmp_path / "labels.csv.changes.csv").write_text("")
    (tmp_path / "folder").mkdir()
    assert changes_of(tmp_path / "labels.csv").name == "labels.csv.changes.csv"
    assert changes_of(tmp_path / "folder") == tmp_path / "folder" / "changes.csv"
    assert changes_of(tmp_path / "labels.csv.changes.csv").name == "labels.csv.changes.csv"
    with pytest.raises(AuditError, match="There is no file"):
        list(read_changes(tmp_path / "folder" / "changes.csv"))
