"""Walking through rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.detectors import estimator as base


@given(st.integers(0, 100_000), st.integers(0, 5_000_000))
def test_blocks_cover_every_row_once_and_are_small(n: int, n_columns: int) -> None:
    parts = list(base.blocks(n, n_columns))
    assert [part.start for part in parts] == [0, *(part.stop for part in parts)][: len(parts)]
    assert (parts[-1].stop if parts else 0) == n
    for part in parts:
        length = part.stop - part.start
        assert 1 <= length <= base._MOST_ROWS_IN_BLOCK
        assert length == 1 or length * n_columns <= base._CELLS_IN_BLOCK


@pytest.mark.parametrize("rows", [slice(2, 4), np.array([2, 3])])
def test_rows_are_taken_by_slice_or_position(rows: base.Rows) -> None:
    X = np.arange(12, dtype=np.float16).reshape(6, 2)
    np.testing.assert_array_equal(base.positions(rows), [2, 3])
    taken = base.as_float32(X, rows)
    assert taken.dtype == np.float32
    np.testing.assert_array_equal(taken, X[2:4])
