"""A zip or tar is read like the folder that it holds; a hostile one is refused in a sentence."""

import bz2
import gzip
import io
import lzma
import random
import struct
import tarfile
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.ingest import unpacker
from core.ingest.inspection import inspect
from core.ingest.linked_folders import IGNORED_FOLDERS
from core.ingest.readers import SourceError, read_source, source_of
from core.ingest.readers.zip_archive import END, END_64
from core.ingest.splits import is_split_name
from core.ingest.unpacker import DRIVE
from core.ingest.unpacking import layout, unpack
from tests.core.ingest.packing import picture, pictures, put, tarred, zipped

PETS = pictures(*(f"pets/{c}/{n}.jpg" for c in ("cat", "dog") for n in range(3)))
HYMEN = pictures(*(f"{s}/{c}/1.jpg" for s in ("train", "val") for c in ("ants", "bees")))


def records(path, folder):
    """What is read of an archive that is unpacked into `folder`."""
    source = source_of(path)
    unpack(source, folder)
    found = layout(source, folder)
    return {r.path: (r.label, r.split) for r in read_source(found).records}


def refusal(path, folder):
    with pytest.raises(SourceError) as error:
        unpack(source_of(path), folder)
    assert not folder.exists()
    assert not folder.with_name(f"{folder.name}.partial").exists()
    told = str(error.value)
    assert len(told) <= 300
    assert "\n" not in told
    return told


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a.zip", zipped),
        ("packed.zip", lambda path, files: zipped(path, files, zipfile.ZIP_DEFLATED)),
        ("a.tar", tarred),
        ("a.tar.gz", lambda path, files: tarred(path, files, "w:gz")),
        ("a.tar.bz2", lambda path, files: tarred(path, files, "w:bz2")),
        ("a.tar.xz", lambda path, files: tarred(path, files, "w:xz")),
        ("no ending", tarred),
    ],
)
def test_layouts_in_archives_are_read_as_folders(tmp_path, name, make):
    path = make(tmp_path / name, HYMEN)
    folder = put(tmp_path / "folder", HYMEN)
    plain = {r.path: (r.label, r.split) for r in read_source(source_of(folder)).records}
    assert records(path, tmp_path / "unpacked") == plain
    assert {p: (tmp_path / "unpacked" / p).read_bytes() for p in HYMEN} == HYMEN


def test_archive_is_inspected_and_leaves_nothing(tmp_path, monkeypatch):
    path = zipped(tmp_path / "a.zip", PETS | {"pets/readme.txt": b"x", "__MACOSX/._1.jpg": b"x"})
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    found = inspect(source_of(path))
    assert (found.packed, found.reader, found.items) == ("zip", "class-folders", 6)
    assert found.classes == {"cat": 3, "dog": 3}
    assert found.left_out == {".txt": 1}
    assert len(found.samples) == 6
    assert (found.source, [*scratch.iterdir()]) == (str(path), [])


def test_reader_of_an_archive_can_be_named(tmp_path):
    source = source_of(zipped(tmp_path / "a.zip", HYMEN), reader="class-folders")
    assert inspect(source).classes == {"train": 2, "val": 2}


def test_labels_may_come_from_a_table(tmp_path, command):
    path = zipped(tmp_path / "a.zip", {"1.jpg": picture(1), "2.jpg": picture(2)})
    (tmp_path / "labels.csv").write_text("path,label\n1.jpg,a\n2.jpg,b\n")
    found = inspect(source_of(path, tmp_path / "labels.csv"))
    assert (found.classes, found.missing) == ({"a": 1, "b": 1}, 0)


LETTERS = st.characters(blacklist_categories=["Cs"], blacklist_characters="/\0\\")
NAMES = st.text(LETTERS, min_size=1, max_size=12).filter(
    lambda name: (
        not name.startswith(".")
        and len(name.encode()) < 200
        and name not in IGNORED_FOLDERS
        and not is_split_name(name)
        and not DRIVE.match(f"{name}/")
    )
)


@settings(max_examples=25, deadline=None)
@given(classes=st.sets(NAMES, min_size=2, max_size=4), as_zip=st.booleans())
def test_any_class_name_survives(tmp_path_factory, classes, as_zip):
    here = tmp_path_factory.mktemp("any")
    files = {f"{name}/1.jpg": b"x" for name in classes}
    path = (zipped if as_zip else tarred)(here / "archive", files)
    # What is one name on a file system that folds case is none of this test's.
    found = records(path, here / "unpacked")
    assert found == {f"{name}/1.jpg": (name, None) for name in classes}


def test_names_of_old_programs_are_understood(tmp_path):
    path = zipped(tmp_path / "a.zip", {r"cat\1.jpg": b"x", r"dog\2.jpg": b"x"})
    assert records(path, tmp_path / "one") == {
        "cat/1.jpg": ("cat", None),
        "dog/2.jpg": ("dog", None),
    }
    data = zipped(tmp_path / "b.zip", {"cXX/1.jpg": b"x", "d/1.jpg": b"x"}).read_bytes()
    (tmp_path / "b.zip").write_bytes(data.replace(b"cXX", "cé".encode()))
    assert "cé/1.jpg" in records(tmp_path / "b.zip", tmp_path / "two")


@pytest.mark.parametrize("name", ["../1.jpg", "cat/../../1.jpg", "/tmp/1.jpg", "C:\\1.jpg"])
def test_names_that_lead_out_are_refused(tmp_path, name):
    files = {"cat/1.jpg": b"x", name: b"x"}
    for number, make in enumerate((zipped, tarred)):
        told = refusal(make(tmp_path / f"{number}", files), tmp_path / "unpacked")
        assert "leads out of its folder" in told or "absolute name" in told
    assert not (tmp_path / "1.jpg").exists()


def test_names_that_come_twice_are_refused(tmp_path):
    with (
        pytest.warns(UserWarning, match="Duplicate"),
        zipfile.ZipFile(tmp_path / "a.zip", "w") as archive,
    ):
        archive.writestr("cat/1.jpg", b"x")
        archive.writestr("cat/1.jpg", b"y")
    tarred(tmp_path / "a.tar", [("cat/1.jpg", b"x"), ("cat/1.jpg", b"y")])
    for name in ("a.zip", "a.tar"):
        assert "holds cat/1.jpg twice" in refusal(tmp_path / name, tmp_path / "unpacked")


def test_links_and_devices_are_left_out_and_counted(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for name, kind in (
            ("cat/link.jpg", tarfile.SYMTYPE), ("cat/hard.jpg", tarfile.LNKTYPE),
            ("cat/null", tarfile.CHRTYPE), ("cat/pipe", tarfile.FIFOTYPE),
        ):  # fmt: skip
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
        for name in ("cat/1.jpg", "dog/1.jpg"):
            member = tarfile.TarInfo(name)
            member.size = 1
            archive.addfile(member, io.BytesIO(b"x"))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("cat/1.jpg", b"x")
        link = zipfile.ZipInfo("cat/link.jpg")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert unpack(source_of(tmp_path / "a.tar"), tmp_path / "one") == [
        "2 links in it were left out.", "2 special files in it were left out.",
    ]  # fmt: skip
    assert unpack(source_of(tmp_path / "a.zip"), tmp_path / "two") == ["1 link in it was left out."]
    assert {p.name for p in (tmp_path / "one").rglob("*.*")} == {".source.json", "1.jpg"}
    assert not any(p.is_symlink() for p in tmp_path.rglob("*"))


# -- bombs -----------------------------------------------------------------------------------


@pytest.fixture
def small_bombs(monkeypatch):
    """What unpacks to two million bytes is large already."""
    monkeypatch.setattr(unpacker, "BOMB_FLOOR", 1_500_000)


@pytest.mark.timeout(20)
def test_zip_that_says_it_is_a_bomb_is_refused(tmp_path, small_bombs):
    path = zipped(tmp_path / "a.zip", {"a": bytes(2_000_000)}, zipfile.ZIP_DEFLATED)
    assert "times its size, as no images do" in refusal(path, tmp_path / "unpacked")


@pytest.mark.timeout(20)
def test_zip_that_lies_about_its_size_is_refused(tmp_path):
    path = zipped(tmp_path / "a.zip", {"cat/1.jpg": bytes(1_000_000)}, zipfile.ZIP_DEFLATED)
    small = struct.pack("<L", 10)
    data = path.read_bytes().replace(struct.pack("<L", 1_000_000), small)
    path.write_bytes(data)
    assert "damaged" in refusal(path, tmp_path / "unpacked")


@pytest.mark.timeout(20)
@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_packed_tar_that_is_a_bomb_is_refused(tmp_path, small_bombs, pack):
    plain = tarred(tmp_path / "plain", {"cat/1.jpg": bytes(2_000_000)})
    path = tmp_path / "a.tar.packed"
    path.write_bytes(pack(plain.read_bytes()))
    assert "times its size" in refusal(path, tmp_path / "unpacked")


@pytest.mark.timeout(20)
def test_tar_of_a_size_that_it_does_not_have_is_refused(tmp_path):
    member = tarfile.TarInfo("cat/1.jpg")
    member.size = 10**13
    path = tmp_path / "a.tar"
    path.write_bytes(member.tobuf(tarfile.PAX_FORMAT) + bytes(10_240))
    assert "more than 50 GB; --unpack-limit" in refusal(path, tmp_path / "unpacked")


@pytest.mark.timeout(20)
def test_tar_with_an_endless_header_is_refused(tmp_path):
    member = tarfile.TarInfo("x")
    member.type, member.size = tarfile.GNUTYPE_LONGNAME, 10**10
    path = tmp_path / "a.tar"
    path.write_bytes(member.tobuf(tarfile.GNU_FORMAT) + bytes(10_240))
    assert "more than a megabyte" in refusal(path, tmp_path / "unpacked")


@pytest.mark.timeout(20)
def test_ten_million_entries_are_refused_by_their_count(tmp_path):
    data = zipped(tmp_path / "a.zip", {"cat/1.jpg": b"x"}).read_bytes()
    at = data.rindex(END)
    count = 10_000_000
    end_64 = END_64 + struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, count, count, count * 60, 0)
    locator = b"PK\6\7" + struct.pack("<LQL", 0, at, 1)
    end = END + struct.pack("<HHHHLLH", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    (tmp_path / "b.zip").write_bytes(data[:at] + end_64 + locator + end)
    assert "holds 10,000,000 files" in refusal(tmp_path / "b.zip", tmp_path / "unpacked")


@pytest.mark.timeout(20)
def test_directory_that_is_larger_than_it_says_is_refused(tmp_path):
    many = zipped(tmp_path / "a.zip", {f"{n}": b"" for n in range(2_000)}).read_bytes()
    at = many.rindex(END)
    (tmp_path / "b.zip").write_bytes(many[: at + 8] + struct.pack("<HH", 1, 1) + many[at + 12 :])
    told = refusal(tmp_path / "b.zip", tmp_path / "unpacked")
    assert "holds other files than it counts" in told


def test_limit_is_an_option(tmp_path, command):
    path = zipped(tmp_path / "a.zip", PETS)
    outcome = command("inspect", path, "--unpack-limit", "0.000001")
    assert (outcome.status, outcome.err.count("\n")) == (2, 1)
    assert "unpacks to more than 1e-06 GB; --unpack-limit GB allows more" in outcome.err


# -- damage ----------------------------------------------------------------------------------


def test_encrypted_zip_is_refused(tmp_path):
    data = bytearray(zipped(tmp_path / "a.zip", {"cat/1.jpg": b"x"}).read_bytes())
    data[6] |= 1
    data[data.rindex(b"PK\1\2") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    assert "it is encrypted" in refusal(tmp_path / "a.zip", tmp_path / "unpacked")


MADE = [("a.zip", zipped), ("a.tar", tarred), ("a.tgz", lambda p, f: tarred(p, f, "w:gz"))]


@pytest.mark.parametrize(("name", "make"), MADE)
def test_cut_off_archive_is_refused_wherever_it_ends(tmp_path, name, make):
    data = make(tmp_path / "whole", PETS).read_bytes()
    for length in (0, 5, *(len(data) * n // 10 for n in range(1, 10))):
        (tmp_path / name).write_bytes(data[:length])
        assert str(tmp_path / name) in refusal(tmp_path / name, tmp_path / "unpacked")


@pytest.mark.parametrize(("name", "make"), MADE)
def test_damaged_archive_is_refused_or_unpacked(tmp_path, name, make):
    data = make(tmp_path / "whole", PETS).read_bytes()
    rng = random.Random(0)
    refused = 0
    for number in range(40):
        damaged = bytearray(data)
        for _ in range(20):
            damaged[rng.randrange(len(data))] = rng.randrange(256)
        (tmp_path / name).write_bytes(damaged)
        try:
            unpack(source_of(tmp_path / name), tmp_path / f"unpacked{number}")
        except SourceError as error:
            refused += 1
            assert len(str(error)) <= 300
    assert refused


def test_file_that_is_no_archive_is_refused(tmp_path, command):
    (tmp_path / "notes.txt").write_text("notes")
    outcome = command("inspect", tmp_path / "notes.txt")
    assert "is a file; give the folder that holds the images, or an archive of it" in outcome.err


def test_archive_in_an_archive_is_unpacked_too_and_no_deeper(tmp_path):
    inner = tarred(tmp_path / "x.tar", PETS)
    path = zipped(tmp_path / "a.zip", {"x.tar": inner.read_bytes()})
    assert {*records(path, tmp_path / "unpacked")} == {*PETS}
    deeper = zipped(tmp_path / "b.zip", {"a.zip": path.read_bytes()})
    with pytest.raises(SourceError, match=f"no images in {deeper}; of 1 file"):
        inspect(source_of(deeper))


def test_what_is_hostile_in_an_archive_in_an_archive_is_refused(tmp_path):
    inner = tarred(tmp_path / "x.tar", {"../1.jpg": b"x", "cat/1.jpg": b"x"})
    path = zipped(tmp_path / "a.zip", {"x.tar": inner.read_bytes()})
    assert refusal(path, tmp_path / "unpacked").startswith(f"{path} is not unpacked: the name ../")
