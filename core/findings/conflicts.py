"""Copies of one picture that carry different labels: one of them at least is wrong."""

from __future__ import annotations

from core.findings.copies import differing_copies
from core.findings.finder import Examined, Finding


def find(examined: Examined) -> list[Finding]:
    """Return the groups of copies with more than one label, those of the same bytes first."""
    return differing_copies(examined, examined.labels)
