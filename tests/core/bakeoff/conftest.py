"""A computed audit whose embeddings are short, so that trying the detectors takes no time."""

import numpy as np
import pytest

from tests.core.detectors.conftest import noisy

__all__ = ["noisy"]


@pytest.fixture
def short(ranked):
    """The audit of eighteen photographs, with the first sixteen numbers of each embedding."""
    rows = np.load(ranked.embeddings_file)
    np.save(ranked.embeddings_file, rows[:, :16])
    return ranked
