"""Archives are unpacked within limits and within one folder, whatever is in them."""

import io
import os
import stat
import tarfile
import zipfile

import pytest

from core.ingest.records import SourceError
from core.ingest.unpacking import unpack


def zipped(files, **more):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", **more) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data


def tarred(files, mode="w:gz", members=()):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode=mode) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for member in members:
            archive.addfile(member)
    return data


FILES = {"pets/cat/1.jpg": b"one", "pets/dog/2.jpg": b"two", "pets/größe/3 ä.jpg": b"three"}


@pytest.fixture
def into(tmp_path):
    return tmp_path / "home" / "into"


def everything(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")}


@pytest.mark.parametrize("pack", [zipped, tarred, lambda files: tarred(files, "w")])
def test_files_come_out_as_they_went_in(into, pack):
    unpacked = unpack(pack(FILES), into)
    assert (unpacked.files, unpacked.left_out) == (3, 0)
    assert unpacked.folder == into / "pets"
    assert everything(into) == FILES


def test_only_class_is_no_wrapper(into):
    assert unpack(zipped({"cat/1.jpg": b"x"}), into).folder == into


def test_hidden_files_and_those_of_systems_are_left_out(into):
    files = {".hidden": b"x", "__MACOSX/cat/._1.jpg": b"x", "cat/.DS_Store": b"x"}
    unpacked = unpack(zipped(FILES | files), into)
    assert (unpacked.files, unpacked.left_out) == (3, 3)
    assert everything(into) == FILES


@pytest.mark.parametrize(
    "name", ["../out.jpg", "/out.jpg", "cat/../../out.jpg", "..\\out.jpg", "C:\\out.jpg", "a" * 300]
)
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_path_that_leads_out_is_refused_and_leaves_nothing(into, tmp_path, pack, name):
    with pytest.raises(SourceError, match="leads out of it") as refusal:
        unpack(pack(FILES | {name: b"x"}), into)
    assert len(str(refusal.value)) < 300
    assert not into.exists()
    assert not list(tmp_path.rglob("out.jpg"))


def link(name, target, kind):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


def test_links_and_devices_are_left_out_and_not_followed(into, tmp_path):
    (tmp_path / "secret").mkdir()
    members = [
        link("pets/cat/link.jpg", "/etc/passwd", tarfile.SYMTYPE),
        link("pets/out", str(tmp_path / "secret"), tarfile.SYMTYPE),
        link("pets/cat/hard.jpg", "pets/cat/1.jpg", tarfile.LNKTYPE),
        link("pets/cat/pipe.jpg", "", tarfile.FIFOTYPE),
    ]
    through = tarfile.TarInfo("pets/out/1.jpg")
    unpacked = unpack(tarred(FILES, members=[*members, through]), into)
    assert (unpacked.files, unpacked.left_out) == (4, 4)
    assert os.listdir(tmp_path / "secret") == []
    assert not any(path.is_symlink() for path in into.rglob("*"))


def test_link_in_a_zip_is_left_out(into):
    info = zipfile.ZipInfo("pets/link.jpg")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    data = zipped(FILES)
    with zipfile.ZipFile(data, "a") as archive:
        archive.writestr(info, "/etc/passwd")
    assert unpack(data, into).left_out == 1
    assert everything(into) == FILES


def test_archive_that_unpacks_to_too_much_is_refused_before_it_is_written(into):
    bomb = zipped({"cat/1.jpg": b"\0" * 30_000_000}, compression=zipfile.ZIP_DEFLATED)
    assert len(bomb.getvalue()) < 100_000
    with pytest.raises(SourceError, match="once it is unpacked"):
        unpack(bomb, into, most_bytes=5_000_000)
    with pytest.raises(SourceError, match="more than 2 files"):
        unpack(zipped(FILES), into, most_files=2)
    assert not into.exists()


def test_name_that_comes_twice_is_counted(into):
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped(FILES)
        with zipfile.ZipFile(data, "a") as archive:
            archive.writestr("pets/cat/1.jpg", b"another")
            archive.writestr("pets/cat/1.jpg/2.jpg", b"within a file")
    unpacked = unpack(data, into)
    assert (unpacked.files, unpacked.left_out) == (3, 2)
    assert everything(into) == FILES


@pytest.mark.parametrize(
    "data",
    [b"", b"no archive", b"PK\x03\x04 cut off", zipped(FILES).getvalue()[:200],
     tarred(FILES).getvalue()[:60], tarred(FILES, "w").getvalue()[:700]],
)  # fmt: skip
def test_damaged_archive_is_refused_in_a_sentence(into, data):
    with pytest.raises(SourceError) as refusal:
        unpack(io.BytesIO(data), into)
    assert str(refusal.value).endswith(".")
    assert len(str(refusal.value)) < 100
    assert not into.exists()


def test_encrypted_archive_is_refused_with_the_reason(into):
    data = zipped(FILES)
    raw = bytearray(data.getvalue())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.find(mark)
        while at >= 0:
            raw[at + offset] |= 1
            at = raw.find(mark, at + 4)
    with pytest.raises(SourceError, match="encrypted"):
        unpack(io.BytesIO(bytes(raw)), into)
