"""The best rows by a product."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.arrays import blocks
from core.search.best_rows import best_rows


@given(st.integers(0, 40), st.integers(1, 50), st.integers(0, 9), st.booleans())
def test_best_rows_are_those_of_a_full_sort(n, count, seed, is_marked):
    rng = np.random.default_rng(seed)
    # Whole numbers, so that there are equal scores.
    vectors = rng.integers(-2, 3, (n, 3)).astype(np.float16)
    direction = rng.integers(-2, 3, 3).astype(np.float32)
    among = rng.random(n) < 0.6 if is_marked else None
    scores = vectors.astype(np.float32) @ direction
    rows = np.arange(n) if among is None else np.flatnonzero(among)
    expected = rows[np.argsort(-scores[rows], kind="stable")][:count]
    found = best_rows(vectors, direction, count, among)
    assert found.rows.tolist() == expected.tolist()
    assert found.scores.tolist() == scores[expected].tolist()


def test_blocks_make_no_difference(monkeypatch):
    vectors = np.random.default_rng(0).standard_normal((50, 4)).astype(np.float16)
    direction = np.ones(4, np.float32)
    whole = best_rows(vectors, direction, 10)
    monkeypatch.setattr(blocks, "ROWS", 7)
    assert best_rows(vectors, direction, 10).rows.tolist() == whole.rows.tolist()
