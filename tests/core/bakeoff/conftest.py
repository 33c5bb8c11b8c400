"""A computed audit with short embeddings, so that detectors are fast."""

import numpy as np
import pytest

from core.audit import WIDTHS
from tests.core.detectors.conftest import noisy

__all__ = ["noisy"]


@pytest.fixture
def short(ranked):
    """The audit of eighteen photographs, with the first sixteen numbers of each embedding."""
    rows = np.load(ranked.embeddings_file)
    np.save(ranked.embeddings_file, rows[:, :16])
    ranked.store.set_settings({WIDTHS: None})
    return ranked
