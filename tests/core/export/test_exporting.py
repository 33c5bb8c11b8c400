"""An export as a whole: chosen, remembered, offered, and whole however it is cut off."""

import csv
import json
import os
import shutil
import signal
from pathlib import Path

import pytest

from core.audit import Audit, AuditError
from core.export.choices import OPEN, ExportChoices, fates_of
from core.export.destination import check_destination
from core.export.exporting import export
from core.export.file_hashes import hash_of
from core.export.outgoing import Outgoing
from core.export.writers import WRITERS, writer_of
from core.ingest.readers import source_of
from core.pipeline import list_items
from core.terms import VERDICTS
from core.versions import PROGRAM_VERSION
from tests.core.export.exports import csv_of
from tests.core.making import Auditor, file_found, read_table, write_table

ROOT = Path(__file__).parents[3]


@pytest.fixture
def audit(tmp_path):
    """Six items, listed but not computed: five are judged, each otherwise."""
    (tmp_path / "images").mkdir()
    labels = ["cat", "cat", "dog", "dog", "emu", ""]
    rows = [[f"{n}.jpg", label] for n, label in enumerate(labels)]
    table = write_table(tmp_path / "labels.csv", ["path", "label"], *rows)
    audit = Audit.create(tmp_path / "audit", source_of(tmp_path / "images", table))
    list_items(audit)
    ana = Auditor(audit.store)
    ana.judge("0.jpg", "relabel", ["dog"])
    ana.judge("1.jpg", "ambiguous", ["cat", "emu"])
    ana.judge("2.jpg", "none")
    ana.judge("3.jpg", "bad image")
    ana.judge("4.jpg", "unsure")
    yield audit
    audit.store.close()


def final(audit, **choices):
    text = csv_of(audit.store, ExportChoices(**choices)).decode()
    return {row["path"][0]: row["final_label"] for row in csv.DictReader(text.splitlines())}


# -- choices -------------------------------------------------------------------------------------


def test_what_is_open_is_told_from_the_verdicts():
    assert OPEN == ("ambiguous", "none", "bad image", "unsure", "unreviewed")
    assert {*OPEN} - {*VERDICTS} == {"unreviewed"}
    assert fates_of("ambiguous") == ["given", "all", "empty", "leave-out"]
    assert fates_of("unreviewed") == ["given", "empty", "leave-out"]


def test_everything_is_as_decided_where_nothing_was_chosen(audit):
    assert final(audit) == {"0": "dog", "1": "cat|emu", "2": "", "3": "", "4": "emu", "5": ""}


@pytest.mark.parametrize(
    ("fate", "expected"),
    [
        ("given", {"1": "cat", "2": "dog", "3": "dog", "4": "emu", "5": ""}),
        ("empty", {"1": "", "2": "", "3": "", "4": "", "5": ""}),
        ("leave-out", {}),
        ("class:odd", dict.fromkeys("12345", "odd")),
    ],
)
def test_each_fate_is_what_becomes_of_them(audit, fate, expected):
    assert final(audit, fates=dict.fromkeys(OPEN, fate)) == {"0": "dog", **expected}


def test_choices_are_checked(audit):
    for fates, words in (
        ({"keep": "given"}, "Nothing is left open by 'keep'"),
        (
            {"none": "all"},
            "'none' cannot become 'all'; choose given, empty, leave-out or class:NAME",
        ),
        ({"none": "class: x"}, "Give class: the name of a class"),
        ({"none": f"class:{'x' * 201}"}, "200 characters at most"),
    ):
        with pytest.raises(AuditError, match=words):
            ExportChoices(fates)
    with pytest.raises(AuditError, match="cannot hold several labels; choose --ambiguous given"):
        ExportChoices().check("A folder", ())


def test_choices_are_remembered_for_each_format(command, audit, tmp_path):
    def run(*options):
        return command("export", audit.folder, "--to", tmp_path / "out", *options)

    outcome = run("--bad-image", "leave-out", "--ambiguous", "class:two", "--spreadsheet")
    assert outcome.err.strip() == f"Wrote 5 rows to {tmp_path / 'out'}, 1 left out."
    assert run().err.strip().endswith("1 left out.")
    assert [row["final_label"] for row in read_table(tmp_path / "out")][1] == "two"
    assert WRITERS["csv"].choices_of(audit).is_spreadsheet_safe
    assert not WRITERS["tsv"].choices_of(audit).is_spreadsheet_safe
    run("--no-spreadsheet", "--bad-image", "given")
    assert WRITERS["csv"].choices_of(audit).fates["bad image"] == "given"
    assert WRITERS["csv"].choices_of(audit).fates["ambiguous"] == "class:two"
    assert run("--unsure", "all").status == 2


def test_export_is_of_one_moment_whatever_is_decided_meanwhile(audit):
    with Outgoing.of(audit) as outgoing:
        before = [(item.path, item.labels, item.rule) for item in outgoing.items()]
        Auditor(audit.store, "Ben").judge("0.jpg", "relabel", ["emu"])
        audit.store.set_final_rule("latest")
        audit.store.add_class("yak", auditor="Ben")
        assert [(item.path, item.labels, item.rule) for item in outgoing.items()] == before
        assert "yak" not in outgoing.classes
    assert final(audit)["0"] == "emu"


# -- what is offered -----------------------------------------------------------------------------


def test_formats_are_listed_the_inputs_own_first(command, audit):
    lines = command("export", audit.folder, "--formats").out.splitlines()
    names = [line.split()[0] for line in lines]
    assert names[:4] == ["format", "own-table", "csv", "tsv"]
    assert "issues" not in names
    assert command("export", audit.folder).err.strip() == "Error: Missing option '--to'."


def test_own_format_is_asked_for_by_one_name(command, audit, tmp_path):
    outcome = command("export", audit.folder, "--to", tmp_path / "out.csv", "--format", "own")
    assert outcome.status == 0
    text = (tmp_path / "out.csv").read_bytes()
    assert (
        text
        == b"path,label\r\n0.jpg,dog\r\n1.jpg,cat\r\n2.jpg,\r\n3.jpg,\r\n4.jpg,emu\r\n5.jpg,\r\n"
    )
    for name, words in (("xml", "no format 'xml'; there are own, csv"),
                        ("own-json", "were read as CSV, TSV and the like, not as")):  # fmt: skip
        outcome = command("export", audit.folder, "--to", tmp_path / "x", "--format", name)
        assert (outcome.status, words in outcome.err) == (2, True)


def test_labels_that_the_input_says_nowhere_are_not_given_back(tmp_path):
    (tmp_path / "images").mkdir()
    table = tmp_path / "labels.csv"
    table.write_bytes(b"path,label\n1.jpg,cat;dog\n2.jpg,dog\n3.jpg,emu\n")
    several = {"label_separator": ";"}
    audits = [
        Audit.create(tmp_path / f"audit {n}",
                     source_of(tmp_path / "images", table, answers={**several, **more}))
        for n, more in enumerate(({}, {"one_label": "dog"}))
    ]  # fmt: skip
    for audit in audits:
        list_items(audit)
    with pytest.raises(AuditError, match="cannot be given back as it came"):
        writer_of(audits[1], "own")
    writer, out = writer_of(audits[0], "own"), tmp_path / "out.csv"
    export(audits[0], writer, out)
    assert out.read_bytes() == table.read_bytes()
    ana = Auditor(audits[0].store)
    ana.judge("1.jpg", "unsure")
    ana.judge("2.jpg", "ambiguous", ["dog", "emu"])
    export(audits[0], writer, out, ExportChoices({"ambiguous": "all"}))
    assert out.read_bytes() == b"path,label\n1.jpg,cat;dog\n2.jpg,dog;emu\n3.jpg,emu\n"
    ana.judge("1.jpg", "none")
    export(audits[0], writer, out)
    assert out.read_bytes().splitlines()[1] == b"1.jpg,"
    for audit in audits:
        audit.store.close()


# -- the destination -----------------------------------------------------------------------------


def test_only_an_older_export_is_replaced(audit, tmp_path):
    out, writer = tmp_path / "out.csv", writer_of(audit, "own")
    export(audit, writer, out)
    export(audit, writer, out)
    out.write_bytes(out.read_bytes() + b"6.jpg,mine\n")
    with pytest.raises(AuditError, match=r"out.csv was changed since it was exported"):
        export(audit, writer, out)
    out.unlink()
    (tmp_path / "out.csv.changes.csv").write_text("mine")
    with pytest.raises(AuditError, match=r"changes.csv is no file of ours"):
        export(audit, writer, out)
    with pytest.raises(AuditError, match="is a folder; give the name of a file"):
        export(audit, writer, tmp_path / "images")
    with pytest.raises(AuditError, match="There is no folder"):
        export(audit, writer, tmp_path / "nowhere" / "out.csv")
    with pytest.raises(AuditError, match="the table that the labels come from"):
        export(audit, writer, tmp_path / "labels.csv")


def test_folder_is_replaced_only_where_it_is_an_export(folders, tmp_path):
    audit, out = folders, tmp_path / "out"
    writer = writer_of(audit, "own")
    for place in (tmp_path / "data", tmp_path / "audit", tmp_path):
        with pytest.raises(AuditError, match="holds what the audit reads"):
            export(audit, writer, place)
    out.mkdir()
    export(audit, writer, out)
    export(audit, writer, out)
    (out / "mine.txt").write_text("mine")
    with pytest.raises(AuditError, match=r"holds mine.txt, which is not of the export"):
        export(audit, writer, out)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.txt").write_text("mine")
    with pytest.raises(AuditError, match="holds other files"):
        export(audit, writer, tmp_path / "other")


def test_hash_of_a_linked_file_is_the_one_that_the_audit_has_while_that_is_right(audit, tmp_path):
    files = []
    for n in range(6):
        image = tmp_path / "images" / f"{n}.jpg"
        image.write_bytes(b"%d" % n)
        seen = image.stat()
        times = {"size": seen.st_size, "mtime_ns": seen.st_mtime_ns}
        files.append(file_found(image.name, f"known {n}") | times)
    audit.store.record_files(files, {})
    os.utime(tmp_path / "images" / "5.jpg", ns=(1, 1))
    choices = ExportChoices(dict.fromkeys(OPEN, "class:x"))
    export(audit, WRITERS["folders"], tmp_path / "out", choices)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    hashes = {Path(name).name: one for name, one in manifest["files"].items()}
    assert (hashes["0.jpg"], hashes["5.jpg"]) == ("known 0", hash_of(tmp_path / "images" / "5.jpg"))


# -- cut off -------------------------------------------------------------------------------------


@pytest.fixture
def folders(tmp_path):
    """Two splits with a table each, which are given back as a folder."""
    for split, label in (("train", "cat"), ("test", "dog")):
        (tmp_path / "data" / split).mkdir(parents=True)
        (tmp_path / "data" / split / "1.jpg").touch()
        (tmp_path / "data" / split / "metadata.csv").write_text(f"file_name,label\n1.jpg,{label}\n")
    audit = Audit.create(tmp_path / "audit", source_of(tmp_path / "data"))
    list_items(audit)
    yield audit
    audit.store.close()


STEPS = [(Path, name) for name in ("open", "replace", "rename", "mkdir", "unlink")]
STEPS += [(shutil, "rmtree"), (shutil, "copyfile")]


def killed_at(step, folder, name, out):
    """Export in a process that is killed at one of its steps; tell whether it came to its end."""
    child = os.fork()
    if child == 0:
        passed = iter(range(step))

        def counting(function):
            def call(*arguments, **options):
                if next(passed, None) is None:
                    os.kill(os.getpid(), signal.SIGKILL)
                return function(*arguments, **options)

            return call

        audit = Audit(folder)
        writer = writer_of(audit, name)
        for owner, function in STEPS:
            setattr(owner, function, counting(getattr(owner, function)))
        try:
            export(audit, writer, out)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return not os.WIFSIGNALED(status)


def content_of(path):
    if path.is_file():
        return path.read_bytes()
    return {
        one.relative_to(path).as_posix(): one.read_bytes()
        for one in sorted(path.rglob("*.csv"))
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_killed_export_leaves_the_old_one_or_the_new_one_whole(request, tmp_path, kind):
    audit = request.getfixturevalue("audit" if kind == "file" else "folders")
    writer, out = writer_of(audit, "own"), tmp_path / "out"
    export(audit, writer, out)
    old = content_of(out)
    path = "4.jpg" if kind == "file" else "test/1.jpg"
    Auditor(audit.store, "Ben").judge(path, "relabel", ["cat"])
    export(audit, writer, tmp_path / "expected")
    new = content_of(tmp_path / "expected")
    assert new != old
    kills = 0
    while not killed_at(kills, audit.folder, "own", out):
        kills += 1
        assert content_of(out) in (old, new)
        check_destination(audit, out, kind == "folder")
    assert kills > 5
    assert content_of(out) == new


def test_what_a_killed_export_has_left_is_removed_by_a_later_one(audit, tmp_path):
    out, left = tmp_path / "out.csv", f"{'0' * 32}.partial"
    names = [f"out.{left}.csv", f"out.csv.manifest.{left}.json", f"other.{left}.csv"]
    for name in names:
        (tmp_path / name).write_text("half")
    (tmp_path / f"out.{left}").mkdir()
    export(audit, WRITERS["csv"], out)
    assert all((tmp_path / name).exists() for name in names)  # it may be at work
    for one in tmp_path.glob(f"*{left}*"):
        os.utime(one, (1, 1))
    export(audit, WRITERS["csv"], out)
    assert [one.name for one in tmp_path.glob("*.partial*")] == [names[2]]


def test_version_is_that_of_the_project():
    assert f'version = "{PROGRAM_VERSION}"' in (ROOT / "pyproject.toml").read_text()
