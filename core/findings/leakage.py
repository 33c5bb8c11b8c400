"""Copies of one picture on both sides of a split: a test would know the answer."""

from __future__ import annotations

from core.findings.copies import differing_copies
from core.findings.finder import Examined, Finding


def find(examined: Examined) -> list[Finding]:
    """Return the groups of copies that lie in more than one split."""
    return differing_copies(examined, examined.splits)
