"""An archive is unpacked once into the audit's folder, whatever happens meanwhile."""

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.audit import Audit
from core.export.destination import check_destination
from core.ingest.files import path_inside, read_file
from core.ingest.inspection import inspect
from core.ingest.questions import answered
from core.ingest.readers import SourceError, source_of
from core.ingest.records import UnansweredQuestion
from core.ingest.unpacker import Unpacker
from core.ingest.unpacking import unpack
from core.pipeline import compute, list_items
from tests.core.export.exports import write_csv
from tests.core.ingest.packing import pictures, put, tarred, zipped

ROOT = Path(__file__).parents[3]
PETS = pictures(*(f"{c}/{n}.jpg" for c in ("cat", "dog") for n in range(3)))


@pytest.fixture
def archive(tmp_path):
    return zipped(tmp_path / "pets.zip", PETS)


@pytest.fixture
def audit(archive, tmp_path):
    """An audit whose archive was unpacked and listed; nothing is computed."""
    made = Audit.create(tmp_path / "audit", source_of(archive))
    list_items(made)
    yield made
    made.store.close()


def contents(audit):
    """The bytes of every item, read as the image route and the embedding read them."""
    source = audit.contents
    return {
        path: read_file(path_inside(source.path, path, source.roots)).data for path in listed(audit)
    }


def listed(audit):
    return {file["path"] for file in audit.store.listed_files()}


def test_items_are_read_from_what_was_unpacked(audit, archive):
    assert listed(audit) == {*PETS}
    assert (audit.source.path, audit.source.format) == (archive, "zip")
    assert (audit.contents.path, audit.contents.format) == (
        audit.folder / "unpacked", "class-folders"
    )  # fmt: skip
    assert contents(audit) == PETS


def test_audit_that_was_moved_reads_its_own_files(audit, archive, tmp_path):
    audit.store.close()
    shutil.move(audit.folder, tmp_path / "elsewhere")
    archive.unlink()
    moved = Audit(tmp_path / "elsewhere")
    assert moved.contents.path == tmp_path / "elsewhere" / "unpacked"
    listing = list_items(moved)
    assert len(listing.records) == 6
    assert any("is not there any more; what was unpacked" in note for note in listing.notes)
    assert contents(moved) == PETS
    moved.store.close()


def test_nothing_is_unpacked_twice(audit, monkeypatch):
    monkeypatch.setattr(Unpacker, "add", lambda *_: pytest.fail("unpacked again"))
    assert len(list_items(audit).records) == 6


def test_archive_that_has_changed_is_unpacked_anew(audit, archive):
    zipped(archive, PETS | pictures("emu/1.jpg"))
    assert len(list_items(audit).records) == 7
    assert "emu/1.jpg" in listed(audit)


def test_archive_that_is_damaged_now_changes_nothing(audit, archive):
    archive.write_bytes(archive.read_bytes()[:100])
    with pytest.raises(SourceError, match="damaged"):
        list_items(audit)
    assert {p for p in PETS if (audit.folder / "unpacked" / p).exists()} == {*PETS}
    assert listed(audit) == {*PETS}


def test_run_that_was_killed_resumes(tmp_path):
    """Killed while the fourth file is written, the next run writes the rest alone."""
    path = zipped(tmp_path / "pets.zip", PETS)
    script = """
        import os, signal, sys
        from pathlib import Path
        from core.ingest.readers import source_of
        from core.ingest.unpacking import unpack

        def update(done, total):
            if done == 3:
                os.kill(os.getpid(), signal.SIGKILL)

        unpack(source_of(Path(sys.argv[1])), Path(sys.argv[2]), update)
    """
    folder = tmp_path / "unpacked"
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(path), str(folder)], cwd=ROOT
    )
    assert done.returncode == -signal.SIGKILL
    partial = tmp_path / "unpacked.partial"
    assert not folder.exists()
    before = {p: (partial / p).stat().st_ino for p in PETS if (partial / p).exists()}
    assert len(before) == 3
    unpack(source_of(path), folder)
    assert {p: (folder / p).read_bytes() for p in PETS} == PETS
    assert {p: (folder / p).stat().st_ino for p in before} == before
    assert not partial.exists()


def test_what_was_begun_of_another_archive_is_thrown_away(tmp_path):
    path = zipped(tmp_path / "pets.zip", PETS)
    partial = tmp_path / "unpacked.partial"
    put(partial, {"cat/0.jpg": b"of another", ".source.json": b'{"made_from": "x"}'})
    unpack(source_of(path), tmp_path / "unpacked")
    assert (tmp_path / "unpacked" / "cat" / "0.jpg").read_bytes() == PETS["cat/0.jpg"]


def test_refused_archive_leaves_no_audit(tmp_path, command):
    path = tarred(tmp_path / "a.tar", {"cat/1.jpg": b"x", "../2.jpg": b"x"})
    outcome = command("audit", path, "--into", tmp_path / "audit")
    assert (outcome.status, (tmp_path / "audit").exists()) == (2, False)
    assert outcome.err.splitlines()[-1].startswith(f"Error: {path} is not unpacked: the name ../2")


def test_question_about_what_lies_in_an_archive_waits_for_an_answer(tmp_path, map_without_umap):
    files = [f"set/{c}/{c}7/{n}.jpg" for c in ("pos", "neg") for n in range(3)]
    path = zipped(tmp_path / "a.zip", pictures(*files))
    with pytest.raises(UnansweredQuestion, match="--classes-in set"):
        compute(source_of(path), tmp_path / "audit")
    assert inspect(source_of(path)).questions[0].proposed == "set"
    source = source_of(path, answers={"classes_in": "set"})
    audit = compute(source, tmp_path / "audit")
    assert audit.store.counts()["classes"] == 2
    assert compute(source_of(path), tmp_path / "audit").store.counts()["classes"] == 2
    audit.store.close()


def test_export_never_writes_over_the_archive_or_what_was_unpacked(audit, archive):
    for place in (archive, audit.folder / "unpacked" / "cat" / "0.jpg"):
        with pytest.raises(ValueError, match="choose another file"):
            check_destination(audit, place)


def test_export_of_arrays_is_the_input_of_the_next_round(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (4, 6, 5), dtype=np.uint8)
    path = tmp_path / "a.npz"
    np.savez(path, x_train=pixels, y_train=[0, 1, 0, 1], x_test=pixels, y_test=[1, 1, 0, 0])
    audit = Audit.create(tmp_path / "audit", source_of(path))
    list_items(audit)
    write_csv(audit.store, tmp_path / "out.csv")
    audit.store.close()
    lines = (tmp_path / "out.csv").read_text().splitlines()
    assert lines[0].startswith("path,label,split,index,final_label")
    assert lines[1].startswith("train/00000.png,0,train,0,0")
    found = inspect(source_of(path, tmp_path / "out.csv"))
    assert (found.items, found.missing, found.splits) == (8, 0, {"train": 4, "test": 4})


def test_another_reader_of_the_same_archive_is_refused(audit, archive, command):
    outcome = command("audit", archive, "--into", audit.folder, "--reader", "split-folders")
    assert "is read by zip; make a new one for split-folders" in outcome.err


def test_data_set_below_a_wrapper_in_an_archive_is_the_root(tmp_path):
    """As archives of repositories are, with one folder around it all."""
    shard = tarred(tmp_path / "x.tar", {"1.jpg": b"x", "1.cls": b"0"}).read_bytes()
    path = zipped(tmp_path / "a.zip", {"repo-main/README.md": b"x", "repo-main/train-0.tar": shard})
    audit = Audit.create(tmp_path / "audit", source_of(path))
    list_items(audit)
    assert listed(audit) == {"train-0/1.jpg"}
    audit.store.close()


def test_folder_below_a_wrapper_that_another_reader_reads_is_named(tmp_path):
    folder = put(tmp_path / "source", {"repo/README.md": b"x"})
    tarred(folder / "repo" / "train-0.tar", {"1.jpg": b"x", "1.cls": b"0"})
    told = f"repo is a data set of its own (WebDataset shards); give {folder / 'repo'}."
    with pytest.raises(UnansweredQuestion) as refusal:
        answered(source_of(folder))
    assert str(refusal.value) == told


def test_contents_below_a_wrapper_move_with_the_audit(audit, tmp_path):
    within = replace(audit.contents, path=audit.folder / "unpacked" / "cat")
    audit.set_contents(within)
    assert audit.contents == within
    audit.store.close()
    shutil.move(audit.folder, tmp_path / "elsewhere")
    moved = Audit(tmp_path / "elsewhere")
    assert moved.contents.path == tmp_path / "elsewhere" / "unpacked" / "cat"
    moved.store.close()


def test_table_in_an_archive_moves_with_the_audit(tmp_path):
    table = b"path,label\ncat/0.jpg,a\ndog/0.jpg,b\n"
    path = zipped(tmp_path / "a.zip", PETS | {"labels.csv": table})
    audit = Audit.create(tmp_path / "audit", source_of(path, tmp_path / "labels.csv"))
    list_items(audit)
    assert audit.contents.labels == audit.folder / "unpacked" / "labels.csv"
    audit.store.close()
    shutil.move(audit.folder, tmp_path / "elsewhere")
    moved = Audit(tmp_path / "elsewhere")
    assert moved.contents.labels == tmp_path / "elsewhere" / "unpacked" / "labels.csv"
    assert len(list_items(moved).records) == 2
    moved.store.close()


def test_command_audits_a_zip_and_prints_json_of_it(archive, tmp_path, command, map_without_umap):
    outcome = command("audit", archive, "--into", tmp_path / "audit")
    assert outcome.status == 0
    assert "6 images in 2 classes" in outcome.err
    found = json.loads(command("inspect", archive, "--format", "json").out)
    assert (found["packed"], found["classes"]) == ("zip", {"cat": 3, "dog": 3})
    assert command("status", tmp_path / "audit").status == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_archive_that_may_not_be_read_is_told(archive, tmp_path):
    archive.chmod(0)
    with pytest.raises(SourceError, match="cannot be read"):
        unpack(source_of(archive), tmp_path / "unpacked")
