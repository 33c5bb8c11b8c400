"""When what was measured of a picture is odd: rare, or far from that of the others."""

from __future__ import annotations

import numpy as np

from core.findings.finder import Finding
from core.findings.pixel_table import Flags, FloatArray, PixelTable

RARE = 0.1
"""What more of the items have is how the data set is, and odd in none of them."""

_REACH = 3.0
"""Interquartile ranges beyond the quartiles at which a number is odd: of a normal
distribution, one in two million is."""


def rare_items(flags: Flags, table: PixelTable, scores: FloatArray) -> list[Finding]:
    """Return each flagged item as a finding, the largest score first; none where they are common.

    Parameters
    ----------
    flags : bool array (n,)
    table : PixelTable
        Blank pictures are left out: they are a finding of their own.
    scores : float array (n,)
    """
    rows = np.flatnonzero(flags & ~table.is_blank)
    measured = np.count_nonzero(np.isfinite(table["width"]))
    if len(rows) > max(1, RARE * measured):
        return []
    ordered = rows[np.argsort(-scores[rows], kind="stable")]
    return [Finding(ordered[at : at + 1], scores[ordered[at : at + 1]]) for at in range(len(rows))]


def far_from_others(values: FloatArray, least: float) -> FloatArray:
    """Return how far each value lies beyond the quartiles, 1 and more where that is odd.

    Parameters
    ----------
    values : float array (n,)
        NaN where it is not known; those are 0.
    least : float
        The interquartile range counts as this much at least, so that in a set
        where all are alike only a clear difference is odd.
    """
    known = np.isfinite(values)
    if not known.any():
        return np.zeros(len(values))
    low, high = np.quantile(values[known], (0.25, 0.75))
    reach = _REACH * max(high - low, least)
    far: FloatArray = np.nan_to_num(np.maximum(low - values, values - high) / reach)
    return far
