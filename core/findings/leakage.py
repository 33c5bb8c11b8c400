"""Train/test leakage: duplicates in more than one split."""

from __future__ import annotations

from core.findings.copies import differing_copies
from core.findings.finder import Examined, Finding, FindingKind


def find(examined: Examined) -> list[Finding]:
    """Return the groups of duplicates that lie in more than one split."""
    return differing_copies(examined, examined.splits)


FINDING = FindingKind(
    name="leakage",
    order=1,
    flag="leak",
    flag_help="its duplicates lie in another split",
    title="Leakage across {splits}",
    meaning="A model would be tested on pictures that it was trained on.",
    one="{n} image has duplicates across {splits}",
    many="{n} images have duplicates across {splits}",
    find=find,
    version=2,
)
