"""Bright, overexposed pictures."""

from __future__ import annotations

from core.findings.finder import Examined, Finding, FindingKind
from core.findings.rarity import rare_items

BRIGHTEST = 170.0
"""Gray level that all but a hundredth of the pixels reach."""

WASHED_OUT = 200.0
"""Gray level that all but a twentieth of the pixels reach."""


def find(examined: Examined) -> list[Finding]:
    """Return the bright pictures, the brightest first; none where brightness is common."""
    darkest, low = examined.pixels["p01"], examined.pixels["p05"]
    is_bright = (darkest > BRIGHTEST) | (low > WASHED_OUT)
    return rare_items(is_bright, examined.pixels, low / 255)


FINDING = FindingKind(
    name="too-bright",
    order=7,
    flag="bright",
    flag_help="hardly any of it is dark",
    title="Bright pictures",
    meaning="Even the darkest parts of the picture are bright.",
    one="{n} image is very bright",
    many="{n} images are very bright",
    find=find,
)
