"""Out-of-fold linear scores."""

import numpy as np
import pytest

from core.detectors.linear import FoldedLinear


def test_each_item_is_scored_without_its_own_fold() -> None:
    X = np.array([[1, 0], [0, 1], [1, 1]], np.float16)
    coefficients = np.array([[[1, 2], [3, 4]], [[10, 20], [30, 40]]], np.float32)
    intercepts = np.array([[0.5, 0], [0, np.nan]], np.float32)
    evidence = FoldedLinear(X, np.array([0, 1, 1]), coefficients, intercepts)
    expected = [[1.5, 3], [20, np.nan], [30, np.nan]]
    np.testing.assert_array_equal(evidence.log_proba(slice(0, 3)), expected)
    np.testing.assert_array_equal(evidence.log_proba(np.array([2, 0])), [[30, np.nan], [1.5, 3]])


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_log_proba_is_single_precision(dtype: type) -> None:
    evidence = FoldedLinear(
        np.ones((2, 1), dtype),
        np.zeros(2, np.int64),
        np.ones((1, 3, 1), np.float32),
        np.zeros((1, 3), np.float32),
    )
    assert evidence.log_proba(slice(0, 2)).dtype == np.float32
