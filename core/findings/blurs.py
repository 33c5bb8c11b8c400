"""Blurred pictures: without one sharp edge."""

from __future__ import annotations

import numpy as np

from core.findings.finder import Examined, Finding, FindingKind
from core.findings.rarity import rare_items

SOFTEST = 0.085
"""Sharpness below which a picture is blurred. Of photographs, that of the softest
is 0.12, and of those blurred by two pixels, that of the sharpest 0.07."""

_OF_MEDIAN = 0.25
"""Share of the set's median sharpness that it stays below as well: some sets are soft."""


def find(examined: Examined) -> list[Finding]:
    """Return the blurred pictures, the softest first; none where blur is common."""
    sharpness = examined.pixels["sharpness"]
    known = sharpness[np.isfinite(sharpness)]
    if len(known) == 0:
        return []
    limit = min(SOFTEST, _OF_MEDIAN * float(np.median(known)))
    return rare_items(sharpness < limit, examined.pixels, 1 - sharpness)


FINDING = FindingKind(
    name="blurs",
    order=8,
    flag="blurred",
    flag_help="it has no sharp edge",
    title="Blurred pictures",
    meaning="There is no sharp edge anywhere in the picture.",
    one="{n} image is blurred",
    many="{n} images are blurred",
    find=find,
)
