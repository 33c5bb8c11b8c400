"""Who is held out with whom."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.detectors.folds import cell_folds, out_of_fold, stratified_folds

labels_of_any_size = st.lists(st.integers(0, 4), min_size=1, max_size=60).map(np.array)


@given(labels_of_any_size, st.integers(1, 8))
def test_each_class_and_the_whole_are_dealt_evenly(labels: np.ndarray, n_folds: int) -> None:
    folds = stratified_folds(labels, n_folds, random_state=0)
    for part in (folds, *(folds[labels == c] for c in np.unique(labels))):
        counts = np.bincount(part, minlength=n_folds)
        assert counts.max() - counts.min() <= 1


@given(labels_of_any_size, st.integers(1, 6), st.integers(1, 12))
def test_groups_are_not_parted(labels: np.ndarray, n_folds: int, n_groups: int) -> None:
    groups = np.arange(len(labels)) % n_groups
    folds = stratified_folds(labels, n_folds, 0, groups)
    assert all(len(np.unique(folds[groups == group])) == 1 for group in np.unique(groups))


@settings(deadline=None, max_examples=10)
@given(st.integers(1, 30), st.integers(1, 8))
def test_equal_rows_share_a_cell(n: int, n_cells: int) -> None:
    rng = np.random.default_rng(n)
    vectors = rng.standard_normal((n, 3)).astype(np.float32)
    folds = cell_folds(np.repeat(vectors, 2, axis=0), n_cells, 4, random_state=0)
    np.testing.assert_array_equal(folds[::2], folds[1::2])


def test_no_row_is_predicted_by_a_classifier_that_saw_it() -> None:
    labels, folds = np.arange(20) % 3, np.arange(20) % 4

    def classify(train: np.ndarray, test: np.ndarray) -> np.ndarray:
        assert not (train & test).any()
        assert (train | test).all()
        return np.zeros((test.sum(), 3))

    assert out_of_fold(folds, labels, 3, classify).shape == (20, 3)


def test_a_class_outside_the_training_part_is_unknown() -> None:
    logits = out_of_fold(
        np.array([0, 1, 1, 0]), np.array([2, 0, 1, 1]), 4, lambda train, test: np.zeros((2, 2))
    )
    np.testing.assert_array_equal(np.isnan(logits[0]), [False, False, True, True])
    np.testing.assert_array_equal(np.isnan(logits[1]), [True, False, False, True])
