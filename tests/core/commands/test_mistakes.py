"""Mistakes are told in one line, whatever the command."""

import shutil

import pytest

from core.audit import Audit, item_id
from core.ingest.readers import source_of
from tests.core.commands.conftest import SUSPECT
from tests.core.ingest.packing import put
from tests.core.making import write_table


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
    write_table(here / "no_label.csv", ["path", "x"], ["a.jpg", ""])
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
        ("export {audit} --to {tmp}/empty", "is a folder; give the name of a file"),
        ("export {audit} --to {tmp}/missing/out.csv", "There is no folder"),
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
        ("audit {tmp}/classes --labels {tmp}/empty --into {tmp}/new", "is a folder"),
        ("audit {tmp}/classes --labels {tmp}/no_label.csv --into {tmp}/new", "has a label"),
        ("audit {tmp}/classes --labels {tmp}/twice.csv --into {tmp}/new", "--one-label"),
        ("audit {tmp}/classes --labels {tmp}/short.csv --into {tmp}/new", "line 2"),
        (
            "audit {tmp}/classes --labels {tmp}/latin.csv --encoding x --into {tmp}/new",
            "no encoding",
        ),
        (
            "audit {tmp}/classes --labels {tmp}/latin.csv --path-column x --into {tmp}/new",
            "no column 'x'",
        ),
        ("audit {tmp}/classes --id-column x --into {tmp}/new", "give the table with --labels"),
        ("audit {tmp}/classes --into {tmp}/new --backbone resnet5O", "similar names: resnet50"),
        ("audit {tmp}/classes --into {tmp}/new --backbone {tmp}/m.keras", "no file"),
        ("audit {tmp}/classes --into {tmp}/new --weights {tmp}/w.h5", "no file"),
        ("audit {tmp}/classes --into {tmp}/new --layer head", "efficientnet_lite0 are fixed"),
        ("audit {tmp}/classes --into {tmp}/new --pixels blue", "blue"),
        ("audit {tmp}/classes --into {tmp}/new --embeddings {tmp}/e.npy", "no file"),
        ("audit {tmp}/classes --into {tmp}/new --predictions {tmp}/p.npy", "no file"),
        ("audit {tmp}/classes --into {tmp}/new --root {tmp}/missing", "no folder"),
        ("audit {tmp}/classes --into {tmp}/new --label-column kind", "give the table"),
        (
            "audit {tmp}/classes --labels {tmp}/twice.csv --label-column kind --into {tmp}/new",
            "'kind'",
        ),
        ("move {tmp}/missing {tmp}/classes", "no audit in"),
        ("move {audit} {tmp}/missing --labels {tmp}/twice.csv", "no folder"),
        ("move {audit} {tmp}/classes --labels {tmp}/missing.csv --yes", "no file"),
        (
            "move {audit} {tmp}/classes --labels {tmp}/no_label.csv --label-column x",
            "No such option",
        ),
        ("move {audit} {tmp} --labels {tmp}/no_label.csv", "must lie outside"),
        ("backbones --format csv", "csv"),
    ],
)
def test_a_mistake_is_reported_in_one_line(command, places, line, words):
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


def test_audit_with_no_image_that_can_be_read_is_told_in_one_line(command, places, tmp_path):
    outcome = command("audit", places["tmp"] / "classes", "--into", tmp_path / "new")
    last = outcome.err.splitlines()[-1]
    assert outcome.status == 2
    assert last.startswith(
        "Error: No image could be read, so there is nothing to rank: of 1 image such as cat/a.jpg,"
    )


def test_reasons_why_nothing_can_be_read_come_most_frequent_first(command, tmp_path):
    pages, empty = b"<!doctype html>", b""
    put(tmp_path / "in", {f"cat/{n}.jpg": pages for n in range(3)} | {"dog/1.jpg": empty})
    last = command("audit", tmp_path / "in", "--into", tmp_path / "new").err.splitlines()[-1]
    assert last == (
        "Error: No image could be read, so there is nothing to rank: of 3 images such as cat/0.jpg,"
        " it is a web page, not an image; its download went wrong; of 1 image such as dog/1.jpg,"
        " the file is empty."
    )


def test_no_mistake_is_longer_than_a_sentence(command, tmp_path):
    name = "n" * 250
    put(tmp_path / name / name, {f"{n}{name[:200]}.jpg": b"x" for n in range(3)})
    for line in (
        ("inspect", tmp_path / name / name),
        ("inspect", tmp_path / name / "missing"),
        ("rank", tmp_path / name),
        ("dance" * 200,),
        ("audit", tmp_path / name, "--into", tmp_path / "new"),
    ):
        outcome = command(*line)
        assert outcome.status == 2
        assert max(map(len, outcome.err.splitlines())) <= len("Error: ") + 300


def test_help_is_no_mistake(command):
    outcome = command("--help")
    assert (outcome.status, outcome.err) == (0, "")
    for name in ("audit", "rank", "status", "verdict", "export"):
        assert name in outcome.out
