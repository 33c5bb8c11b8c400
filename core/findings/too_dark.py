"""Dark pictures."""

from __future__ import annotations

from core.findings.finder import Examined, Finding, FindingKind
from core.findings.rarity import rare_items

DARKEST = 82.0
"""Gray level that even the brightest hundredth of the pixels stays below."""


def find(examined: Examined) -> list[Finding]:
    """Return the dark pictures, the darkest first; none where darkness is common."""
    top = examined.pixels["p99"]
    return rare_items(top < DARKEST, examined.pixels, 1 - top / 255)


FINDING = FindingKind(
    name="too-dark",
    order=6,
    flag="dark",
    flag_help="hardly any of it is bright",
    title="Dark pictures",
    meaning="Even the brightest parts of the picture are dark.",
    one="{n} image is very dark",
    many="{n} images are very dark",
    find=find,
)
