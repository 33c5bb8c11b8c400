"""What commands that only look print."""

import csv
import io
import json
import subprocess
import sys

import pytest

from core.audit import item_id
from core.ingest.readers import source_of
from tests.core.commands.conftest import SUSPECT
from tests.core.conftest import ROOT
from tests.core.making import Auditor

# -- rank ------------------------------------------------------------------------------------


def test_rank_as_csv_has_a_header_and_every_item(command, folder):
    outcome = command("rank", folder, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(outcome.out)))
    assert list(rows[0]) == ["id", "path", "given", "suggested", "suspicion"]
    assert {row["path"] for row in rows} == {f"{n:02}.jpg" for n in range(18)}


def test_rank_has_the_most_suspect_first(command, folder):
    rows = json.loads(command("rank", folder, "--format", "json").out)
    suspicions = [row["suspicion"] for row in rows]
    assert suspicions == sorted(suspicions, reverse=True)


def test_rank_puts_the_wrong_label_first(command, folder):
    (row,) = json.loads(command("rank", folder, "--top", "1", "--format", "json").out)
    assert (row["path"], row["given"], row["suggested"]) == (SUSPECT, "lotus", "emu")


def test_rank_follows_the_queue_and_prints_the_suspicion(command, ranked):
    last = ranked.store.ranking()[-1]
    ranked.store.set_priorities({last["id"]: 1.0})
    (row,) = json.loads(command("rank", ranked.folder, "--top", "1", "--format", "json").out)
    assert row == last


def test_rank_as_a_table_has_one_line_for_each_item(command, folder):
    lines = command("rank", folder, "--top", "5").out.splitlines()
    assert lines[0].split() == ["id", "path", "given", "suggested", "suspicion"]
    assert len(lines) == 6


@pytest.mark.parametrize("style", ["table", "csv", "json"])
def test_rank_says_the_same_every_time(command, folder, style):
    first, second = (command("rank", folder, "--format", style) for _ in range(2))
    assert first.out == second.out


@pytest.mark.parametrize("style", ["table", "csv", "json"])
def test_rank_writes_nothing_beside_its_result(shell_command, folder, style):
    outcome = shell_command("rank", folder, "--format", style)
    assert (outcome.status, outcome.err) == (0, "")
    assert SUSPECT in outcome.out


def test_rank_to_a_reader_that_stops_early_is_quiet(folder):
    process = subprocess.Popen(
        [sys.executable, "-m", "core", "rank", folder, "--format", "csv"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.close()
    assert process.stderr.read() == b""
    process.wait()


# -- findings --------------------------------------------------------------------------------

FINDING_COLUMNS = ["kind", "group", "id", "path", "given", "split", "match", "score", "note"]


@pytest.fixture
def found(ranked):
    """The suspect is a near copy of an emu, and an outlier is there too."""
    rows = [
        ("conflicts", 0, SUSPECT, SUSPECT, 0.97, False),
        ("conflicts", 1, SUSPECT, "14.jpg", 0.97, False),
        ("outliers", 0, "03.jpg", "03.jpg", 3.5, None),
    ]
    ranked.store.replace_findings(
        {
            "kind": kind,
            "position": position,
            "group_id": item_id(group),
            "item_id": item_id(path),
            "score": score,
            "exact": exact,
        }
        for kind, position, group, path, score, exact in rows
    )
    return ranked.folder


def test_findings_as_csv_name_items_and_their_group(command, found):
    outcome = command("findings", found, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(outcome.out)))
    assert list(rows[0]) == FINDING_COLUMNS
    assert [(row["kind"], row["path"], row["match"]) for row in rows] == [
        ("conflicts", SUSPECT, "near"), ("conflicts", "14.jpg", "near"), ("outliers", "03.jpg", ""),
    ]  # fmt: skip
    assert {row["group"] for row in rows[:2]} == {item_id(SUSPECT)}


def test_findings_of_one_kind_are_printed_alone(command, found):
    (row,) = json.loads(command("findings", found, "--kind", "outliers", "--format", "json").out)
    assert (row["path"], row["match"], row["score"]) == ("03.jpg", None, 3.5)
    table = command("findings", found, "--kind", "conflicts").out.splitlines()
    assert table[0].split() == FINDING_COLUMNS
    assert len(table) == 3


def test_no_findings_are_a_header_alone(command, found):
    assert len(command("findings", found, "--kind", "leakage").out.splitlines()) == 1


def test_an_audit_that_was_never_looked_through_says_so(command, ranked):
    with ranked.store.transaction() as db:
        db.table("artifacts").delete("findings")
    outcome = command("findings", ranked.folder)
    assert outcome.status == 2
    assert "run `audit` again" in outcome.err


# -- names with line ends ----------------------------------------------------------------------

ODD = 'lo\ntus\r\u2028\x1b[31m, "red"'


@pytest.fixture
def odd(ranked, found):
    """An audit with line ends in the name of a class, of a file and of an auditor."""
    with ranked.store.transaction() as db:
        db.execute("update classes set name = ? where name = 'lotus'", [ODD])
        db.execute("update browse set given = ?, final = ? where given = 'lotus'", [ODD, ODD])
        db.execute("update items set path = ? where path = '03.jpg'", [ODD])
    return ranked


@pytest.mark.parametrize(
    ("name", "n_lines"), [("rank", 19), ("browse", 19), ("findings", 4), ("agreement", 2)]
)
def test_table_has_one_line_for_each_row_whatever_the_names(command, odd, name, n_lines):
    Auditor(odd.store, ODD).judge("00.jpg")
    Auditor(odd.store, "Ben").judge("00.jpg", role="second")
    out = command(name, odd.folder).out
    assert len(out.splitlines()) == out.count("\n") == n_lines + 2 * (name == "agreement")
    assert "\x1b" not in out
    assert 'lo\\ntus\\r\\u2028\\x1b[31m, "red"' in out


def test_status_has_one_line_for_each_name(command, odd):
    n_lines = len(command("status", odd.folder).out.splitlines())
    odd.move_source(source_of(odd.folder / "a\nb", odd.folder / "c\rd"))
    out = command("status", odd.folder).out
    assert len(out.splitlines()) == out.count("\n") == n_lines
    assert "a\\nb with" in out


@pytest.mark.parametrize("name", ["rank", "browse", "findings"])
def test_csv_and_json_have_the_names_as_they_are(command, odd, name):
    text = command(name, odd.folder, "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert {row["given"] for row in rows} == {ODD, "emu"}
    as_json = json.loads(command(name, odd.folder, "--format", "json").out)
    assert [row["given"] for row in as_json] == [row["given"] for row in rows]
    assert len(as_json) == len(rows)


def test_error_with_a_line_end_in_a_name_is_one_line(command, tmp_path):
    outcome = command("rank", tmp_path / "a\nb\x1b[2J")
    assert (outcome.status, outcome.err.count("\n")) == (2, 1)
    assert "\x1b" not in outcome.err


# -- status ----------------------------------------------------------------------------------


def test_status_as_json_counts_what_is_there(command, folder):
    facts = json.loads(command("status", folder, "--format", "json").out)
    assert (facts["items"], facts["classes"], facts["quarantined"]) == (18, 2, 0)
    assert facts["job"] == "done"
    assert set(facts["steps"].values()) == {"done"}


def test_status_counts_verdicts(command, folder, decide):
    decide(SUSPECT, "relabel", "emu")
    facts = json.loads(command("status", folder, "--format", "json").out)
    assert facts["verdicts"] == {"relabel": 1}
    assert facts["reviewed"] == 1


def test_status_as_a_table_is_for_people(command, folder):
    lines = dict(
        line.split(maxsplit=1)
        for line in command("status", folder).out.splitlines()
        if " " in line.strip()
    )
    assert lines["items"] == "18"
    assert lines["steps"] == (
        "list done, embed done, neighbors done, evidence done, findings done, map done"
    )


def test_what_cannot_be_read_without_an_answer_is_printed_with_its_questions(command, tmp_path):
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "1.jpg").write_bytes(b"x")
    table = tmp_path / "in.csv"
    table.write_text("path,note,kind\n1.jpg,a,cat\n2.jpg,b,dog\n3.jpg,a,dog\n")
    given = ("inspect", tmp_path / "images", "--labels", table)
    refused = command(*given, "--format", "json")
    assert (refused.status, refused.err.count("\n")) == (2, 1)
    (question,) = json.loads(refused.out)["questions"]
    assert (question["name"], question["answers"]) == ("label_column", ["", "note", "kind"])
    assert command(*given).out == ""
    answered = command(*given, "--answer", "label_column", "kind", "--format", "json")
    assert json.loads(answered.out)["classes"] == {"dog": 2, "cat": 1}
