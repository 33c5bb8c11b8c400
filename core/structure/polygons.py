"""Points in a polygon, exactly, a million of them at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

GRAIN = 16
"""Corners of a polygon are rounded to a 16th of a step of the points' grid."""


def points_in_polygon(xy: NDArray[np.uint16], polygon: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which points lie inside a polygon by the even-odd rule."""
    corners = np.rint(polygon * GRAIN).astype(np.int64)
    inside = np.zeros(len(xy), bool)
    if len(corners) < 3:
        return inside
    x, y = (xy.astype(np.int64) * GRAIN).T
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        spans = (y1 > y) != (y2 > y)
        side = (x - x1) * (y2 - y1) - (x2 - x1) * (y - y1)
        inside ^= spans & ((side < 0) if y2 > y1 else (side > 0))
    return inside
