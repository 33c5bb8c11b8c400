"""Tables and rows for the tests of neighbors."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

tables = hnp.arrays(
    np.float16,
    st.tuples(st.integers(1, 12), st.integers(1, 6)),
    elements=st.floats(-8, 8, width=16),
)


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
