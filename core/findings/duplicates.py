"""Exact duplicates and near-duplicates."""

from __future__ import annotations

from core.findings.copies import differing_copies
from core.findings.finder import Examined, Finding, FindingKind


def find(examined: Examined) -> list[Finding]:
    """Return every group of duplicates, exact ones first."""
    return differing_copies(examined)


FINDING = FindingKind(
    name="duplicates",
    order=2,
    flag="copy",
    flag_help="it has exact or near-duplicates",
    title="Exact and near-duplicates",
    meaning="In the ranking, duplicates count as one picture.",
    one="{n} image has exact or near-duplicates",
    many="{n} images have exact or near-duplicates",
    find=find,
    version=2,
)
