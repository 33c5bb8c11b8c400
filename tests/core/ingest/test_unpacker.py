"""Nothing is written outside the folder, nothing without a limit."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.ingest import unpacker as module
from core.ingest.records import SourceError
from core.ingest.unpacker import Checked, Unpacker, check_names, checked_name

PARTS = st.one_of(
    st.sampled_from(
        ["..", ".", "", "cat", "CON", "a\\b", " ", "-", "~", "*", "C:", "é", "猫", "\n"]
    ),
    st.text(max_size=8),
)
NAMES = st.lists(PARTS, min_size=1, max_size=5).map("/".join)


@given(NAMES)
def test_checked_names_lie_below_the_folder(name):
    try:
        path = checked_name(name)
    except SourceError:
        return
    parts = path.split("/")
    assert not path.startswith("/")
    assert not {"", ".", ".."} & {*parts}
    assert checked_name(path) == path


@settings(max_examples=60, deadline=None)
@given(names=st.lists(NAMES, max_size=6))
def test_whatever_the_names_nothing_is_written_elsewhere(tmp_path_factory, names):
    above = tmp_path_factory.mktemp("above")
    folder = above / "in" / "folder"
    folder.mkdir(parents=True)
    unpacker = Unpacker(folder)
    written = []
    for name in names:
        try:
            path = unpacker.add(name, [b"x"])
        except SourceError:
            continue
        written += [path] if path is not None else []
    assert [*above.iterdir()] == [above / "in"]
    assert [*(above / "in").iterdir()] == [folder]
    found = {one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file()}
    assert found - {module.PARTIAL} == {*written}
    assert Counter(written) == Counter({*written})


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../cat/1.jpg", "leads out of its folder"),
        ("cat/../../1.jpg", "leads out of its folder"),
        ("..\\1.jpg", "leads out of its folder"),
        ("/etc/passwd", "absolute name /etc/passwd"),
        ("C:\\cat\\1.jpg", "absolute name"),
        ("\\\\server\\cat\\1.jpg", "absolute name"),
        ("a\0.jpg", "unusable name"),
        ("./", "unusable name"),
    ],
)
def test_hostile_names_are_refused(name, reason):
    with pytest.raises(SourceError, match=reason.replace("/", "/")):
        checked_name(name)


def test_a_name_twice_is_refused(tmp_path):
    unpacker = Unpacker(tmp_path)
    unpacker.add("cat/1.jpg", [b"one"])
    with pytest.raises(SourceError, match=r"holds cat/1\.jpg twice"):
        unpacker.add("./cat//1.jpg", [b"two"])
    assert (tmp_path / "cat" / "1.jpg").read_bytes() == b"one"
    with pytest.raises(SourceError, match="twice"):
        check_names(["a/b", "a//b"])


def test_a_file_that_is_a_folder_too_is_refused(tmp_path):
    unpacker = Unpacker(tmp_path)
    unpacker.add("cat", [b"x"])
    with pytest.raises(SourceError, match=r"holds cat/1\.jpg as a file and as a folder"):
        unpacker.add("cat/1.jpg", [b"x"])
    with pytest.raises(SourceError, match="as a file and as a folder"):
        check_names(["cat/1.jpg", "cat"])


def test_names_that_are_too_long_are_refused_in_a_short_sentence(tmp_path):
    with pytest.raises(SourceError, match="cannot be a file's") as refusal:
        Unpacker(tmp_path).add("n" * 5000, [b"x"])
    assert len(str(refusal.value)) <= 300


def test_hidden_files_and_those_of_systems_are_left_out(tmp_path):
    unpacker = Unpacker(tmp_path)
    for name in ("__MACOSX/._1.jpg", ".DS_Store", "cat/.1.jpg", "@eaDir/1.jpg"):
        assert unpacker.add(name, [b"x"]) is None
    assert list(tmp_path.iterdir()) == []


def test_what_is_larger_than_the_limit_is_refused_as_it_is_written(tmp_path):
    def endless():
        while True:
            yield bytes(1000)

    unpacker = Unpacker(tmp_path, gigabytes=0.00001)
    with pytest.raises(SourceError, match=r"more than 1e-05 GB; --unpack-limit GB allows more"):
        unpacker.add("bomb", endless())
    assert not (tmp_path / "bomb").exists()


def test_what_is_declared_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(SourceError, match="more than 1 GB"):
        Unpacker(tmp_path, gigabytes=1).expect(3, 2_000_000_000)
    with pytest.raises(SourceError, match="10,000,000 files"):
        Unpacker(tmp_path).expect(10_000_000, 1)
    with pytest.raises(SourceError, match="1,000 times its size"):
        Unpacker(tmp_path).expect(1, 1_000_000_000, packed=1_000_000)
    with pytest.raises(SourceError, match="free on the disk"):
        Unpacker(tmp_path, gigabytes=1e9).expect(1, 10**17)


def test_very_many_empty_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "HOLLOW_ENTRIES", 10)
    unpacker = Unpacker(tmp_path)
    with pytest.raises(SourceError, match="10 files with nearly nothing"):
        for number in range(11):
            unpacker.add(f"{number}", [])


def test_a_file_that_is_there_is_not_written_again(tmp_path):
    Unpacker(tmp_path).add("cat/1.jpg", [b"first"])
    again = Unpacker(tmp_path)
    assert again.add("cat/1.jpg", iter(pytest.fail, None)) == "cat/1.jpg"
    assert (tmp_path / "cat" / "1.jpg").read_bytes() == b"first"


def test_a_file_that_is_cut_off_is_not_there(tmp_path):
    def cut_off():
        yield b"half"
        raise KeyboardInterrupt

    unpacker = Unpacker(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        unpacker.add("cat/1.jpg", cut_off())
    assert not (tmp_path / "cat" / "1.jpg").exists()


def test_checking_ends_with_the_first_file():
    with pytest.raises(Checked):
        Unpacker(None).add("cat/1.jpg", [])
