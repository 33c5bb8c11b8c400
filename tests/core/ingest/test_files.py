import hashlib
import os
import socket

import pytest

from core.ingest.files import UnreadableImage, content_hash, path_inside, read_file

AS_ROOT = pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")


@pytest.fixture
def source(tmp_path):
    (tmp_path / "source").mkdir()
    return tmp_path / "source"


def reason(action, *arguments):
    with pytest.raises(UnreadableImage) as error:
        action(*arguments)
    return str(error.value)


# -- what is read ------------------------------------------------------------------------------


def test_file_is_read_with_what_is_known_of_it(source):
    path = source / "a.jpg"
    path.write_bytes(b"abc")
    found = read_file(path)
    assert (found.data, found.size, found.mtime_ns) == (b"abc", 3, path.stat().st_mtime_ns)
    assert found.hash == content_hash(b"abc")


def test_line_ends_are_read_as_they_are(source):
    (source / "a.jpg").write_bytes(b"a\r\nb\n\x1ac")
    assert read_file(source / "a.jpg").data == b"a\r\nb\n\x1ac"


def test_hash_is_32_digits_of_blake2b():
    assert content_hash(b"a") == hashlib.blake2b(b"a", digest_size=16).hexdigest()
    assert len(content_hash(b"a")) == 32


def test_same_bytes_have_the_same_hash_and_others_another():
    assert content_hash(b"a") == content_hash(bytes([97])) != content_hash(b"b")


# -- what is not -------------------------------------------------------------------------------


def test_a_missing_file_is_an_error(source):
    assert reason(read_file, source / "missing.jpg") == "the file is missing"


def test_file_below_a_file_is_missing(source):
    (source / "a.jpg").write_bytes(b"x")
    assert reason(read_file, source / "a.jpg" / "b.jpg") == "the file is missing"


def test_empty_file_is_told(source):
    (source / "a.jpg").touch()
    assert reason(read_file, source / "a.jpg") == "the file is empty"


def test_folder_is_told(source):
    assert reason(read_file, source) == "it is a folder, not a file"


@pytest.mark.timeout(10)
def test_pipe_is_not_waited_for(source):
    os.mkfifo(source / "a.jpg")
    assert reason(read_file, source / "a.jpg") == "it is not a regular file"


def test_socket_is_told(source, monkeypatch):
    monkeypatch.chdir(source)  # addresses of sockets must be short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("a.jpg")
        assert reason(read_file, source / "a.jpg").startswith("the file cannot be read (")


@pytest.mark.parametrize(("size", "told"), [(1_000_000_001, "1.0"), (1_100_000_000, "1.1")])
def test_file_that_is_too_large_is_told_without_reading_it(source, size, told):
    with (source / "a.jpg").open("wb") as file:
        file.truncate(size)
    assert reason(read_file, source / "a.jpg") == f"the file is too large ({told} GB)"


def test_name_that_is_too_long_is_told(source):
    told = reason(read_file, source / ("n" * 300))
    assert told == "the file cannot be read (File name too long)"


@AS_ROOT
def test_file_that_may_not_be_read_is_told(source):
    (source / "a.jpg").write_bytes(b"x")
    (source / "a.jpg").chmod(0)
    assert reason(read_file, source / "a.jpg") == "the file cannot be read (Permission denied)"


@AS_ROOT
def test_file_in_a_folder_that_may_not_be_entered_is_told(source):
    (source / "cat").mkdir()
    (source / "cat" / "a.jpg").write_bytes(b"x")
    (source / "cat").chmod(0)
    try:
        told = reason(read_file, path_inside(source, "cat/a.jpg"))
    finally:
        (source / "cat").chmod(0o700)
    assert told == "the file cannot be read (Permission denied)"


# -- where a path leads ------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["a.jpg", "cat/a.jpg", "cat/../a.jpg", "./a.jpg", "..a.jpg"])
def test_path_within_the_source_is_given(source, path):
    (source / "cat").mkdir()
    inside = path_inside(source, path)
    assert inside.is_relative_to(source.resolve())
    assert inside.name == path.rpartition("/")[2]


@pytest.mark.parametrize("path", ["../a.jpg", "cat/../../a.jpg", "/etc/passwd", "..", "../source2"])
def test_path_out_of_the_source_is_refused(source, path):
    assert reason(path_inside, source, path) == "the path leads out of the source folder"


@pytest.mark.parametrize("path", ["a\0.jpg", "\0"])
def test_path_with_a_null_character_is_refused(source, path):
    assert reason(path_inside, source, path) == "the path leads nowhere"


def test_link_within_the_source_is_followed(source):
    (source / "a.jpg").write_bytes(b"x")
    (source / "b.jpg").symlink_to("a.jpg")
    assert path_inside(source, "b.jpg") == (source / "a.jpg").resolve()


@pytest.mark.parametrize("target", ["/etc/passwd", "../outside.jpg", "/dev/zero"])
def test_link_out_of_the_source_is_refused(source, target):
    (source / "a.jpg").symlink_to(target)
    assert reason(path_inside, source, "a.jpg") == "the path leads out of the source folder"


def test_file_in_a_linked_folder_outside_is_refused(source, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.jpg").write_bytes(b"x")
    (source / "cat").symlink_to(tmp_path / "elsewhere")
    assert reason(path_inside, source, "cat/a.jpg") == "the path leads out of the source folder"


def test_link_to_itself_leads_nowhere(source):
    (source / "a.jpg").symlink_to("b.jpg")
    (source / "b.jpg").symlink_to("a.jpg")
    assert reason(lambda: read_file(path_inside(source, "a.jpg"))) == "the path leads nowhere"


def test_source_itself_may_be_a_link(source, tmp_path):
    (source / "a.jpg").write_bytes(b"x")
    (tmp_path / "link").symlink_to(source)
    assert read_file(path_inside(tmp_path / "link", "a.jpg")).data == b"x"
