"""Half-whitening."""

import numpy as np
import pytest
from hypothesis import given, settings

from core.neighbors import HalfWhitening
from tests.core.neighbors.making import tables, unit


@settings(deadline=None, max_examples=60)
@given(tables)
def test_rows_have_unit_length_or_none(X: np.ndarray) -> None:
    rows = HalfWhitening().fit_transform(X)
    lengths = np.linalg.norm(rows, axis=1)
    assert rows.dtype == np.float32
    assert rows.shape == (len(X), max(1, min(X.shape[1], len(X) - 1)))
    assert (np.isclose(lengths, 1, atol=1e-4) | (lengths == 0)).all()


@pytest.mark.parametrize("value", [0.0, 0.1, 3.3, 6e4])
def test_constant_rows_become_zeros(value: float) -> None:
    rows = HalfWhitening().fit_transform(np.full((40, 30), value, np.float32))
    assert not rows.any()


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
def test_scale_is_divided_out_to_the_power(power: float) -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((4000, 2)) * [9.0, 1.0]
    rows = HalfWhitening(power=power).fit_transform(X)
    expected = unit(X / np.array([9.0, 1.0]) ** power)
    overlap = np.abs((rows * expected).sum(axis=1))
    swapped = np.abs((rows * expected * [1, -1]).sum(axis=1))
    assert np.maximum(overlap, swapped).mean() > 0.99


def test_scale_of_the_embedding_does_not_matter() -> None:
    X = np.random.default_rng(1).standard_normal((50, 8)).astype(np.float32)
    np.testing.assert_allclose(
        HalfWhitening().fit_transform(X), HalfWhitening().fit_transform(X * 4), atol=1e-4
    )


def test_directions_come_from_a_seeded_sample() -> None:
    X = np.random.default_rng(2).standard_normal((300, 5)).astype(np.float32)
    first, second = (HalfWhitening(sample_size=100).fit(X) for _ in range(2))
    np.testing.assert_array_equal(first.components_, second.components_)
    np.testing.assert_array_equal(first.mean_, second.mean_)
    assert first.transform(X).shape == (300, 5)


@pytest.mark.parametrize(
    "X", [np.empty((0, 3)), np.zeros(3), np.array([[np.nan, 1.0]]), np.array([[np.inf], [1.0]])]
)
def test_unusable_embeddings_are_refused(X: np.ndarray) -> None:
    with pytest.raises(ValueError, match="Embeddings must"):
        HalfWhitening().fit(X)
