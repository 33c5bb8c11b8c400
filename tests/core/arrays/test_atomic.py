import threading

import numpy as np
import pytest

from core.arrays import atomic
from core.arrays.atomic import atomic_folder, atomic_write, remove_partial


def names(folder):
    return sorted(file.name for file in folder.iterdir())


def test_file_is_replaced_when_the_block_ends(tmp_path):
    file = tmp_path / "file.json"
    file.write_text("old")
    with atomic_write(file) as partial:
        partial.write_text("new")
        assert file.read_text() == "old"
    assert file.read_text() == "new"
    assert names(tmp_path) == ["file.json"]


def test_failing_writer_leaves_the_old_file_and_nothing_beside_it(tmp_path):
    file = tmp_path / "file.json"
    file.write_text("old")
    with pytest.raises(RuntimeError, match="disk full"), atomic_write(file) as partial:
        partial.write_text("half")
        raise RuntimeError("disk full")
    assert file.read_text() == "old"
    assert names(tmp_path) == ["file.json"]


def test_block_that_writes_nothing_is_an_error_and_keeps_the_old_file(tmp_path):
    file = tmp_path / "file.json"
    file.write_text("old")
    with pytest.raises(FileNotFoundError), atomic_write(file):
        pass
    assert file.read_text() == "old"


def test_writer_that_appends_a_missing_suffix_finds_it_there(tmp_path):
    with atomic_write(tmp_path / "arrays.npz") as partial:
        np.savez(partial, a=np.arange(3))
    assert names(tmp_path) == ["arrays.npz"]


def test_concurrent_writers_do_not_mix(tmp_path):
    file = tmp_path / "file.txt"
    together = threading.Barrier(8)

    def write(letter):
        with atomic_write(file) as partial, partial.open("w") as opened:
            together.wait(timeout=60)
            opened.write(letter * 50_000)

    threads = [threading.Thread(target=write, args=(letter,)) for letter in "abcdefgh"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert file.read_text() in {letter * 50_000 for letter in "abcdefgh"}
    assert names(tmp_path) == ["file.txt"]


def test_what_a_killed_writer_left_behind_is_removed_and_nothing_else(tmp_path):
    for name in ("kept.npz", "a.partial.npz", "notes.partial"):
        (tmp_path / name).touch()
    writer = atomic_write(tmp_path / "evidence.npz")
    writer.__enter__().touch()  # and is killed there
    assert len(list(tmp_path.iterdir())) == 4
    remove_partial(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        "kept.npz", "a.partial.npz", "notes.partial",
    }  # fmt: skip


@pytest.mark.parametrize("exchanges", [True, False])
def test_folder_takes_the_place_of_another_whole(tmp_path, monkeypatch, exchanges):
    if not exchanges:  # as on systems that cannot
        monkeypatch.setattr(atomic, "_exchanged", lambda one, other: False)
    place = tmp_path / "out"
    for content in ("first", "second"):
        with atomic_folder(place) as partial:
            (partial / content).write_text(content)
            (partial / "deep").mkdir()
        assert sorted(one.name for one in place.iterdir()) == ["deep", content]
    with pytest.raises(ZeroDivisionError), atomic_folder(place) as partial:
        (partial / "third").write_text("third")
        raise ZeroDivisionError
    assert sorted(one.name for one in place.iterdir()) == ["deep", "second"]
    assert list(tmp_path.iterdir()) == [place]
