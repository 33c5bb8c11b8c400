"""`apply` puts the corrections of an export onto another copy, and names what does not fit."""

import csv
import io
import shutil

import pytest

from tests.core.making import Auditor, read_table, write_table


@pytest.fixture
def exported(ranked, command, tmp_path):
    """An export with three changes: an emu, a picture of nothing, and one that may be both."""
    ana = Auditor(ranked.store)
    ana.judge("12.jpg", "relabel", ["emu"])
    ana.judge("00.jpg", "none")
    ana.judge("01.jpg", "ambiguous", ["emu", "lotus"])
    ana.judge("02.jpg", "keep")
    command("export", ranked.folder, "--to", tmp_path / "corrected.csv")
    return tmp_path / "corrected.csv"


@pytest.fixture
def copy(ranked, tmp_path):
    """The same pictures in folders of classes, under other names."""
    folder = tmp_path / "copy"
    for row in read_table(ranked.source.labels):
        (folder / row["label"]).mkdir(parents=True, exist_ok=True)
        picture = ranked.source.path / row["path"]
        shutil.copy(picture, folder / row["label"] / f"other {row['path']}")
    return folder


def labels_of(path):
    return {row["path"]: row["final_label"] for row in read_table(path)}


def files_in(folder):
    return {
        path: (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*") if path.is_file()
    }  # fmt: skip


def test_corrections_go_to_another_copy(exported, copy, command, tmp_path):
    before = files_in(copy)
    out = tmp_path / "new.csv"
    outcome = command("apply", exported, "--to", copy, "--write", out)
    assert (outcome.status, outcome.out) == (0, "")
    assert outcome.err.splitlines() == [
        "3 of 3 changes fit, 0 are there already, 0 cannot be placed; 3 labels there will change.",
        f"Wrote {out}: 18 labels, 3 of them changed.",
    ]
    labels = labels_of(out)
    assert labels["lotus/other 12.jpg"] == "emu"
    assert labels["lotus/other 00.jpg"] == ""
    assert labels["lotus/other 01.jpg"] == "emu|lotus"
    assert labels["lotus/other 02.jpg"] == "lotus"
    assert len(labels) == 18
    row = next(row for row in read_table(out) if row["path"] == "lotus/other 12.jpg")
    assert (row["label"], row["verdict"], row["auditor"]) == ("lotus", "relabel", "Ana")
    assert files_in(copy) == before
    # What was written is a table of labels; with it, there is nothing left to do.
    (copy / "lotus" / "other 13.jpg").write_bytes(b"")
    outcome = command("apply", exported, "--to", copy, "--labels", out)
    assert outcome.err.startswith("0 of 3 changes fit, 2 are there already, 1 cannot be placed")


def test_what_does_not_fit_is_printed(exported, copy, command):
    (copy / "lotus" / "other 00.jpg").unlink()
    (copy / "lotus" / "other 12.jpg").rename(copy / "emu" / "other 12.jpg")
    shutil.copy(copy / "lotus" / "other 01.jpg", copy / "emu" / "copy.jpg")
    outcome = command("apply", exported, "--to", copy, "--format", "csv")
    assert outcome.status == 0
    rows = {row["path"]: row for row in csv.DictReader(io.StringIO(outcome.out))}
    assert {path: row["reason"] for path, row in rows.items()} == {
        "00.jpg": "no image there has that content",
        "01.jpg": "images there have that content, with different labels",
    }
    assert rows["01.jpg"]["found"] == "emu or lotus"
    assert "1 are there already, 2 cannot be placed" in outcome.err


def test_copy_in_an_archive_and_a_table(exported, ranked, command, tmp_path):
    archive = shutil.make_archive(str(tmp_path / "copy"), "zip", ranked.source.path)
    out = tmp_path / "new.csv"
    options = ("--labels", ranked.source.labels, "--write", out)
    outcome = command("apply", exported, "--to", archive, *options)
    assert outcome.status == 0, outcome.err
    assert labels_of(out) == labels_of(exported)  # of the very data set, it is the export again
    assert read_table(out)[3]["größe"] == "3 m"


def test_table_is_given_back_as_it_came(exported, ranked, command, tmp_path):
    table = tmp_path / "theirs.csv"
    text = ranked.source.labels.read_text(encoding="utf-8")
    table.write_bytes(text.replace("\n", "\r\n").encode())
    out = tmp_path / "corrected by label.csv"
    options = ("--labels", table, "--write", out, "--as", "own")
    outcome = command("apply", exported, "--to", ranked.source.path, *options)
    assert outcome.status == 0, outcome.err
    # One of the three may be both; a cell of this table holds one label, so it stays.
    assert outcome.err.splitlines()[-1] == f"Wrote {out}: 18 labels, 2 of them changed."
    before, after = (path.read_bytes().split(b"\r\n") for path in (table, out))
    changed = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    assert [row[1].split(b",")[-2] for row in changed] == [b"", b"emu"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["{labels}", "--to", "{images}"], "is no changes.csv of an export"),
        (["{tmp}/missing", "--to", "{images}"], "There is no file"),
        (["{changes}"], "Missing option '--to'"),
        (["{changes}", "--to", "{tmp}/missing"], "There is no folder"),
        (["{changes}", "--to", "{images}", "--labels", "{labels}", "--write", "{labels}"],
         "is the table that the labels come from"),
        (["{changes}", "--to", "{images}", "--labels", "{labels}", "--write", "{changes}"],
         "is read here; choose another file"),
        (["{changes}", "--to", "{images}", "--labels", "{labels}", "--write", "{images}/00.jpg"],
         "is a file of the data set"),
        (["{changes}", "--to", "{images}", "--labels", "{labels}", "--write", "{tmp}/no/new.csv"],
         "There is no folder"),
        (["{changes}", "--to", "{images}", "--labels", "{labels}", "--as", "x",
          "--write", "{tmp}/n"], "There is no format 'x'"),
    ],
)  # fmt: skip
def test_mistake_gets_one_sentence(exported, ranked, command, tmp_path, options, sentence):
    places = {
        "tmp": tmp_path,
        "changes": f"{exported}.changes.csv",
        "images": ranked.source.path,
        "labels": ranked.source.labels,
    }
    outcome = command("apply", *(one.format(**places) for one in options))
    assert (outcome.status, outcome.out) == (2, "")
    assert sentence in outcome.err
    assert len(outcome.err) < 320


def test_earlier_result_may_be_replaced_but_not_when_it_is_read(exported, copy, command, tmp_path):
    out = tmp_path / "new.csv"
    for _ in range(2):
        assert command("apply", exported, "--to", copy, "--write", out).status == 0
    outcome = command("apply", exported, "--to", copy, "--labels", out, "--write", out)
    assert outcome.status == 2
    write_table(out, ["mine"], ["x"])
    assert command("apply", exported, "--to", copy, "--write", out).status == 2
