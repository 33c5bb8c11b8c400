"""Pictures that are there more than once."""

from __future__ import annotations

from core.findings.copies import differing_copies
from core.findings.finder import Examined, Finding


def find(examined: Examined) -> list[Finding]:
    """Return every group of copies, those of the same bytes first."""
    return differing_copies(examined)
