"""Copies of one picture that carry different labels: one of them at least is wrong."""

from __future__ import annotations

from core.findings.base import Examined, Finding
from core.findings.copies import differing_copies


def find(examined: Examined) -> list[Finding]:
    """Return the groups of copies with more than one label, those of the same bytes first."""
    return differing_copies(examined, examined.labels)
