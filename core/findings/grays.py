"""Gray pictures in a set of color."""

from __future__ import annotations

import numpy as np

from core.findings.finder import Examined, Finding, FindingKind
from core.findings.rarity import rare_items

COLORLESS = 3.0
"""Levels from gray that the most colorful parts stay below; JPEG leaves one or two."""


def find(examined: Examined) -> list[Finding]:
    """Return the gray pictures; none where they are common."""
    chroma = examined.pixels["chroma"]
    return rare_items(chroma < COLORLESS, examined.pixels, np.where(chroma < COLORLESS, 1.0, 0.0))


FINDING = FindingKind(
    name="grays",
    order=12,
    flag="colorless",
    flag_help="it is gray among pictures in color",
    title="Gray pictures among colored ones",
    meaning="Gray, where nearly all other pictures are in color.",
    one="{n} image is gray among colored ones",
    many="{n} images are gray among colored ones",
    find=find,
)
