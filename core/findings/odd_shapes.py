"""Pictures of an odd shape: much wider or higher than the others."""

from __future__ import annotations

import numpy as np

from core.findings.finder import Examined, Finding, FindingKind
from core.findings.rarity import far_from_others, rare_items

_LEAST_RANGE = 0.35
"""Octaves of width over height between the quartiles, at least: then a factor of two is odd."""


def find(examined: Examined) -> list[Finding]:
    """Return the pictures whose width over height is far from that of the others."""
    far = far_from_others(
        np.log2(examined.pixels["width"] / examined.pixels["height"]), _LEAST_RANGE
    )
    return rare_items(far >= 1, examined.pixels, far)


FINDING = FindingKind(
    name="odd-shapes",
    order=10,
    flag="oddshape",
    flag_help="it is much wider or higher than the others",
    title="Pictures of an odd shape",
    meaning="Much wider or higher than the other pictures.",
    one="{n} image has an odd shape",
    many="{n} images have an odd shape",
    find=find,
)
