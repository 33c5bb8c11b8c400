"""Pictures that are there more than once."""

from __future__ import annotations

from core.findings.base import Examined, Finding
from core.findings.copies import differing_copies


def find(examined: Examined) -> list[Finding]:
    """Return every group of copies, those of the same bytes first."""
    return differing_copies(examined)
