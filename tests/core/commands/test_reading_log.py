"""`log` prints every row, in three formats, and says what is wrong with its options."""

import csv
import io
import json

import pytest

from core.audit import item_id
from tests.conftest import copied
from tests.core.making import Auditor


@pytest.fixture
def judged(ranked):
    """Ana has relabeled one and undone another."""
    ana = Auditor(ranked.store, "Ana")
    ana.judge("12.jpg", "relabel", ["emu"])
    ana.judge("00.jpg", "ambiguous", ["emu", "lotus"])
    ana.undo("00.jpg")
    return ranked


def test_lines_of_json_hold_every_row(judged, command):
    rows = [
        json.loads(line)
        for line in command("log", judged.folder, "--format", "jsonl").out.splitlines()
    ]
    assert [(row["verdict"], row["labels"], row["path"]) for row in rows] == [
        ("relabel", ["emu"], "12.jpg"), ("ambiguous", ["emu", "lotus"], "00.jpg"),
        ("undo", [], "00.jpg"),
    ]  # fmt: skip
    assert rows[2]["undoes"] == rows[1]["id"]
    assert rows[1]["undone_by"] == rows[2]["id"]
    assert rows[0]["given"] == "lotus"


def test_csv_and_table_hold_the_same(judged, command):
    rows = list(csv.DictReader(io.StringIO(command("log", judged.folder, "--format", "csv").out)))
    assert [row["labels"] for row in rows] == ["emu", "emu|lotus", ""]
    header, *lines = command("log", judged.folder).out.splitlines()
    assert header.split()[:4] == ["id", "at", "auditor", "verdict"]
    assert [line.split()[3] for line in lines] == ["relabel", "ambiguous", "undo"]


@pytest.mark.parametrize("named", ["12.jpg", item_id("12.jpg")])
def test_one_item_is_named_by_path_or_id(judged, command, named):
    out = command("log", judged.folder, "--item", named, "--format", "jsonl").out
    assert [json.loads(line)["verdict"] for line in out.splitlines()] == ["relabel"]


def test_several_items_are_named_one_by_one(judged, command):
    out = command("log", judged.folder, "--item", "12.jpg", "--item", "00.jpg").out
    assert len(out.splitlines()) == 4


def test_rows_since_a_time(judged, command):
    at = [row["at"] for row in judged.store.log_rows()]
    for since, count in [("2000-01-01", 3), (at[1], 2 + (at[0] == at[1])), ("2999-12-31T10:00", 0)]:
        out = command("log", judged.folder, "--since", since, "--format", "jsonl").out
        assert len(out.splitlines()) == count, since


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--item", "x.jpg"], "There is no item with the path or id 'x.jpg' here."),
        (["--item", "x" * 9000], "There is no item"),
        (["--since", "yesterday"], "'yesterday' is no date; write one such as 2026-11-01"),
        (["--since", "2026-13-01"], "is no date"),
        (["--since", "0001-01-01T00:00+14:00"], "is no date"),
        (["--format", "xml"], "xml"),
    ],
)
def test_bad_option_gets_one_sentence(judged, command, options, sentence):
    outcome = command("log", judged.folder, *options)
    assert outcome.status == 2
    assert outcome.out == ""
    assert sentence in outcome.err
    assert len(outcome.err) < 320
    assert outcome.err.count("\n") == 1


# -- a log that travels --------------------------------------------------------------------------


@pytest.fixture
def elsewhere(computed_pictures, tmp_path):
    """Another audit of the same images, with nothing decided."""
    return copied(computed_pictures, tmp_path / "elsewhere")


def test_log_travels_to_another_audit(judged, elsewhere, command, tmp_path):
    file = tmp_path / "log.jsonl"
    outcome = command("log", judged.folder, "--export", file)
    assert (outcome.status, outcome.out) == (0, "")
    assert outcome.err == f"Wrote 3 rows of the log to {file}.\n"
    outcome = command("log", elsewhere, "--import", file)
    assert (outcome.status, outcome.out) == (0, "")
    assert outcome.err == "3 rows imported, 0 here already, 0 not placed.\n"
    kept = ("at", "auditor", "verdict", "labels", "given", "path")
    rows = [
        [
            {key: row[key] for key in kept}
            for row in map(json.loads, command("log", one, "--format", "jsonl").out.splitlines())
        ]
        for one in (judged.folder, elsewhere)
    ]
    assert rows[0] == rows[1]
    outcome = command("log", elsewhere, "--import", file)
    assert outcome.err == "0 rows imported, 3 here already, 0 not placed.\n"
    assert command("log", elsewhere, "--export", file).status == 0


def test_what_is_not_placed_is_printed(judged, elsewhere, command, tmp_path):
    file = tmp_path / "log.jsonl"
    command("log", judged.folder, "--export", file)
    text = file.read_text(encoding="utf-8")
    (content,) = {
        row["content"] for row in map(json.loads, text.splitlines()[1:]) if row["path"] == "12.jpg"
    }
    file.write_text(text.replace(content, "0" * 32), encoding="utf-8")
    outcome = command("log", elsewhere, "--import", file, "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(outcome.out))
    assert row["path"] == "12.jpg"
    assert row["reason"] == "no image here has that content"
    assert outcome.err.splitlines() == [
        "2 rows imported, 0 here already, 1 not placed.",
        "Not placed, 1 row: no image here has that content (12.jpg).",
    ]


def test_class_that_is_not_here_is_asked_for(judged, elsewhere, command, tmp_path, monkeypatch):
    file = tmp_path / "log.jsonl"
    command("classes", judged.folder, "add", "yak", "--auditor", "Ana")
    Auditor(judged.store, "Ben").judge("01.jpg", "relabel", ["yak"])
    command("log", judged.folder, "--export", file)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    outcome = command("log", elsewhere, "--import", file)
    assert outcome.status == 2
    assert "the log names 1 class not found here: 'yak'." in outcome.err
    assert command("log", elsewhere).out.count("\n") == 1
    outcome = command("log", elsewhere, "--import", file, "--new-classes", "skip")
    assert "3 rows imported, 0 here already, 1 not placed." in outcome.err
    outcome = command("log", elsewhere, "--import", file, "--new-classes", "add")
    assert "1 row imported, 3 here already, 0 not placed." in outcome.err


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--export", "{tmp}/log", "--item", "12.jpg"], "A log travels whole"),
        (["--export", "{tmp}/log", "--import", "{labels}"], "Either --export or --import."),
        (["--new-classes", "add"], "--new-classes goes with --import."),
        (["--import", "{labels}"], "is no log of Second Look"),
        (["--import", "{tmp}/missing"], "does not exist"),
        (["--import", "{tmp}"], "is a directory"),
        (["--export", "{labels}"], "is the table that the labels come from"),
        (["--export", "{tmp}/missing/log"], "There is no folder"),
    ],
)
def test_mistake_with_a_traveling_log_gets_one_sentence(judged, command, options, sentence):
    places = {"tmp": judged.folder.parent, "labels": judged.source.labels}
    outcome = command("log", judged.folder, *(one.format(**places) for one in options))
    assert outcome.status == 2
    assert outcome.out == ""
    assert sentence in outcome.err
    assert len(outcome.err) < 320
