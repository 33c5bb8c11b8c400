from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from core.arrays.row_file import RowFile, write_rows


@pytest.fixture
def path(tmp_path):
    return tmp_path / "rows.npy"


def write(path, values):
    """Write an array with these rows."""
    file = RowFile(path, len(values), len(values[0]))
    for row, value in enumerate(values):
        file.write(row, np.array(value, np.float16))
    file.flush()
    file.close()


def grow(path, count, dimension=2):
    RowFile(path, count, dimension).close()
    return np.load(path)


def test_new_rows_are_zero(path):
    rows = grow(path, 3)
    assert rows.dtype == np.float16
    np.testing.assert_array_equal(rows, np.zeros((3, 2)))


def test_rows_come_back_as_they_were_written(path):
    write(path, [[1, 2], [3, 4]])
    np.testing.assert_array_equal(np.load(path), [[1, 2], [3, 4]])
    file = RowFile(path, 2, 2)
    np.testing.assert_array_equal(file.read(1), [3, 4])
    file.close()


def test_grown_array_keeps_its_rows(path):
    write(path, [[1, 2], [3, 4]])
    np.testing.assert_array_equal(grow(path, 4), [[1, 2], [3, 4], [0, 0], [0, 0]])
    assert [file.name for file in path.parent.iterdir()] == ["rows.npy"]


def test_array_that_is_long_enough_is_left_as_it_is(path):
    write(path, [[1, 2]] * 5)
    assert len(grow(path, 3)) == 5


def test_array_of_another_width_is_made_anew(path):
    write(path, [[1, 2], [3, 4]])
    np.testing.assert_array_equal(grow(path, 2, dimension=3), np.zeros((2, 3)))


def test_array_written_by_numpy_is_understood(path):
    np.save(path, np.ones((2, 2), np.float16))
    np.testing.assert_array_equal(grow(path, 3), [[1, 1], [1, 1], [0, 0]])


def test_many_threads_do_not_mix_their_rows(path):
    file = RowFile(path, 200, 3)

    def write_and_read(row):
        file.write(row, np.full(3, row, np.float16))
        return file.read(row).tolist()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(write_and_read, range(200))) == [[row] * 3 for row in range(200)]
    file.close()


def test_rows_that_are_given_lie_in_their_places(path):
    values = np.array([[1, 2], [3, 4]], np.float16)
    write_rows(path, np.array([2, 0]), values)
    np.testing.assert_array_equal(np.load(path), [[3, 4], [0, 0], [1, 2]])
    assert [file.name for file in path.parent.iterdir()] == ["rows.npy"]
