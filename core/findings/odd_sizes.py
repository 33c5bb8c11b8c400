"""Pictures of an odd size: many more or fewer pixels than the others."""

from __future__ import annotations

import numpy as np

from core.findings.finder import Examined, Finding, FindingKind
from core.findings.rarity import far_from_others, rare_items

_LEAST_RANGE = 0.35
"""Octaves of the side between the quartiles, at least: then a factor of two is odd."""


def find(examined: Examined) -> list[Finding]:
    """Return the pictures whose size is far from that of the others."""
    sides = 0.5 * np.log2(examined.pixels["width"] * examined.pixels["height"])
    far = far_from_others(sides, _LEAST_RANGE)
    return rare_items(far >= 1, examined.pixels, far)


FINDING = FindingKind(
    name="odd-sizes",
    order=11,
    flag="oddsize",
    flag_help="it is much larger or smaller than the others",
    title="Pictures of an odd size",
    meaning="Many more or far fewer pixels than the other pictures.",
    one="{n} image has an odd size",
    many="{n} images have an odd size",
    find=find,
)
