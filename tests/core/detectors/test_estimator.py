"""Rows, by slice or by position."""

import numpy as np
import pytest

from core.detectors.estimator import Rows, as_float32, positions


@pytest.mark.parametrize("rows", [slice(2, 4), np.array([2, 3])])
def test_rows_are_taken_by_slice_or_position(rows: Rows) -> None:
    X = np.arange(12, dtype=np.float16).reshape(6, 2)
    np.testing.assert_array_equal(positions(rows), [2, 3])
    taken = as_float32(X, rows)
    assert taken.dtype == np.float32
    np.testing.assert_array_equal(taken, X[2:4])
