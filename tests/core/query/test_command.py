"""``python -m core browse``."""

import csv
import io
import json

import pytest

from core.audit import item_id


@pytest.fixture
def browse(command, ranked):
    return lambda *arguments: command("browse", ranked.folder, *arguments)


def paths(outcome):
    assert outcome.status == 0, outcome.err
    return [row["path"] for row in json.loads(outcome.out)]


def test_without_a_query_it_prints_everything_the_most_suspect_first(browse, ranked):
    found = paths(browse("--format", "json"))
    assert found[0] == "12.jpg"
    assert len(found) == 18


def test_query_sort_and_limit_are_applied(browse):
    query = "given:lotus -path:12"
    found = paths(browse(query, "--sort", "-path", "--limit", "2", "--format", "json"))
    assert found == ["08.jpg", "07.jpg"]


def test_query_may_begin_with_a_minus(browse, command, ranked):
    command("verdict", ranked.folder, item_id("12.jpg"), "keep", "--auditor", "Ana")
    found = paths(browse("-verdict:any", "--sort", "path", "--format", "json"))
    assert len(found) == 17
    assert "12.jpg" not in found
    assert paths(browse("-(height:>0)", "--format", "json")) == []


def test_csv_has_a_header_and_the_verdicts(browse, command, ranked):
    command("verdict", ranked.folder, item_id("12.jpg"), "relabel", "--label", "emu",
            "--auditor", "Ana")  # fmt: skip
    (row,) = csv.DictReader(io.StringIO(browse("auditor:Ana", "--format", "csv").out))
    assert [row[name] for name in ("path", "given", "suggested", "final", "verdict")] == [
        "12.jpg", "lotus", "emu", "emu", "relabel",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["giben:x"], "Did you mean 'given'? (column 1)"),
        (["given:lottus"], "Did you mean 'lotus'? (column 7)"),
        (["(given:emu"], "This parenthesis is not closed. (column 1)"),
        (["--sort", "no such"], "There is no field 'no such'."),
        (["--limit", "0"], "--limit"),
    ],
)
def test_a_mistake_is_reported_in_one_line(browse, arguments, message):
    outcome = browse(*arguments)
    assert (outcome.status, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert message in outcome.err
