import os
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.demo import DEMO
from core.ingest.readers import SourceError, read_source, source_of
from tests.core.making import write_table

# -- a folder of class folders ---------------------------------------------------------------


@pytest.fixture
def source(tmp_path):
    (tmp_path / "source").mkdir()
    return tmp_path / "source"


def put(source, *paths):
    for path in paths:
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_bytes(b"x")


def labels(listing):
    return {record.path: record.label for record in listing.records}


def test_folder_of_an_image_is_its_label(source):
    put(source, "cat/a.jpg", "dog/b.png")
    assert labels(read_source(source_of(source))) == {"cat/a.jpg": "cat", "dog/b.png": "dog"}


def test_first_folder_of_a_long_path_is_the_label(source):
    put(source, "cat/kept/indoors/a.jpg")
    assert labels(read_source(source_of(source))) == {"cat/kept/indoors/a.jpg": "cat"}


def test_images_come_sorted_by_path(source):
    put(source, "b/1.jpg", "a/2.jpg", "a/1.jpg")
    assert list(labels(read_source(source_of(source)))) == ["a/1.jpg", "a/2.jpg", "b/1.jpg"]


def test_image_beside_class_folders_is_unlabeled(source):
    put(source, "cat/a.jpg", "loose.jpg")
    assert labels(read_source(source_of(source)))["loose.jpg"] is None


def test_hidden_files_and_folders_are_left_out(source):
    put(source, "cat/a.jpg", "cat/.b.jpg", ".thumbs/c.jpg", "cat/._a.jpg")
    assert list(labels(read_source(source_of(source)))) == ["cat/a.jpg"]


def test_other_files_are_left_out(source):
    put(source, "cat/a.jpg", "cat/notes.txt", "cat/Thumbs.db", "cat/jpg")
    assert list(labels(read_source(source_of(source)))) == ["cat/a.jpg"]


@pytest.mark.parametrize("name", ["a.JPG", "a.Jpeg", "a.PNG", "a.webp", "a.TIF", "a.gif", "a.bmp"])
def test_file_name_ending_of_an_image_may_be_in_any_case(source, name):
    put(source, f"cat/{name}")
    assert list(labels(read_source(source_of(source)))) == [f"cat/{name}"]


def test_names_that_are_not_ascii_are_preserved(source):
    put(source, "Übergröße/猫 1.jpg")
    assert labels(read_source(source_of(source))) == {"Übergröße/猫 1.jpg": "Übergröße"}


def test_link_to_a_folder_is_not_followed(source):
    put(source, "cat/a.jpg")
    (source / "loop").symlink_to(source)
    assert list(labels(read_source(source_of(source)))) == ["cat/a.jpg"]


def test_columns_of_a_folder_are_path_and_label(source):
    put(source, "cat/a.jpg")
    listing = read_source(source_of(source))
    assert listing.columns == ["path", "label"]
    assert listing.records[0].fields == {"path": "cat/a.jpg", "label": "cat"}


def test_missing_folder_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"There is no folder .*missing"):
        read_source(source_of(tmp_path / "missing"))


def test_file_in_place_of_a_folder_is_refused(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"x")
    with pytest.raises(SourceError, match=r"a\.jpg is a file"):
        read_source(source_of(tmp_path / "a.jpg"))


def test_folder_without_images_is_refused(source):
    put(source, "cat/notes.txt")
    with pytest.raises(SourceError, match="no images"):
        read_source(source_of(source))


def test_images_directly_in_the_folder_are_refused_with_advice(source):
    put(source, "a.jpg", "b.jpg")
    with pytest.raises(SourceError, match=r"one folder per class.*--labels"):
        read_source(source_of(source))


def test_name_that_is_not_utf8_is_refused(source):
    put(source, "cat/a.jpg")
    (source / "cat" / os.fsdecode(b"\xe9.jpg")).write_bytes(b"x")
    with pytest.raises(SourceError, match="is not UTF-8") as error:
        read_source(source_of(source))
    str(error.value).encode()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_folder_that_may_not_be_read_is_refused(source):
    put(source, "cat/a.jpg", "dog/b.jpg")
    (source / "dog").chmod(0)
    try:
        with pytest.raises(SourceError, match="dog cannot be read"):
            read_source(source_of(source))
    finally:
        (source / "dog").chmod(0o700)


# -- a table ---------------------------------------------------------------------------------


@pytest.fixture
def table(source, tmp_path):
    """Write lines of text as a table and read it."""

    def read(*lines, data=None):
        path = tmp_path / "labels.csv"
        path.write_bytes(data if data is not None else "\n".join(lines).encode() + b"\n")
        return read_source(source_of(source, path))

    return read


def test_rows_of_a_table_come_in_their_order(table):
    listing = table("path,label", "b.jpg,dog", "a.jpg,cat")
    assert list(labels(listing).items()) == [("b.jpg", "dog"), ("a.jpg", "cat")]


def test_other_columns_are_kept_in_order(table):
    listing = table("note,path,größe,label,note 2", "n,a.jpg,3,cat,")
    assert listing.columns == ["note", "path", "größe", "label", "note 2"]
    assert list(listing.records[0].fields.values()) == ["n", "a.jpg", "3", "cat", ""]


def test_byte_order_mark_is_no_part_of_the_first_column(table):
    assert table(data=b"\xef\xbb\xbfpath,label\na.jpg,cat\n").columns == ["path", "label"]


def test_lines_may_end_as_on_windows(table):
    assert labels(table(data=b"path,label\r\na.jpg,cat\r\n")) == {"a.jpg": "cat"}


def test_empty_label_is_unlabeled(table):
    assert labels(table("path,label", "a.jpg,", "b.jpg,  ", "c.jpg,cat"))["b.jpg"] is None


def test_spaces_round_a_label_do_not_make_another_class(table):
    listing = table("path,label", "a.jpg, cat ")
    assert labels(listing) == {"a.jpg": "cat"}
    assert listing.records[0].fields["label"] == " cat "


def test_empty_lines_are_passed_over(table):
    assert list(labels(table("path,label", "", "a.jpg,cat", "", ""))) == ["a.jpg"]


def test_quoted_values_may_hold_commas_and_line_ends(table):
    listing = table("path,label,note", '"a, b.jpg",cat,"two', 'lines"')
    assert listing.records[0].fields == {"path": "a, b.jpg", "label": "cat", "note": "two\nlines"}


@pytest.mark.parametrize("written", ["./x/a.jpg", "x//a.jpg", "x\\a.jpg", "x/./a.jpg"])
def test_path_written_in_another_way_is_the_same_item(table, written):
    listing = table("path,label", f"{written},cat")
    assert list(labels(listing)) == ["x/a.jpg"]
    assert listing.records[0].fields["path"] == written


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["path", "a.jpg"], "no column that is called like a label; its columns are path."),
        (["where,label", "here,cat"], "no column that is called like a path or names images"),
        (["path,label,label", "a,b,c"], "has more than one column 'label'."),
        (["path,label"], "has no rows below its header."),
        (["path,label", "a.jpg"], "line 2: 1 value for 2 columns."),
        (["path,label", "a.jpg,x", "b.jpg", "c.jpg"], "line 3: 1 value for 2 columns (1 further"),
        (["path,label", ",cat"], "line 2: the path is empty."),
        (["path,label", "  ,cat"], "line 2: the path is empty."),
        (["path,label", "a\0.jpg,cat"], "line 2: the path holds a null character."),
        (["path,label", "a.jpg,", "b.jpg,"], "has a label"),
        (["path,label", '"a.jpg,cat'], "line 2: "),
        (["path,label", '"a"b.jpg,cat'], "line 2: "),
    ],
)  # fmt: skip
def test_mistake_in_a_table_is_told_in_a_sentence(table, lines, sentence):
    with pytest.raises(SourceError) as error:
        table(*lines)
    assert sentence in str(error.value)
    assert "labels.csv" in str(error.value)
    assert "\n" not in str(error.value)


def test_line_of_a_mistake_is_that_of_the_file_when_values_hold_line_ends(table):
    listing = table("path,label,note", 'a.jpg,cat,"two', 'lines"', "b.jpg")
    assert labels(listing) == {"a.jpg": "cat"}
    assert "1 row cannot be used and is left out, first line 4: 1 value for 3 columns." in (
        listing.doubts
    )


def test_empty_table_is_refused(table):
    with pytest.raises(SourceError, match=r"labels\.csv is empty; give a table"):
        table(data=b"")


def test_missing_table_is_refused(source, tmp_path):
    with pytest.raises(SourceError, match="There is no file"):
        read_source(source_of(source, tmp_path / "missing.csv"))


def test_folder_in_place_of_a_table_is_refused(source, tmp_path):
    with pytest.raises(SourceError, match="is a folder; give the table itself"):
        read_source(source_of(source, tmp_path))


def test_table_of_a_missing_folder_is_refused(tmp_path):
    shutil.copy(DEMO / "labels.csv", tmp_path)
    with pytest.raises(SourceError, match="There is no folder"):
        read_source(source_of(tmp_path / "missing", tmp_path / "labels.csv"))


names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@given(st.lists(st.tuples(names, names), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_values_are_kept_exactly_as_they_were_written(tmp_path_factory, values):
    folder = tmp_path_factory.getbasetemp()
    rows = [[f"{n}.jpg", f"c{label}", note] for n, (label, note) in enumerate(values)]
    path = write_table(folder / "exact.csv", ["path", "label", "note"], *rows)
    listing = read_source(source_of(folder, path))
    assert [list(record.fields.values()) for record in listing.records] == rows
