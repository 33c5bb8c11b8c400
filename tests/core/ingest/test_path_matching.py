"""A path in a table finds its file however it is written, where that is unambiguous (layout 14)."""

import unicodedata
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.audit import Audit, item_id
from core.ingest.inspection import inspect
from core.ingest.path_matching import ImageIndex, match_paths
from core.ingest.readers import read_source, source_of
from core.pipeline import list_items
from tests.core.export.exports import write_csv
from tests.core.making import read_table, write_table

NFC = unicodedata.normalize("NFC", "köter")
NFD = unicodedata.normalize("NFD", "köter")


@pytest.fixture
def folder(tmp_path):
    def make(*paths):
        for path in paths:
            (tmp_path / "images" / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "images" / path).write_bytes(b"x")
        return tmp_path / "images"

    return make


@pytest.fixture
def matched(folder):
    """The files that paths mean among those of a folder; None for none."""

    def match(files, *texts):
        index = ImageIndex(folder(*files))
        found = match_paths(texts, index)
        return [
            None if position in found.missing else path for position, path in enumerate(found.paths)
        ]

    return match


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("cat/1.png", "cat/1.png"),
        ("cat\\1.png", "cat/1.png"),
        ("./cat//1.png", "cat/1.png"),
        (" cat/1.png\t", "cat/1.png"),
        ("C:\\data\\cat\\1.png", "cat/1.png"),
        ("c:/data/cat/1.png", "cat/1.png"),
        ("\\\\server\\share\\cat\\1.png", "cat/1.png"),
        ("/home/ana/cat/1.png", "cat/1.png"),
        ("../cat/1.png", "cat/1.png"),
        ("src/cat/1.png", "cat/1.png"),
        ("file:///home/ana/cat/1.png", "cat/1.png"),
        ("file:///C:/data/cat/1.png", "cat/1.png"),
        ("s3://bucket/cat/1.png", "cat/1.png"),
        ("https://host/set/cat/1.png?token=a/b.png", "cat/1.png"),
        ("/data/local-files/?d=cat/1.png", "cat/1.png"),
        ("http://localhost:8080/data/local-files/?d=cat/1.png", "cat/1.png"),
        ("/data/upload/7/0a1b2c3d-two.png", "dog/two.png"),
        ("CAT/1.PNG", "cat/1.png"),
        ("cat/1", "cat/1.png"),
        ("1.png", "cat/1.png"),
        ("two", "dog/two.png"),
        ("dog/a%20b.png", "dog/a b.png"),
        ("file:///x/dog/a%20b.png", "dog/a b.png"),
        ("dog/50%25.png", "dog/50%25.png"),
        (f"{NFC}/x.png", f"{NFD}/x.png"),
        (f"{NFC}/{NFC}.png".upper(), f"{NFD}/{NFC}.png"),
        ("scan.v1", "dog/scan.v1.png"),
        ("cat/9.png", None),
        ("val/9/1.png", None),
        ("cat", None),
        ("two.jpg", None),
        ("dog/1.png", None),
        ("notes", None),
    ],
)
def test_each_way_to_write_a_path_is_understood(matched, text, path):
    files = (
        "cat/1.png", "dog/two.png", "dog/a b.png", "dog/50%25.png", f"{NFD}/x.png",
        f"{NFD}/{NFC}.png", "dog/scan.v1.png", "cat/notes.txt",
    )  # fmt: skip
    assert matched(files, text) == [path]


@pytest.mark.parametrize(
    ("files", "text"),
    [
        (("train/1.png", "val/1.png"), "1.png"),
        (("cat/1.png", "cat/1.jpg"), "cat/1"),
        (("cat/A.png", "cat/a.png"), "x/cat/A.PNG"),
        (("a/cat/1.png", "b/cat/1.png"), "cat/1.png"),
    ],
)
def test_path_that_fits_several_files_means_none(matched, folder, files, text):
    assert matched(files, text) == [None]
    ((_, fits),) = match_paths([text], ImageIndex(folder())).several
    assert fits == sorted(files)


def test_path_as_it_is_written_counts_before_all_others(matched):
    files = ("1.png", "cat/1.png", "cat/A.png", "cat/a.png")
    assert matched(files, "cat/1.png", "1.png", "cat/A.png") == ["cat/1.png", "1.png", "cat/A.png"]


def test_file_that_shares_more_folders_counts(matched):
    files = ("cat/1.png", "1.png", "dog/1.png")
    assert matched(files, "/home/ana/cat/1.png") == ["cat/1.png"]


@pytest.mark.parametrize(
    ("files", "texts", "paths"),
    [
        (("1.png",), ("train/1.png", "val/1.png"), [None, None]),
        (("1.png",), ("1.png", "val/1.png"), ["1.png", None]),
        (("cat/1.png",), ("x/cat/1.png", "y/cat/1.png"), [None, None]),
        (("cat/1.png",), ("x/cat/1.png", "1.png"), ["cat/1.png", None]),
        (("cat/1.png",), ("x/cat/1.png", "x\\cat\\1.png", "X/cat/1"), ["cat/1.png"] * 3),
    ],
)
def test_paths_of_different_folders_never_share_a_file(matched, files, texts, paths):
    assert matched(files, *texts) == paths


def test_picture_of_another_folder_is_never_taken_for_a_missing_one(matched):
    assert matched(("train/cat/1.png",), "val/cat/1.png") == [None]


def test_name_with_a_backslash_is_found(matched):
    assert matched(("cat/a\\b.png",), "cat/a\\b.png") == ["cat/a\\b.png"]


def test_absolute_path_in_the_folder_is_the_file_there(folder, tmp_path):
    root = folder("cat/1.png")
    found = match_paths([f"{root}/cat/1.png"], ImageIndex(root))
    assert (found.paths, found.missing) == (["cat/1.png"], [])


def test_path_to_a_file_elsewhere_on_this_machine_means_the_one_in_the_folder(folder, tmp_path):
    (tmp_path / "original" / "cat").mkdir(parents=True)
    (tmp_path / "original" / "cat" / "1.png").write_bytes(b"x")
    root = folder("cat/1.png")
    assert match_paths([f"{tmp_path}/original/cat/1.png"], ImageIndex(root)).paths == ["cat/1.png"]


def test_what_was_done_is_said_with_an_example_and_the_item_is_the_files(folder, tmp_path):
    root = folder("cat/1.png", "cat/2.png", "dog/3.png", "dog/4.png")
    table = write_table(
        tmp_path / "in.csv", ["path", "label"], ["C:\\data\\cat\\1", "cat"],
        ["C:\\data\\cat\\2", "cat"], [" C:\\data\\DOG\\3", "dog"], ["C:\\data\\dog\\9", "dog"],
    )  # fmt: skip
    source = source_of(root, table)
    listing = read_source(source)
    assert [record.path for record in listing.records][:3] == [
        "cat/1.png",
        "cat/2.png",
        "dog/3.png",
    ]
    assert listing.notes[:4] == [
        "3 paths were matched without their ending, such as 'C:\\data\\cat\\1' to cat/1.png.",
        "3 paths were matched without their leading folders, such as 'C:\\data\\cat\\1' to"
        " cat/1.png.",
        "1 path was matched without the blanks round them, such as ' C:\\data\\DOG\\3' to"
        " dog/3.png.",
        "1 path was matched in another case, such as ' C:\\data\\DOG\\3' to dog/3.png.",
    ]
    found = inspect(source)
    assert found.missing == 1
    assert found.notes[-1] == "1 image of the folder is not in the table, such as dog/4.png."
    missing = f"1 of 4 files (25%) are missing, first C:/data/dog/9, looked for in {root}."
    assert found.doubts == [missing]
    audit = Audit.create(tmp_path / "audit", source)
    list_items(audit)
    assert {row["id"] for row in audit.store.input_rows()} >= {item_id("cat/1.png")}
    write_csv(audit.store, tmp_path / "out.csv")
    audit.store.close()
    assert [row["path"] for row in read_table(tmp_path / "out.csv")] == [
        row["path"] for row in read_table(table)
    ]
    again = read_source(source_of(root, tmp_path / "out.csv"))
    assert [record.path for record in again.records] == [record.path for record in listing.records]


def test_paths_are_relative_to_the_folder_of_a_table_within_the_data_set(folder):
    root = folder("train/1.png", "val/1.png", "val/in/2.png")
    header, *rows = ["path", "label"], ["1.png", "cat"], ["in/2.png", "dog"], ["train/1.png", "cat"]
    source = source_of(root, write_table(root / "val" / "labels.csv", header, *rows))
    listing = read_source(source)
    assert [record.path for record in listing.records] == [
        "val/1.png", "val/in/2.png", "train/1.png",
    ]  # fmt: skip
    assert listing.notes == [
        "2 paths were matched from the folder of the table, such as '1.png' to val/1.png."
    ]


def test_ambiguous_paths_are_named(folder, tmp_path):
    root = folder("train/1.png", "val/1.png", "2.png")
    table = write_table(
        tmp_path / "in.csv", ["path", "label"], ["1.png", "cat"], ["2.png", "dog"]
    )  # fmt: skip
    listing = read_source(source_of(root, table))
    (question,) = listing.questions
    assert question.answers == [".", "train", "val"]
    assert question.because == (
        "1 path is ambiguous and matched to no file, first 1.png, which may be train/1.png or"
        " val/1.png; --images-in train settles 1."
    )
    assert listing.doubts == [
        f"1 of 2 files (50%) are missing, first 1.png, looked for in {root}"
        f"{listing.doubts[0].partition(str(root))[2]}",
    ]


def test_ambiguous_paths_are_settled_by_a_folder_that_somebody_names(folder, tmp_path):
    root = folder("a/train/1.png", "a/val/1.png", "a/train/2.png", "a/val/2.png", "b/val/3.png")
    table = write_table(
        tmp_path / "in.csv", ["path", "label"], ["1.png", "cat"], ["2.png", "dog"], ["3.png", "x"]
    )  # fmt: skip
    (question,) = read_source(source_of(root, table)).questions
    assert question.answers == [".", "a/train", "a/val"]
    assert question.shown["a/train"] == "a/train, which settles 2 paths"
    answered = read_source(source_of(root, table, answers={"images_in": "a/train"}))
    assert {r.path: r.label for r in answered.records} == {
        "a/train/1.png": "cat",
        "a/train/2.png": "dog",
        "b/val/3.png": "x",
    }
    assert answered.questions == []


def test_items_without_any_image_are_no_doubt_of_an_audit(folder, tmp_path):
    """Embeddings may be of texts or sounds, whose items lead to no files."""
    (tmp_path / "images").mkdir()
    table = write_table(
        tmp_path / "in.csv", ["path", "label"], ["one", "cat"], ["C:\\two", "dog"]
    )  # fmt: skip
    listing = read_source(source_of(tmp_path / "images", table))
    assert [record.path for record in listing.records] == ["one", "C:/two"]
    assert (listing.notes, listing.doubts) == ([], [])


names = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc"], exclude_characters="/\\%\0:", max_codepoint=0xFFFF
    ),
    min_size=1,
    max_size=6,
).filter(lambda name: name.strip() == name and name.strip(".") == name)

WAYS = {
    "as it is": lambda path: path,
    "Windows": lambda path: "D:\\set\\" + path.replace("/", "\\"),
    "absolute": lambda path: f"/mnt/somewhere/{path}",
    "address": lambda path: f"file:///mnt/{path}",
    "blanks": lambda path: f"  {path} ",
    "NFC": lambda path: unicodedata.normalize("NFC", path),
    "NFD": lambda path: unicodedata.normalize("NFD", path),
    "no ending": lambda path: path.removesuffix(".jpg"),
    "folder more": lambda path: f"images/{path}",
}


@given(st.lists(st.tuples(names, names), min_size=1, max_size=6), st.sampled_from([*WAYS]))
@settings(max_examples=80, deadline=None)
def test_a_file_is_found_by_its_own_path_in_any_writing_or_not_at_all(pairs, way):
    files = {f"{kind}/{name}.jpg" for kind, name in pairs}
    index = ImageIndex(Path("nowhere"))
    index.__dict__["files"] = frozenset(files)
    ordered = sorted(files)
    found = match_paths([WAYS[way](path) for path in ordered], index)
    for position, path in enumerate(ordered):
        assert position in found.missing or found.paths[position] == path
    folded = {
        unicodedata.normalize("NFC", unicodedata.normalize("NFC", p).casefold()) for p in files
    }
    if len(folded) == len(files):
        assert found.missing == []


def test_encoded_folder_tells_files_of_one_name_apart(matched):
    files = ["a|b/1.png", "cat/1.png", f"{NFC}/1.png", f"{NFD}/1.png"]
    addresses = [f"/data/local-files/?d={quote(path)}" for path in files]
    assert matched(files, *addresses) == files
    assert matched(files, "a%7Cb/1.png") == ["a|b/1.png"]
