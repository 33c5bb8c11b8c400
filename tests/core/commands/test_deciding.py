"""Verdicts by command, and what is made of them."""

import json

import pytest

from tests.core.commands.conftest import SUSPECT
from tests.core.making import Auditor, read_table, verdict_log


def judged(ranked):
    return {
        row["path"]: ranked.store.judged_ids().get(row["id"])
        for row in ranked.store.input_rows()
        if row["id"] in ranked.store.judged_ids()
    }


# -- verdict ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "labels", "stored"),
    [
        ("keep", (), "keep"),
        ("relabel", ("emu",), "relabel"),
        ("ambiguous", ("emu", "lotus"), "ambiguous"),
        ("none", (), "none"),
        ("bad-image", (), "bad image"),
        ("bad image", (), "bad image"),
        ("UNSURE", (), "unsure"),
    ],
)
def test_verdict_is_stored(decide, ranked, word, labels, stored):
    outcome = decide(SUSPECT, word, *labels)
    assert (outcome.status, outcome.out) == (0, "")
    assert judged(ranked) == {SUSPECT: stored}


def test_verdict_is_undone_and_redone(decide, ranked):
    decide(SUSPECT, "keep")
    assert decide(SUSPECT, "undo").status == 0
    assert judged(ranked) == {}
    assert decide(SUSPECT, "redo").status == 0
    assert judged(ranked) == {SUSPECT: "keep"}


def test_verdict_of_somebody_else_is_not_undone(decide, ranked):
    decide(SUSPECT, "keep")
    outcome = decide(SUSPECT, "undo", auditor="Ben")
    assert (outcome.status, outcome.err.count("Ben has no verdict")) == (2, 1)
    assert judged(ranked) == {SUSPECT: "keep"}


def test_label_that_is_almost_a_class_brings_a_suggestion(decide):
    assert "Did you mean 'emu'?" in decide(SUSPECT, "relabel", "emmu").err


def test_relabel_to_the_given_label_is_refused(decide):
    outcome = decide(SUSPECT, "relabel", "lotus")
    assert (outcome.status, "keep" in outcome.err) == (2, True)


def test_refused_verdict_stores_nothing(decide, ranked):
    assert decide(SUSPECT, "relabel", "yak").status == 2
    assert verdict_log(ranked.store) == []


# -- export and agreement --------------------------------------------------------------------


def test_export_keeps_the_inputs_columns_in_order_and_adds_five(command, folder, tmp_path):
    command("export", folder, "--to", tmp_path / "out.csv")
    assert list(read_table(tmp_path / "out.csv")[0]) == [
        "note", "path", "label", "größe", "final_label", "verdict", "auditor", "time", "rule",
    ]  # fmt: skip


def test_export_follows_a_rule_and_remembers_it(command, folder, decide, ranked, tmp_path):
    for name, verdict in (("Ana", "none"), ("Ben", "none"), ("Cleo", "bad-image")):
        decide(SUSPECT, verdict, auditor=name)

    def exported(*rule):
        assert command("export", folder, "--to", tmp_path / "out.csv", *rule).status == 0
        row = next(row for row in read_table(tmp_path / "out.csv") if row["path"] == SUSPECT)
        return row["verdict"], row["rule"]

    assert exported() == ("bad image", "latest of 3")
    assert exported("--rule", "majority") == exported() == ("none", "majority 2 of 3")
    assert ranked.store.final_rule() == "majority"
    assert command("export", folder, "--to", tmp_path / "out.csv", "--rule", "loudest").status == 2


def test_agreement_is_printed_for_everybody_pairs_and_classes(command, folder, ranked):
    paths = [row["path"] for row in ranked.store.ranking()]
    ana, ben = Auditor(ranked.store, "Ana"), Auditor(ranked.store, "Ben")
    for path in paths:
        ana.judge(path)
    for number, path in enumerate(paths):
        ben.judge(path, "keep" if number else "none", role="second")
    rows = json.loads(command("agreement", folder, "--format", "json").out)
    assert [(row["of"], row["name"]) for row in rows[:2]] == [("all", ""), ("pair", "Ana and Ben")]
    assert {row["name"] for row in rows[2:]} == {"lotus", "emu"}
    assert (rows[0]["images"], rows[0]["agree"]) == (18, 17)
    assert rows[0]["low"] < rows[0]["value"] < rows[0]["high"]
    header, first, *_ = command("agreement", folder).out.splitlines()
    assert header.split()[:3] == ["of", "name", "images"]
    assert "Cohen's kappa" in first


def test_agreement_of_nobody_says_why_there_is_none(command, folder):
    (row,) = json.loads(command("agreement", folder, "--format", "json").out)
    assert (row["images"], row["value"]) == (0, None)
    assert "fewer than two images" in row["why"]


def test_name_of_a_known_auditor_may_be_typed_in_another_case(decide, ranked):
    decide(SUSPECT, "keep", auditor="Ana Lima")
    decide(SUSPECT, "none", auditor=" ana lima ")
    assert ranked.store.auditors() == ["Ana Lima"]


def test_export_has_the_final_labels(command, folder, decide, tmp_path):
    decide(SUSPECT, "relabel", "emu")
    decide("00.jpg", "none")
    command("export", folder, "--to", tmp_path / "out.csv")
    final = {row["path"]: row["final_label"] for row in read_table(tmp_path / "out.csv")}
    assert (final[SUSPECT], final["00.jpg"], final["01.jpg"]) == ("emu", "", "lotus")


def test_export_replaces_an_older_export_and_nothing_else(command, folder, tmp_path):
    names = ["out.csv", "out.csv.changes.csv", "out.csv.manifest.json"]
    for _ in range(2):
        outcome = command("export", folder, "--to", tmp_path / "out.csv")
        assert (outcome.status, outcome.err.strip()) == (
            0, f"Wrote 18 rows to {tmp_path / 'out.csv'}."
        )  # fmt: skip
        assert len(read_table(tmp_path / "out.csv")) == 18
        assert sorted(path.name for path in tmp_path.glob("out*")) == names
    (tmp_path / "mine.csv").write_text("old")
    outcome = command("export", folder, "--to", tmp_path / "mine.csv")
    assert (outcome.status, "is no export of ours" in outcome.err) == (2, True)
    assert (tmp_path / "mine.csv").read_text() == "old"
