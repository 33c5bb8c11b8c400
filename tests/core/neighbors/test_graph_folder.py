"""The folder of neighbors."""

import threading

import numpy as np
import pytest

from core.neighbors import graph_folder as folder_module
from core.neighbors.graph_folder import map_arrays, replacing, tidy


def write(folder, value):
    with replacing(folder) as partial:
        for name in ("a", "b"):
            np.save(partial / f"{name}.npy", np.full(3, value))


def values(folder):
    arrays = map_arrays(folder, ("a", "b"))
    return {int(value) for array in arrays.values() for value in array}


def test_new_folder_takes_the_place_of_the_old(tmp_path):
    write(tmp_path / "n", 1)
    write(tmp_path / "n", 2)
    assert values(tmp_path / "n") == {2}
    assert [path.name for path in tmp_path.iterdir()] == ["n"]


def test_maps_of_the_old_folder_stay_readable(tmp_path):
    write(tmp_path / "n", 1)
    arrays = map_arrays(tmp_path / "n", ("a",))
    write(tmp_path / "n", 2)
    assert arrays["a"].tolist() == [1, 1, 1]


def test_failure_leaves_the_old_folder(tmp_path):
    write(tmp_path / "n", 1)
    with pytest.raises(RuntimeError), replacing(tmp_path / "n") as partial:
        np.save(partial / "a.npy", np.full(3, 2))
        raise RuntimeError
    assert values(tmp_path / "n") == {1}
    tidy(tmp_path / "n")
    assert [path.name for path in tmp_path.iterdir()] == ["n"]


@pytest.mark.parametrize("name", ["partial", "old"])
def test_temporary_folders_of_a_killed_process_are_removed(tmp_path, name):
    write(tmp_path / "n", 1)
    (tmp_path / f"n.{name}").mkdir()
    tidy(tmp_path / "n")
    assert values(tmp_path / "n") == {1}
    assert [path.name for path in tmp_path.iterdir()] == ["n"]


def test_killed_between_the_renames_the_old_folder_comes_back(tmp_path):
    write(tmp_path / "n.old", 1)
    write(tmp_path / "n.partial", 2)
    tidy(tmp_path / "n")
    assert values(tmp_path / "n") == {1}


def test_a_reader_never_mixes_arrays_of_two_versions(tmp_path, monkeypatch):
    """The folder is replaced while a reader is between two files."""
    folder = tmp_path / "n"
    write(folder, 1)
    read = folder_module.mapped
    pending = [2, 3]

    def slow(path):
        array = read(path)
        if pending:
            write(folder, pending.pop(0))
        return array

    monkeypatch.setattr(folder_module, "mapped", slow)
    assert values(folder) == {3}


def test_a_reader_beside_a_busy_writer_gets_whole_versions(tmp_path):
    folder = tmp_path / "n"
    write(folder, 0)
    writer = threading.Thread(target=lambda: [write(folder, value) for value in range(1, 40)])
    writer.start()
    versions = []
    while writer.is_alive():
        versions.append(values(folder))
    writer.join()
    assert all(len(one) == 1 for one in versions)
    assert values(folder) == {39}


def test_a_missing_array_raises_file_not_found(tmp_path):
    write(tmp_path / "n", 1)
    with pytest.raises(FileNotFoundError):
        map_arrays(tmp_path / "n", ("a", "c"))
