"""A data set that lies elsewhere now is recognized by its content before anything changes."""

import os
import shutil

import pytest
from click.testing import CliRunner

from core import pipeline
from core.__main__ import cli
from core.audit import Audit, AuditError
from core.ingest.files import content_hash
from core.ingest.readers import SourceError, read_source, source_of
from core.moving import compare, look, move, source_in
from tests.core.ingest.packing import put, tarred, zipped
from tests.core.making import Auditor, steps, verdict_of, write_table


def write(folder, files):
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


FILES = {f"{kind}/{number}.jpg": f"{kind} {number}".encode() for kind in "ab" for number in "123"}


@pytest.fixture
def audit(tmp_path):
    """Six files in two class folders, their contents recorded, nothing computed."""
    write(tmp_path / "data" / "pets", FILES)
    yield from recorded(tmp_path / "audit", tmp_path / "data" / "pets")


def recorded(folder, source):
    """Yield the audit of `FILES` as they lie in `source`."""
    audit = Audit.create(folder, source_of(source))
    pipeline.list_items(audit)
    for file in audit.store.listed_files():
        found = {"id": file["id"], "size": 1, "mtime_ns": 1}
        audit.store.record_files([found | {"content_hash": content_hash(FILES[file["path"]])}], {})
    yield audit
    audit.store.close()


def compared(audit, folder):
    source = source_in(audit, folder)
    return compare(audit, source, read_source(source))


def test_every_file_is_counted_once(audit, tmp_path):
    there = dict(FILES)
    there["a/1.jpg"] = b"another picture"
    there["b/renamed.jpg"] = there.pop("b/1.jpg")
    del there["a/2.jpg"]
    there["b/new.jpg"] = b"new"
    write(tmp_path / "elsewhere", there)
    found = compared(audit, tmp_path / "elsewhere")
    assert found.sentences()[0] == "4 of 6 images recognized, 1 changed, 1 missing, 1 new."
    assert (found.changed, found.missing, found.new) == (["a/1.jpg"], ["a/2.jpg"], ["b/new.jpg"])
    assert found.moved == {"b/1.jpg": "b/renamed.jpg"}
    assert found.relabeled == []


def test_names_that_were_swapped_are_recognized(audit, tmp_path):
    there = FILES | {"a/1.jpg": FILES["b/1.jpg"], "b/1.jpg": FILES["a/1.jpg"]}
    write(tmp_path / "elsewhere", there)
    found = compared(audit, tmp_path / "elsewhere")
    assert (found.recognized, found.changed, found.new) == (6, [], [])
    assert sorted(found.relabeled) == [("a/1.jpg", "b", "a"), ("b/1.jpg", "a", "b")]


def test_copies_are_not_recognized_twice(audit, tmp_path):
    write(tmp_path / "elsewhere", {f"a/{n}.jpg": FILES["a/1.jpg"] for n in "123"})
    found = compared(audit, tmp_path / "elsewhere")
    assert (found.recognized, found.changed, found.new) == (1, ["a/2.jpg", "a/3.jpg"], [])


def test_folder_one_too_high_is_told_with_the_one_to_give(audit, tmp_path):
    sentences = look(audit, source_in(audit, tmp_path / "data")).sentences()
    assert sentences[0] == "6 of 6 images recognized, 0 changed, 0 missing, 0 new."
    assert "such as a/1.jpg, now pets/a/1.jpg" in sentences[1]
    assert sentences[1].endswith("To keep the paths, give the folder pets in it.")
    assert sentences[2] == (
        "6 given labels will change, such as that of pets/a/1.jpg: a, then pets."
    )


def test_folder_one_too_deep_is_told_with_the_one_to_give(audit, tmp_path):
    audit.move_source(source_in(audit, tmp_path / "data"))
    pipeline.list_items(audit)
    for file in audit.store.listed_files():
        content = content_hash(FILES[file["path"].removeprefix("pets/")])
        found = {"id": file["id"], "size": 1, "mtime_ns": 1, "content_hash": content}
        audit.store.record_files([found], {})
    sentences = look(audit, source_in(audit, tmp_path / "data" / "pets")).sentences()
    assert sentences[1].endswith("give the folder above, which holds pets.")


def test_nothing_recognized_is_refused_with_where_it_may_be(audit, tmp_path):
    table = write_table(tmp_path / "in.csv", ["path", "label"], *([path, "x"] for path in FILES))
    write(tmp_path / "data" / "copies", FILES)  # so that no path means one file alone
    with pytest.raises(SourceError, match=r"None of the 6 images.*holds its paths"):
        look(audit, source_of(tmp_path / "data", table))
    write(tmp_path / "other", {"a/1.jpg": b"?"})
    with pytest.raises(SourceError, match=r"None of the 6 images.*Nothing was changed") as error:
        look(audit, source_in(audit, tmp_path / "other"))
    assert "holds its paths" not in str(error.value)
    assert audit.source.path == tmp_path / "data" / "pets"
    assert audit.store.latest_run("move")["state"] == "failed"


def test_audit_inside_the_new_place_is_refused(audit, tmp_path):
    with pytest.raises(AuditError, match="must lie outside"):
        source_in(audit, tmp_path)


def test_moved_data_set_is_not_read_again(computed, command):
    home = computed.folder.parent
    computed.store.set_second_share(0)
    Auditor(computed.store).judge("03.jpg")
    new = home / "disk" / "images"
    shutil.move(home / "source", new)
    shutil.move(home / "labels.csv", home / "disk" / "labels.csv")
    for file in new.iterdir():
        os.utime(file, (1, 1))
    table = home / "disk" / "labels.csv"
    refused = command("audit", new, "--labels", table, "--into", computed.folder)
    assert "`python -m core move DIR SOURCE`" in refused.err
    refused = command("move", computed.folder, new, "--yes")
    assert (refused.status, "give the table with --labels" in refused.err) == (2, True)
    outcome = command("move", computed.folder, new, "--labels", table, "--yes")
    assert (outcome.status, outcome.out) == (0, "")
    assert "18 of 18 images recognized, 0 changed, 0 missing, 0 new.\n" in outcome.err
    assert command("audit", new, "--labels", table, "--into", computed.folder).status == 0
    assert {state for name, state in steps(computed).items() if name != "list"} == {"skipped"}
    assert verdict_of(computed.store, "03.jpg") == "keep"
    assert computed.source.path == new  # an audit that is open knows at once


def test_table_inside_the_source_is_found_in_the_new_place(computed):
    home = computed.folder.parent
    shutil.move(home / "labels.csv", home / "source" / "labels.csv")
    computed.move_source(source_of(home / "source", home / "source" / "labels.csv", "größe"))
    shutil.move(home / "source", home / "new")
    source = source_in(computed, home / "new")
    assert (source.labels, source.label_column) == (home / "new" / "labels.csv", "größe")


def test_move_asks_and_changes_nothing_after_a_no(computed):
    home = computed.folder.parent
    shutil.copytree(home / "source", home / "new")
    arguments = ["move", str(computed.folder), str(home / "new")]
    answer = CliRunner().invoke(cli, arguments, input="n\n")
    assert "18 of 18 images recognized" in answer.output
    assert "Nothing was changed" in str(answer.exception)
    unanswered = CliRunner().invoke(cli, arguments, input="")
    assert "--yes moves the audit without asking" in str(unanswered.exception)
    assert computed.source.path == home / "source"
    assert CliRunner().invoke(cli, [*arguments, "--check"]).exit_code == 0
    assert computed.source.path == home / "source"
    assert computed.store.setting("move_check")["sentences"][0].startswith("18 of 18")
    assert CliRunner().invoke(cli, arguments, input="y\n").exit_code == 0
    assert computed.source.path == home / "new"


def test_move_waits_for_nobody_and_takes_the_run_lock(computed, command):
    from core.jobs import run_lock

    with run_lock(computed):
        outcome = command("move", computed.folder, computed.source.path, "--yes")
    assert (outcome.status, "is being computed already" in outcome.err) == (2, True)


def test_table_of_another_format_is_read_as_what_it_is(computed):
    home = computed.folder.parent
    (home / "labels.jsonl").write_text('{"path": "01.jpg", "label": "emu"}\n', encoding="utf-8")
    assert source_in(computed, home / "source").format == "csv"
    assert source_in(computed, home / "source", home / "labels.jsonl").format == "jsonl"


# -- archives --------------------------------------------------------------------------------


@pytest.fixture
def of_zip(tmp_path):
    """The same six files, audited as a zip."""
    yield from recorded(tmp_path / "of_zip", zipped(tmp_path / "pets.zip", FILES))


def moved(audit, place):
    source = source_in(audit, place)
    comparison = look(audit, source)
    move(audit, source, comparison)
    return comparison


def places(audit):
    return {one.name for one in audit.folder.iterdir() if "unpacked" in one.name}


def test_archive_that_lies_elsewhere_is_recognized(of_zip, tmp_path, command):
    (tmp_path / "other").mkdir()
    other = (tmp_path / "pets.zip").rename(tmp_path / "other" / "animals.zip")
    assert moved(of_zip, other).recognized == 6
    assert (of_zip.source.path, of_zip.source.format) == (other, "zip")
    assert of_zip.contents.path == of_zip.folder / "unpacked"
    assert places(of_zip) == {"unpacked"}
    assert len(pipeline.list_items(of_zip).records) == 6


def test_audit_of_an_archive_moves_to_the_folder_that_it_held(of_zip, tmp_path):
    folder = put(tmp_path / "pets", FILES)
    assert moved(of_zip, folder).recognized == 6
    assert of_zip.contents == of_zip.source
    assert (of_zip.source.path, of_zip.source.format) == (folder, "class-folders")
    assert places(of_zip) == set()
    assert len(pipeline.list_items(of_zip).records) == 6


def test_audit_of_a_folder_moves_to_an_archive_of_it(audit, tmp_path):
    path = tarred(tmp_path / "pets.tar", FILES | {"a/1.jpg": b"another picture"})
    found = moved(audit, path)
    assert (found.recognized, found.changed) == (5, ["a/1.jpg"])
    assert (audit.source.format, audit.contents.format) == ("tar", "class-folders")
    assert places(audit) == {"unpacked"}
    assert (audit.folder / "unpacked" / "a" / "1.jpg").read_bytes() == b"another picture"


def test_no_to_a_move_leaves_nothing_of_the_archive(audit, tmp_path, command):
    path = zipped(tmp_path / "pets.zip", FILES)
    before = audit.source
    outcome = command("move", audit.folder, path, "--check")
    assert (outcome.status, audit.source) == (0, before)
    assert "6 of 6 images recognized" in outcome.err
    assert places(audit) == set()


def test_hostile_archive_moves_nothing(of_zip, tmp_path):
    path = zipped(tmp_path / "evil.zip", FILES | {"../1.jpg": b"x"})
    before = of_zip.source
    with pytest.raises(SourceError, match="leads out of its folder"):
        look(of_zip, source_in(of_zip, path))
    assert (of_zip.source, places(of_zip)) == (before, {"unpacked"})
