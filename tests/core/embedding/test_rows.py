import numpy as np

from core.embedding.rows import open_rows, write_rows


def test_new_rows_are_zero(tmp_path):
    rows = open_rows(tmp_path / "rows.npy", 3, 2)
    assert rows.dtype == np.float16
    np.testing.assert_array_equal(rows, np.zeros((3, 2)))


def test_grown_array_keeps_its_rows(tmp_path):
    rows = open_rows(tmp_path / "rows.npy", 2, 2)
    rows[:] = [[1, 2], [3, 4]]
    rows.flush()
    grown = open_rows(tmp_path / "rows.npy", 4, 2)
    np.testing.assert_array_equal(grown, [[1, 2], [3, 4], [0, 0], [0, 0]])


def test_array_that_is_long_enough_is_left_as_it_is(tmp_path):
    open_rows(tmp_path / "rows.npy", 5, 2)
    assert len(open_rows(tmp_path / "rows.npy", 3, 2)) == 5


def test_array_of_another_width_is_made_anew(tmp_path):
    open_rows(tmp_path / "rows.npy", 2, 2)[:] = 1
    np.testing.assert_array_equal(open_rows(tmp_path / "rows.npy", 2, 3), np.zeros((2, 3)))


def test_rows_that_are_given_lie_in_their_places(tmp_path):
    values = np.array([[1, 2], [3, 4]], np.float16)
    write_rows(tmp_path / "rows.npy", np.array([2, 0]), values)
    np.testing.assert_array_equal(np.load(tmp_path / "rows.npy"), [[3, 4], [0, 0], [1, 2]])
    assert [path.name for path in tmp_path.iterdir()] == ["rows.npy"]
