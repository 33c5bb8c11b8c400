"""`log` prints every row, in three formats, and says what is wrong with its options."""

import csv
import io
import json

import pytest

from core.audit import item_id
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
