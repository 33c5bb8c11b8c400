import csv
import io
import json
import shutil
import subprocess
import sys
from importlib.metadata import version

import pytest

from core.audit import Audit, item_id
from core.ingest.readers import source_of
from tests.core.conftest import ROOT
from tests.core.making import Auditor, read_table, verdict_log, write_table, write_texts

SUSPECT = "12.jpg"  # the emu that is labeled lotus


@pytest.fixture
def folder(ranked):
    return ranked.folder


@pytest.fixture
def decide(command, folder):
    """Run ``verdict`` as Ana on an item by path."""

    def run(path, verdict, *labels, auditor="Ana"):
        options = [part for label in labels for part in ("--label", label)]
        outcome = command("verdict", folder, item_id(path), verdict, *options, "--auditor", auditor)
        return outcome

    return run


def judged(ranked):
    return {
        row["path"]: ranked.store.judged_ids().get(row["id"])
        for row in ranked.store.input_rows()
        if row["id"] in ranked.store.judged_ids()
    }


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


# -- findings ----------------------------------------------------------------------------------

FINDING_COLUMNS = ["kind", "group", "id", "path", "given", "split", "match", "score"]


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


# -- status ------------------------------------------------------------------------------------


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


# -- verdict -----------------------------------------------------------------------------------


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


# -- export ------------------------------------------------------------------------------------


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


def test_export_replaces_an_older_file(command, folder, tmp_path):
    (tmp_path / "out.csv").write_text("old")
    outcome = command("export", folder, "--to", tmp_path / "out.csv")
    assert (outcome.status, outcome.err.strip()) == (
        0, f"Wrote 18 rows to {tmp_path / 'out.csv'}."
    )  # fmt: skip
    assert len(read_table(tmp_path / "out.csv")) == 18
    assert [path.name for path in tmp_path.glob("out*")] == ["out.csv"]


# -- embeddings ----------------------------------------------------------------------------------


def test_audit_takes_ready_made_embeddings_and_remembers_them(command, tmp_path):
    texts = write_texts(tmp_path)
    texts.store.close()
    line = ["audit", texts.source.path, "--labels", texts.source.labels, "--into", texts.folder]
    outcome = command(*line, "--embeddings", tmp_path / "vectors.npz")
    assert outcome.status == 0, outcome.err
    assert command(*line).status == 0
    facts = json.loads(command("status", texts.folder, "--format", "json").out)
    assert facts["embeddings"] == "ready-made embeddings from vectors.npz"
    assert facts["steps"]["embed"] == "skipped"
    (first,) = json.loads(command("rank", texts.folder, "--top", "1", "--format", "json").out)
    assert first["path"] == "04.txt"


def test_embeddings_that_do_not_fit_are_told_in_one_line(command, tmp_path):
    texts = write_texts(tmp_path)
    texts.store.close()
    (tmp_path / "few.npz").write_bytes(b"no array")
    outcome = command(
        "audit", texts.source.path, "--labels", texts.source.labels, "--into", texts.folder,
        "--embeddings", tmp_path / "few.npz",
    )  # fmt: skip
    assert outcome.status == 2
    assert "few.npz" in outcome.err.splitlines()[-1]


def test_backbones_are_listed(command, tmp_path, monkeypatch):
    monkeypatch.setenv("SECOND_LOOK_HOME", str(tmp_path))
    known = {"keras": version("keras"), "backbones": {"resnet50": [2048, 224, 224]}}
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / "backbones.json").write_text(json.dumps(known))
    rows = json.loads(command("backbones", "--format", "json").out)
    assert [(row["name"], row["dimension"]) for row in rows] == [
        ("efficientnet_lite0", 1280), ("resnet50", 2048)
    ]  # fmt: skip
    assert rows[0] == {
        "name": "efficientnet_lite0", "dimension": 1280, "input": "224 x 224", "weights": "bundled"
    }  # fmt: skip


# -- mistakes ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def places(computed_pictures, tmp_path_factory):
    """Paths for the table of mistakes, by name; a mistake changes none of them."""
    here = tmp_path_factory.mktemp("places")
    shutil.copytree(computed_pictures, here / "audit")
    for name in ("empty", "flat", "classes/cat", "foreign", "rotten", "unset"):
        (here / name).mkdir(parents=True)
    (here / "flat" / "a.jpg").write_bytes(b"x")
    (here / "classes" / "cat" / "a.jpg").write_bytes(b"x")
    (here / "notes.txt").write_text("notes")
    (here / "foreign" / "notes.txt").write_text("notes")
    (here / "rotten" / "audit.db").write_text("this is no database at all")
    (here / "unset" / "audit.db").write_bytes(b"")
    Audit.create(here / "unranked", source_of(here / "classes")).store.close()
    write_table(here / "no_label.csv", ["path", "name"], ["a.jpg", "cat"])
    write_table(here / "twice.csv", ["path", "label"], ["a.jpg", "x"], ["a.jpg", "y"])
    write_table(here / "short.csv", ["path", "label"], ["a.jpg"])
    (here / "latin.csv").write_bytes("path,label\né.jpg,x\n".encode("latin-1"))
    return {"tmp": here, "audit": here / "audit", "item": item_id(SUSPECT)}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "Missing command"),
        ("dance", "No such command 'dance'"),
        ("--loud", "No such option"),
        ("rank", "Missing argument"),
        ("rank {tmp}/missing", "no audit in"),
        ("rank {tmp}/empty", "no audit in"),
        ("rank {tmp}/notes.txt", "no audit in"),
        ("rank {tmp}/rotten", "not a database"),
        ("rank {tmp}/unset", "never set up"),
        ("rank {tmp}/unranked", "not ranked yet"),
        ("rank {audit} --top 0", "--top"),
        ("rank {audit} --top many", "--top"),
        ("rank {audit} --format xml", "xml"),
        ("rank {audit} more", "unexpected extra argument"),
        ("status {tmp}/missing", "no audit in"),
        ("status {tmp}/rotten", "not a database"),
        ("status {audit} --format csv", "csv"),
        ("export {audit}", "--to"),
        ("export {audit} --to {tmp}/empty", "is a directory"),
        ("export {audit} --to {tmp}/missing/out.csv", "No such file or directory"),
        ("export {tmp}/missing --to {tmp}/out.csv", "no audit in"),
        ("verdict {audit} {item} keep", "--auditor"),
        ("verdict {audit} {item} --auditor Ana", "VERDICT"),
        ("verdict {audit} {item} perhaps --auditor Ana", "no verdict 'perhaps'"),
        ("verdict {audit} 0123456789abcdef keep --auditor Ana", "no item"),
        ("verdict {audit} 0123456789abcdef undo --auditor Ana", "to undo"),
        ("verdict {audit} {item} undo --auditor Ana", "to undo"),
        ("verdict {audit} {item} redo --auditor Ana", "no undone verdict"),
        ("verdict {audit} {item} relabel --auditor Ana", "needs one label"),
        ("verdict {audit} {item} relabel --label yak --auditor Ana", "no class 'yak'"),
        ("verdict {audit} {item} relabel --label emu --label lotus --auditor Ana", "one label"),
        ("verdict {audit} {item} ambiguous --label emu --auditor Ana", "two or more"),
        ("verdict {audit} {item} keep --label emu --auditor Ana", "takes no label"),
        ("verdict {tmp}/missing {item} keep --auditor Ana", "no audit in"),
        ("audit {tmp}/classes", "--into"),
        ("audit {tmp}/missing --into {tmp}/new", "no folder"),
        ("audit {tmp}/notes.txt --into {tmp}/new", "is a file"),
        ("audit {tmp}/empty --into {tmp}/new", "no images"),
        ("audit {tmp}/flat --into {tmp}/new", "no labels"),
        ("audit {tmp}/classes --into {tmp}/notes.txt", "is a file"),
        ("audit {tmp}/classes --into {tmp}/notes.txt/new", "otes.txt"),
        ("audit {tmp}/classes --into {tmp}/foreign", "holds other files"),
        ("audit {tmp}/classes --into {tmp}/classes", "outside the source"),
        ("audit {tmp}/classes --into {tmp}/classes/audit", "outside the source"),
        ("audit {tmp}/classes --into {audit}", "another source"),
        ("audit {tmp}/classes --into {tmp}/rotten", "not a database"),
        ("audit {tmp}/classes --labels {tmp}/missing.csv --into {tmp}/new", "no file"),
        ("audit {tmp}/classes --labels {tmp}/empty --into {tmp}/new", "directory"),
        ("audit {tmp}/classes --labels {tmp}/no_label.csv --into {tmp}/new", "no column 'label'"),
        ("audit {tmp}/classes --labels {tmp}/twice.csv --into {tmp}/new", "line 3"),
        ("audit {tmp}/classes --labels {tmp}/short.csv --into {tmp}/new", "line 2"),
        ("audit {tmp}/classes --labels {tmp}/latin.csv --into {tmp}/new", "not UTF-8"),
        ("audit {tmp}/classes --into {tmp}/new --backbone resnet5O", "near names: resnet50"),
        ("audit {tmp}/classes --into {tmp}/new --backbone {tmp}/m.keras", "no file"),
        ("audit {tmp}/classes --into {tmp}/new --weights {tmp}/w.h5", "no file"),
        ("audit {tmp}/classes --into {tmp}/new --layer head", "for a model file"),
        ("audit {tmp}/classes --into {tmp}/new --pixels blue", "blue"),
        ("audit {tmp}/classes --into {tmp}/new --embeddings {tmp}/e.npy", "no file"),
        ("audit {tmp}/classes --into {tmp}/new --predictions {tmp}/p.npy", "no file"),
        ("backbones --format csv", "csv"),
    ],
)
def test_mistake_is_told_in_one_line(command, places, line, words):
    outcome = command(*line.format(**places).split())
    assert outcome.status == 2
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1
    assert outcome.err.startswith("Error: ")
    assert words in outcome.err
    assert not (places["tmp"] / "new").exists()


@pytest.mark.parametrize("line", ["", "rank {tmp}/rotten", "audit {tmp}/empty --into {tmp}/new"])
def test_mistake_is_told_in_one_line_to_a_shell(shell_command, places, line):
    outcome = shell_command(*line.format(**places).split())
    assert (outcome.status, outcome.out, outcome.err.count("\n")) == (2, "", 1)


def test_refused_verdict_stores_nothing(decide, ranked):
    assert decide(SUSPECT, "relabel", "yak").status == 2
    assert verdict_log(ranked.store) == []


def test_audit_with_no_image_that_can_be_read_is_told_in_one_line(command, places, tmp_path):
    outcome = command("audit", places["tmp"] / "classes", "--into", tmp_path / "new")
    last = outcome.err.splitlines()[-1]
    assert outcome.status == 2
    assert last == "Error: No image could be read, so there is nothing to rank."


def test_help_is_no_mistake(command):
    outcome = command("--help")
    assert (outcome.status, outcome.err) == (0, "")
    for name in ("audit", "rank", "status", "verdict", "export"):
        assert name in outcome.out
