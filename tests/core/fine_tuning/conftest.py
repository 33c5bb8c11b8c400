"""Eighteen photographs, on which fine-tuning is allowed, on small pictures and for a moment."""

import pytest

from core.fine_tuning import split_network, tuning_run
from core.ranking.fine_tuned_input import set_fine_tuning


@pytest.fixture
def tunable(ranked, monkeypatch):
    """The computed audit of eighteen photographs, with fine-tuning asked for."""
    monkeypatch.setattr(tuning_run, "FEWEST", 10)
    monkeypatch.setattr(split_network.SplitNetwork, "of", classmethod(_small))
    set_fine_tuning(ranked, True)
    return ranked


def _small(cls, backbone):
    return cls(split_network.VARIANTS["efficientnet_lite0"], 64)
