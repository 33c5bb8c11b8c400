"""Blocks of rows: every row once, in order, and one loop for all of them."""

import ast
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.arrays import blocks

CORE = Path(__file__).parents[3] / "core"


@given(st.integers(0, 3000), st.integers(1, 500), st.integers(0, 3000))
def test_slices_cover_every_row_once_and_in_order(n, size, first):
    parts = list(blocks.slices(n, size, first))
    rows = [row for part in parts for row in range(part.start, part.stop)]
    assert rows == list(range(first, n))
    assert all(part.stop - part.start == size for part in parts[:-1])


@given(st.integers(0, 5_000_000))
def test_an_array_of_one_block_stays_small(n_columns):
    rows = blocks.block_size(n_columns)
    assert 1 <= rows <= blocks._MOST_ROWS
    assert rows == 1 or rows * n_columns <= blocks._ENTRIES


@pytest.mark.parametrize("rows", [None, np.array([0, 3, 4, 9])])
def test_row_blocks_are_the_rows_in_single_precision(tmp_path, rows):
    X = np.arange(20, dtype=np.float16).reshape(10, 2)
    np.save(tmp_path / "X.npy", X)
    for source in (X, blocks.mapped(tmp_path / "X.npy")):
        found = list(blocks.row_blocks(source, rows, 3))
        assert max(len(block) for block in found) == 3
        joined = np.concatenate(found)
        assert joined.dtype == np.float32
        np.testing.assert_array_equal(joined, X if rows is None else X[rows])


def test_no_other_module_cuts_rows_into_blocks():
    """A range with a step is a loop of that kind; the store's is over statements, not rows."""
    own = {
        path.relative_to(CORE).as_posix()
        for path in CORE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "range"
        and len(node.args) == 3
        and "store" not in path.parts
    }
    assert own == {"arrays/blocks.py"}
