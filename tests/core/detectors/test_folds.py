"""Cross-validation folds: stratified, grouped, by cells."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.detectors.folds import _assign, _cells, cell_folds, stratified_folds
from tests.core.detectors.conftest import Noisy

labels_of_any_size = st.lists(st.integers(0, 4), min_size=1, max_size=60).map(np.array)


@given(labels_of_any_size, st.integers(1, 8))
def test_folds_are_balanced_overall_and_within_each_class(labels: np.ndarray, n_folds: int) -> None:
    folds = stratified_folds(labels, n_folds, random_state=0)
    for part in (folds, *(folds[labels == c] for c in np.unique(labels))):
        counts = np.bincount(part, minlength=n_folds)
        assert counts.max() - counts.min() <= 1


@given(labels_of_any_size, st.integers(1, 6), st.integers(1, 12))
def test_groups_share_a_fold(labels: np.ndarray, n_folds: int, n_groups: int) -> None:
    groups = np.arange(len(labels)) % n_groups
    folds = stratified_folds(labels, n_folds, 0, groups)
    assert all(len(np.unique(folds[groups == group])) == 1 for group in np.unique(groups))


@settings(deadline=None, max_examples=10)
@given(st.integers(1, 30), st.integers(1, 8))
def test_equal_rows_share_a_cell(n: int, n_cells: int) -> None:
    rng = np.random.default_rng(n)
    vectors = rng.standard_normal((n, 3)).astype(np.float32)
    labels = np.zeros(2 * n, np.int64)
    folds = cell_folds(np.repeat(vectors, 2, axis=0), labels, n_cells, 4, random_state=0)
    np.testing.assert_array_equal(folds[::2], folds[1::2])


def test_cells_share_a_fold(noisy: Noisy) -> None:
    vectors = noisy.features.vectors
    folds = cell_folds(vectors, noisy.given, 10, 4, random_state=0)
    for c in range(5):
        own = noisy.given == c
        cells = _cells(vectors[own], 10, 0)
        assert len(np.unique(cells)) > 5
        assert all(len(np.unique(folds[own][cells == cell])) == 1 for cell in np.unique(cells))


def test_classes_are_spread_over_folds(noisy: Noisy) -> None:
    folds = cell_folds(noisy.features.vectors, noisy.given, 20, 4, random_state=0)
    for c in range(5):
        shares = np.bincount(folds[noisy.given == c], minlength=4) / (noisy.given == c).sum()
        assert shares.min() > 0.1
        assert shares.max() < 0.4


@pytest.mark.parametrize("n", [1, 2, 5])
def test_a_class_too_small_for_two_cells_is_held_out_together(n: int) -> None:
    vectors = np.random.default_rng(0).standard_normal((n, 3)).astype(np.float32)
    assert len(set(cell_folds(vectors, np.zeros(n, np.int64), 20, 8, 0).tolist())) == 1


def test_small_classes_are_not_all_in_one_fold() -> None:
    vectors = np.random.default_rng(0).standard_normal((40, 3)).astype(np.float32)
    folds = cell_folds(vectors, np.arange(40), 20, 8, random_state=0)
    assert len(np.unique(folds)) > 4


@given(st.lists(st.integers(1, 50), min_size=1, max_size=30), st.integers(1, 8))
def test_no_fold_is_fuller_than_another_by_more_than_a_cell(sizes: list, n_folds: int) -> None:
    dealt = _assign(np.array(sizes), np.arange(n_folds)[::-1])
    load = np.bincount(dealt, sizes, n_folds)
    assert load.max() - load.min() <= max(sizes)
