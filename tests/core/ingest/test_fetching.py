"""A URL as a source: fetched once, resumed, brought up to date, or refused in a sentence."""

import http.server
import json
import os
import shutil
import socket
import sys
from collections import Counter
from pathlib import Path
from typing import ClassVar

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from core import moving, pipeline
from core.audit import Audit, AuditError
from core.ingest import fetching
from core.ingest.fetching import LOG, FetchCutOff
from core.ingest.inspection import inspect
from core.ingest.readers import SourceError, source_of
from core.ingest.remote_files import RemoteError, RemoteFiles, explained
from core.ingest.unpacking import bring, unpack
from core.ingest.urls import place_of
from core.jobs import pipeline_arguments
from core.pipeline import compute, list_items
from core.text import LONGEST_SENTENCE
from tests.core.ingest.packing import hugging_face, picture, pictures, put, serving, zipped

PETS = pictures(*(f"{c}/{n}.jpg" for c in ("cat", "dog") for n in range(3)))
URL = "memory://bucket/pets"


class Remote:
    """Files in memory, and how often each was asked for."""

    def __init__(self):
        self.fs = MemoryFileSystem()
        self.lists = 0
        self.opened = Counter()
        self.failing = {}  # what is raised by file name, once the bytes before are read

    def put(self, files, under="bucket/pets"):
        self.fs.pipe({f"/{under}/{path}": data for path, data in files.items()})

    def remove(self, path, under="bucket/pets"):
        self.fs.rm(f"/{under}/{path}")

    def count(self):
        """Return lists and files opened since the last count."""
        counted = self.lists, dict(self.opened)
        self.lists, self.opened = 0, Counter()
        return counted


@pytest.fixture
def remote(monkeypatch, tmp_path):
    monkeypatch.setenv("SECOND_LOOK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("no_proxy", "localhost")
    monkeypatch.setattr(fetching, "SECONDS_BEFORE_THE_NEXT", 0)
    monkeypatch.setattr(MemoryFileSystem, "store", {})
    monkeypatch.setattr(MemoryFileSystem, "pseudo_dirs", [""])
    made = Remote()
    find, opened = MemoryFileSystem.find, MemoryFileSystem.open

    def counted_find(fs, *given, **options):
        made.lists += 1
        return find(fs, *given, **options)

    def counted_open(fs, path, mode="rb", *given, **options):
        file = opened(fs, path, mode, *given, **options)
        if mode != "rb":
            return file
        name = path.removeprefix("/bucket/pets/")
        made.opened[name] += 1
        return _Failing(file, made.failing[name]) if name in made.failing else file

    monkeypatch.setattr(MemoryFileSystem, "find", counted_find)
    monkeypatch.setattr(MemoryFileSystem, "open", counted_open)
    return made


class _Failing:
    """A file whose connection is lost after so many bytes."""

    def __init__(self, file, failure):
        self.file, (self.most, self.error) = file, failure

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def seek(self, to):
        self.file.seek(to)

    def read(self, size):
        left = self.most - self.file.tell()
        if left <= 0:
            raise self.error
        return self.file.read(min(size, left))


@pytest.fixture
def audit(remote, tmp_path):
    """An audit of a URL that was fetched and listed; nothing is computed."""
    remote.put(PETS)
    made = Audit.create(tmp_path / "audit", source_of(URL))
    update(made)
    yield made
    made.store.close()


def update(audit):
    """Do what the first two steps of a run do, and return the notes."""
    if audit.source.url is not None:
        bring(audit, lambda done, total: None)
    return list_items(audit).notes


def files_in(folder):
    return {
        one.relative_to(folder).as_posix(): one.read_bytes()
        for one in folder.rglob("*")
        if one.is_file() and not one.name.startswith(".")
    }


def listed(audit):
    return {file["path"] for file in audit.store.listed_files()}


# -- each once -----------------------------------------------------------------------------------


def test_each_file_is_opened_once_and_a_second_run_only_lists(audit, remote):
    assert listed(audit) == {*PETS}
    assert files_in(audit.contents.path) == PETS
    assert remote.count() == (1, dict.fromkeys(PETS, 1))
    assert update(audit) == []
    assert remote.count() == (1, {})
    assert (audit.contents.format, audit.source.url, str(audit.source)) == (
        "class-folders", URL, URL
    )  # fmt: skip


def test_what_is_new_or_changed_is_fetched_and_what_is_gone_is_removed(audit, remote):
    remote.count()
    kept = audit.contents.path / "cat" / "1.jpg"
    before = kept.stat()
    remote.put({"cat/0.jpg": picture(77), "emu/0.jpg": picture(78)})
    remote.remove("dog/2.jpg")
    update(audit)
    assert remote.count() == (1, {"cat/0.jpg": 1, "emu/0.jpg": 1})
    assert listed(audit) == {*PETS, "emu/0.jpg"} - {"dog/2.jpg"}
    assert {*files_in(audit.contents.path)} == listed(audit)
    assert (audit.contents.path / "cat" / "0.jpg").read_bytes() == picture(77)
    assert (kept.stat().st_ino, kept.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_what_was_inspected_is_not_fetched_again(remote, tmp_path):
    remote.put(PETS)
    found = inspect(source_of(URL))
    assert (found.source, found.packed, found.reader) == (URL, "url", "class-folders")
    assert (found.items, found.classes) == (6, {"cat": 3, "dog": 3})
    assert len(found.samples) == 6
    assert inspect(source_of(URL)) == found
    audit = Audit.create(tmp_path / "audit", source_of(URL))
    update(audit)
    assert remote.count() == (3, dict.fromkeys(PETS, 1))
    assert files_in(audit.contents.path) == PETS
    assert list((tmp_path / "home" / ".uploads").iterdir()) == []
    audit.store.close()


def test_fetching_is_the_first_step_of_a_run(remote, tmp_path, command, monkeypatch):
    monkeypatch.setattr(pipeline, "STEPS", pipeline.STEPS[:1])
    remote.put(PETS)
    outcome = command("audit", URL, "--into", tmp_path / "audit")
    assert (outcome.status, outcome.err.splitlines()[-1][:23]) == (0, "6 images in 2 classes; ")
    audit = Audit(tmp_path / "audit")
    steps = audit.store.latest_run()["steps"]
    assert [(step["name"], step["state"]) for step in steps[:2]] == [
        ("fetch", "done"), ("list", "done")
    ]  # fmt: skip
    assert pipeline_arguments(audit)[:2] == ("audit", URL)
    assert command(*pipeline_arguments(audit)).status == 0
    assert audit.store.latest_run()["steps"][0]["state"] == "skipped"
    assert remote.count() == (2, dict.fromkeys(PETS, 1))
    audit.store.close()


def test_progress_is_told_in_megabytes(remote, tmp_path):
    remote.put({"cat/1.jpg": bytes(2_500_000), "dog/1.jpg": bytes(1_000_000)})
    told = []
    unpack(source_of(URL), tmp_path / "unpacked", lambda *both: told.append(both))
    assert told[0] == (0, 4)
    assert told[-1] == (4, 4)
    assert sorted(told) == told


# -- what lies there -----------------------------------------------------------------------------


def test_a_single_archive_is_fetched_and_unpacked(remote, tmp_path):
    archive = zipped(tmp_path / "pets.zip", PETS).read_bytes()
    remote.put({"pets.zip": archive}, under="bucket")
    audit = Audit.create(tmp_path / "audit", source_of("memory://bucket/pets.zip"))
    update(audit)
    assert listed(audit) == {*PETS}
    assert files_in(audit.unpacked_folder) == PETS
    update(audit)
    assert remote.count() == (2, {"/bucket/pets.zip": 1})
    audit.store.close()


def test_shards_of_parquet_are_fetched_and_unpacked(remote, tmp_path):
    rows = [(data, path, n % 2) for n, (path, data) in enumerate(PETS.items())]
    file = hugging_face(tmp_path / "train-00000-of-00001.parquet", rows)
    remote.put({"data/train-00000-of-00001.parquet": file.read_bytes()})
    found = inspect(source_of(URL))
    assert inspect(source_of(URL, reader=found.reader)) == found
    assert (found.reader, found.classes, found.splits) == (
        "unpacked", {"cat": 3, "dog": 3}, {"train": 6}
    )  # fmt: skip


def test_a_table_below_the_url_or_on_this_machine_holds_the_labels(remote, tmp_path):
    rows = "".join(f"{path},{path[:3]}ty\n" for path in PETS)
    remote.put(PETS | {"meta/labels.csv": f"path,label\n{rows}".encode()})
    (tmp_path / "mine.csv").write_text(f"path,label\n{rows}")
    for table in (f"{URL}/meta/labels.csv", tmp_path / "mine.csv"):
        assert inspect(source_of(URL, table)).classes == {"catty": 3, "dogty": 3}
    audit = Audit.create(tmp_path / "audit", source_of(URL, f"{URL}/meta/labels.csv"))
    update(audit)
    assert pipeline_arguments(audit)[-1] == f"{URL}/meta/labels.csv"
    assert audit.contents.labels == audit.unpacked_folder / "meta" / "labels.csv"
    again = Audit.create(tmp_path / "audit", source_of(URL, f"{URL}/meta/labels.csv"))
    assert update(again) == update(audit)
    audit.store.close()
    again.store.close()
    with pytest.raises(SourceError, match="There is no file memory://bucket/pets/none"):
        inspect(source_of(URL, f"{URL}/none.csv"))
    for elsewhere in ("memory://bucket/other/labels.csv", f"{URL}/../../../etc/labels.csv"):
        with pytest.raises(SourceError, match="lies elsewhere"):
            source_of(URL, elsewhere)
    with pytest.raises(SourceError, match="only where the images"):
        source_of(tmp_path, f"{URL}/labels.csv")


def test_hidden_files_are_not_fetched(remote, tmp_path):
    remote.put(PETS | {".git/x": b"x", "cat/.DS_Store": b"x", "__MACOSX/1.jpg": b"x"})
    unpack(source_of(URL), tmp_path / "unpacked")
    assert {*remote.count()[1]} == {*PETS}


# -- cut off -------------------------------------------------------------------------------------


def test_a_lost_connection_is_resumed_file_by_file(remote, tmp_path):
    remote.put(PETS)
    remote.failing = {"dog/2.jpg": (0, ConnectionResetError())}
    folder = tmp_path / "unpacked"
    with pytest.raises(FetchCutOff, match=r"connection was lost\. What has come is kept"):
        unpack(source_of(URL), folder)
    assert not folder.exists()
    assert remote.count()[1]["dog/2.jpg"] == fetching.ATTEMPTS
    come = {json.loads(line)[0] for line in (tmp_path / "unpacked.partial" / LOG)
            .read_text().splitlines()[1:]}  # fmt: skip
    remote.failing = {}
    unpack(source_of(URL), folder)
    assert {*remote.count()[1]} == {*PETS} - come
    assert files_in(folder) == PETS
    assert [one.name for one in tmp_path.iterdir() if "partial" in one.name] == []


def test_a_large_file_is_resumed_in_its_middle(remote, tmp_path):
    data = os.urandom(5_000_000)
    remote.put({"a.bin": data})
    remote.failing = {"a.bin": (2_000_000, ConnectionResetError())}
    with pytest.raises(FetchCutOff):
        unpack(source_of(URL), tmp_path / "unpacked")
    remote.failing = {"a.bin": (0, pytest.fail)}
    partial = next((tmp_path / "unpacked.partial").glob(".*.partial"))
    assert partial.stat().st_size == 2_000_000
    # What was fetched is not read again: were it, this would show.
    partial.write_bytes(b"x" * 2_000_000)
    remote.failing = {}
    unpack(source_of(URL), tmp_path / "unpacked")
    assert (tmp_path / "unpacked" / "a.bin").read_bytes() == b"x" * 2_000_000 + data[2_000_000:]


def test_a_file_that_was_replaced_meanwhile_is_fetched_from_its_start(remote, tmp_path):
    remote.put({"a.bin": bytes(3_000_000)})
    remote.failing = {"a.bin": (2_000_000, ConnectionResetError())}
    with pytest.raises(FetchCutOff):
        unpack(source_of(URL), tmp_path / "unpacked")
    remote.failing = {}
    data = os.urandom(3_000_000)
    remote.put({"a.bin": data})
    unpack(source_of(URL), tmp_path / "unpacked")
    assert files_in(tmp_path / "unpacked") == {"a.bin": data}


def test_a_new_audit_that_was_cut_off_stays_and_one_of_nothing_does_not(remote, tmp_path):
    with pytest.raises(SourceError, match=f"There is nothing at {URL}"):
        compute(source_of(URL), tmp_path / "audit")
    assert not (tmp_path / "audit").exists()
    remote.put(PETS)
    remote.failing = {"dog/2.jpg": (0, TimeoutError())}
    with pytest.raises(FetchCutOff):
        compute(source_of(URL), tmp_path / "audit")
    remote.failing = {}
    remote.count()
    audit = Audit(tmp_path / "audit")
    assert update(audit) == []
    assert sum(remote.count()[1].values()) < 6
    audit.store.close()


def test_what_cannot_be_read_is_left_out_and_tried_again(audit, remote):
    remote.put({"emu/0.jpg": picture(78)})
    remote.failing = {"emu/0.jpg": (0, PermissionError())}
    assert update(audit) == ["1 file could not be read there and was left out."]
    assert listed(audit) == {*PETS}
    remote.failing = {}
    remote.count()
    assert update(audit) == []
    assert remote.count() == (1, {"emu/0.jpg": 1})
    assert "emu/0.jpg" in listed(audit)


def test_a_url_that_is_gone_is_read_as_it_was(audit, remote):
    remote.fs.rm("/bucket/pets", recursive=True)
    gone = f"There is nothing at {URL}. What was fetched before is read."
    assert update(audit) == [gone]
    assert audit.store.setting("source_notes") == [gone]
    assert files_in(audit.contents.path) == PETS
    remote.put(PETS)
    assert update(audit) == []


# -- refused -------------------------------------------------------------------------------------


def test_hostile_names_and_what_is_too_large_are_refused(remote, tmp_path):
    remote.put({"cat/../../../up.jpg": b"x"})
    with pytest.raises(SourceError, match="leads out of its folder"):
        unpack(source_of(URL), tmp_path / "unpacked")
    remote.fs.store.clear()
    remote.put({"cat/1.jpg": b"x", "dog": b"x"})
    remote.fs.store["/bucket/pets/dog/1.jpg"] = remote.fs.store["/bucket/pets/dog"]
    with pytest.raises(SourceError, match=r"not fetched: it holds dog as a file and as a folder"):
        unpack(source_of(URL), tmp_path / "unpacked")
    remote.fs.store.clear()
    remote.put({"cat/1.jpg": bytes(2000)})
    small = source_of(URL, answers={"unpack_limit": "0.000001"})
    with pytest.raises(SourceError, match=r"comes to more than 1e-06 GB; --unpack-limit GB"):
        unpack(small, tmp_path / "unpacked")
    assert [one.name for one in tmp_path.iterdir()] == []


def test_a_file_that_is_larger_than_was_told_is_refused_while_it_comes(
    remote, tmp_path, monkeypatch
):
    remote.put({"cat/1.jpg": bytes(100_000)})
    listing = RemoteFiles.listing
    monkeypatch.setattr(
        RemoteFiles, "listing", lambda place: [f._replace(size=None) for f in listing(place)]
    )
    small = source_of(URL, answers={"unpack_limit": "0.00001"})
    with pytest.raises(SourceError, match="comes to more than"):
        unpack(small, tmp_path / "unpacked")


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (
            "s3://bucket/pets",
            'Reading s3:// needs a package that is not installed: pip install "fs',
        ),
        ("gs://bucket/pets", 'pip install "fsspec[gcs]"'),
        ("ftp://host/pets", "it begins with one of s3://"),
        ("s3://", "names no bucket"),
        ("https:///pets", "names no server"),
        ("zip://a.jpg::s3://bucket/pets.zip", "cannot be read"),
        ("http://localhost:1/pets.zip", "cannot be reached"),
        ("memory://bucket/none", "There is nothing at memory://bucket/none."),
    ],
)
def test_what_cannot_be_fetched_is_said_in_one_sentence(
    remote, command, monkeypatch, url, sentence
):
    monkeypatch.setitem(sys.modules, "s3fs", None)
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    outcome = command("inspect", url)
    assert outcome.status == 2
    assert sentence in outcome.err.splitlines()[-1]
    assert len(outcome.err.splitlines()[-1]) <= LONGEST_SENTENCE


@pytest.mark.parametrize(
    "url",
    [
        "https://ana:SECRET@example.org/pets.zip",
        "https://SECRET@example.org/pets.zip",
        "https://example.org/pets.zip?X-Amz-Signature=SECRET",
        "https://example.org/pets.zip?sv=2024&sig=SECRET",
        "https://example.org/pets.zip?access_token=SECRET",
        "s3://AKIA:SECRET@bucket/pets",
    ],
)
def test_secrets_in_a_url_are_refused_and_never_repeated(remote, command, tmp_path, url):
    outcome = command("audit", url, "--into", tmp_path / "audit")
    assert outcome.status == 2
    assert "credentials are taken from the environment" in outcome.err
    assert "SECRET" not in outcome.err
    assert not (tmp_path / "audit").exists()


def test_without_fsspec_it_is_said_how_to_install_it(remote, command, monkeypatch):
    for name in [name for name in sys.modules if name.startswith("fsspec")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "fsspec", None)
    outcome = command("inspect", "https://example.org/pets.zip")
    assert outcome.err.splitlines()[-1] == (
        'Error: Reading https:// needs a package that is not installed: pip install "fsspec[http]".'
    )


def test_reasons_that_libraries_give_are_explained():
    class NoCredentialsError(Exception):
        pass

    class EndpointConnectionError(Exception):
        pass

    said = {
        type(error).__name__: str(explained(error, "s3://bucket/pets"))
        for error in (
            NoCredentialsError(),
            EndpointConnectionError(),
            PermissionError("no"),
            socket.gaierror(),
        )
    }
    assert "AWS_ACCESS_KEY_ID; FSSPEC_S3_ANON=true" in said["NoCredentialsError"]
    assert "may not be read" in said["PermissionError"]
    assert "cannot be reached" in said["EndpointConnectionError"]
    assert "cannot be reached" in said["gaierror"]


def test_paths_and_urls_are_told_apart():
    assert place_of("file:///data/my%20pets") == Path("/data/my pets")
    assert place_of("pets/one") == Path("pets/one")
    assert place_of("https://example.org/my pets.zip#top") == "https://example.org/my%20pets.zip"
    assert place_of("gs://bucket/a b/#1/") == "gs://bucket/a b/#1"
    assert place_of("https://example.org/a?design=1&author=x").endswith("author=x")


# -- moved ---------------------------------------------------------------------------------------


def move(audit, source, labels=None):
    target = moving.source_in(audit, source, labels)
    comparison = moving.look(audit, target)
    moving.move(audit, target, comparison)
    return comparison


def embedded(audit):
    """Let the audit know the content of its files, as if they had been embedded."""
    from core.ingest.files import content_hash

    with audit.store.transaction() as db:
        for file in audit.store.listed_files():
            data = (audit.contents.path / file["path"]).read_bytes()
            db.execute(
                "update items set content_hash = ? where path = ?",
                (content_hash(data), file["path"]),
            )


def test_audit_moves_from_a_url_to_a_folder_and_to_another_url(audit, remote, tmp_path):
    embedded(audit)
    folder = put(tmp_path / "here", PETS)
    assert move(audit, folder).recognized == 6
    assert (audit.source.path, audit.source.url, audit.contents) == (folder, None, audit.source)
    assert not audit.unpacked_folder.exists()
    assert update(audit) == []
    remote.put(PETS, under="bucket/elsewhere")
    assert move(audit, "memory://bucket/elsewhere").recognized == 6
    assert audit.source.url == "memory://bucket/elsewhere"
    remote.count()
    assert update(audit) == []
    assert remote.count() == (1, {})
    assert listed(audit) == {*PETS}
    with pytest.raises(AuditError, match="is the audit of another source"):
        Audit.create(audit.folder, source_of(URL))


def test_audit_of_a_url_may_be_moved_itself(audit, remote, tmp_path):
    audit.store.close()
    shutil.move(audit.folder, tmp_path / "other")
    moved = Audit(tmp_path / "other")
    remote.count()
    assert update(moved) == []
    assert remote.count() == (1, {})
    assert files_in(moved.contents.path) == PETS
    moved.store.close()


# -- a web server --------------------------------------------------------------------------------


class Counting(http.server.SimpleHTTPRequestHandler):
    """Counts what is asked for."""

    asked: ClassVar = Counter()

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.asked[self.path] += 1
        super().do_GET()

    def send_header(self, name, value):
        if name != "Content-Length" or "unsized" not in self.path:
            super().send_header(name, value)


@pytest.fixture
def web(tmp_path):
    """A folder of this machine as a web server sends it."""
    (tmp_path / "web").mkdir()
    Counting.asked.clear()
    with serving(tmp_path / "web", Counting) as address:
        yield address, tmp_path / "web"


def test_an_archive_and_a_folder_of_a_web_server(remote, web, tmp_path):
    address, folder = web
    zipped(folder / "my pets.zip", PETS)
    url = f"{address}/my pets.zip".replace(" ", "%20")
    for _ in range(2):
        assert inspect(source_of(url)).classes == {"cat": 3, "dog": 3}
    assert Counting.asked == {"/my%20pets.zip": 1}
    put(folder / "set", PETS | {"cat/ä b.jpg": picture(9)})
    assert inspect(source_of(f"{address}/set/")).classes == {"cat": 4, "dog": 3}
    with pytest.raises(SourceError, match=r"There is nothing at http://localhost:\d+/none\.zip\."):
        inspect(source_of(f"{address}/none.zip"))


def test_a_file_whose_size_nobody_tells_and_a_web_page(remote, web, tmp_path):
    address, folder = web
    zipped(folder / "unsized.zip", PETS)
    (folder / "page.html").write_text("<html><a href='/elsewhere'>Download</a></html>")
    told = []
    unpack(source_of(f"{address}/unsized.zip"), tmp_path / "unpacked", lambda *b: told.append(b))
    assert files_in(tmp_path / "unpacked") == PETS
    assert all(done <= total for done, total in told)
    with pytest.raises(SourceError, match=r"no files at http.*; it is a web page, not a file\."):
        inspect(source_of(f"{address}/page.html"))


def test_a_file_of_a_server_that_cannot_send_its_middle_is_fetched_from_its_start_again(
    remote, web, tmp_path
):
    address, folder = web
    data = os.urandom(3_000_000)
    (folder / "a.bin").write_bytes(data)
    chunks = RemoteFiles.chunks
    with pytest.MonkeyPatch.context() as patch:

        def cut_off(place, file, start=0):
            for chunk in chunks(place, file, start):
                yield chunk[:1_000_000]
                raise RemoteError("lost")

        patch.setattr(RemoteFiles, "chunks", cut_off)
        with pytest.raises(FetchCutOff):
            unpack(source_of(f"{address}/a.bin"), tmp_path / "unpacked")
    partial = next((tmp_path / "unpacked.partial").glob(".*.partial"))
    assert 0 < partial.stat().st_size < len(data)
    unpack(source_of(f"{address}/a.bin"), tmp_path / "unpacked")
    assert files_in(tmp_path / "unpacked") == {"a.bin": data}
