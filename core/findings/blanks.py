"""Blank pictures and placeholders: nearly all of one color."""

from __future__ import annotations

import numpy as np

from core.findings.finder import Examined, Finding, FindingKind


def find(examined: Examined) -> list[Finding]:
    """Return the blank pictures, the blankest first.

    However many there are: a blank picture shows nothing in any data set. Only
    where most are, as in a set of small marks on paper, none is called blank.
    """
    pixels = examined.pixels
    rows = np.flatnonzero(pixels.is_blank)
    if len(rows) > np.count_nonzero(np.isfinite(pixels["flat"])) / 2:
        return []
    flat = pixels["flat"]
    ordered = rows[np.argsort(-flat[rows], kind="stable")]
    return [Finding(ordered[at : at + 1], flat[ordered[at : at + 1]]) for at in range(len(rows))]


FINDING = FindingKind(
    name="blanks",
    order=5,
    flag="blank",
    flag_help="nearly all of it has one color",
    title="Blank pictures and placeholders",
    meaning="Nearly all of the picture has one color, as of “image not found”.",
    one="{n} image is blank or a placeholder",
    many="{n} images are blank or placeholders",
    find=find,
)
