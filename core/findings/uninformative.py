"""Pictures of low information: few gray levels."""

from __future__ import annotations

from core.findings.finder import Examined, Finding, FindingKind
from core.findings.rarity import far_from_others, rare_items

FEWEST_BITS = 3.0
"""Entropy of the gray levels below which a picture tells little; a photograph has some 7 bits."""

_LEAST_RANGE = 0.5


def find(examined: Examined) -> list[Finding]:
    """Return the pictures with few gray levels, the fewest first; none where that is common.

    Their entropy is low both by itself and beside the other pictures of the set.
    """
    entropy = examined.pixels["entropy"]
    is_low = (entropy < FEWEST_BITS) & (far_from_others(entropy, _LEAST_RANGE) >= 1)
    return rare_items(is_low, examined.pixels, 1 - entropy / 8)


FINDING = FindingKind(
    name="uninformative",
    order=9,
    flag="plain",
    flag_help="it has few gray levels",
    title="Pictures of low information",
    meaning="The picture has few gray levels, unlike the others.",
    one="{n} image has little information",
    many="{n} images have little information",
    find=find,
)
