"""Duplicates with conflicting labels: at least one label is likely wrong."""

from __future__ import annotations

from core.findings.copies import differing_copies
from core.findings.finder import Examined, Finding, FindingKind


def find(examined: Examined) -> list[Finding]:
    """Return the groups of duplicates with more than one label, exact duplicates first."""
    return differing_copies(examined, examined.labels)


FINDING = FindingKind(
    name="conflicts",
    order=0,
    flag="conflict",
    flag_help="its duplicates have other labels",
    title="Duplicates with conflicting labels",
    meaning="One picture under several labels: at least one label is likely wrong.",
    one="{n} image has duplicates with other labels",
    many="{n} images have duplicates with other labels",
    find=find,
    version=2,
)
