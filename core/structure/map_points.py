"""The points of a layout as they are sent to a browser."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.audit import Audit
from core.structure.layout_files import DEFAULT, Ids, layout_file, positions
from core.structure.projections import Plane

STEPS = 65_535
"""Of a coordinate, from one side of the map to the other."""


class MapPoints(NamedTuple):
    """The points of a layout.

    Attributes
    ----------
    ids : array of str (n,)
    xy : uint16 array (n, 2)
        From the left and the bottom of the square around all points, in `STEPS`.
    key : str
        Of the layout and its version; another one whenever the points differ.
    """

    ids: Ids
    xy: NDArray[np.uint16]
    key: str


def map_points(audit: Audit, key: str = DEFAULT) -> MapPoints:
    """Return the points of a stored layout, without items that are no longer in the source.

    Raises
    ------
    AuditError
        When there is none with that key, or its file is damaged.
    """
    file = layout_file(audit, key)
    version = file.stat().st_mtime_ns if file.exists() else 0
    ids, xy = positions(audit, key)
    steps = quantized(xy)
    gone = audit.store.unlisted_ids()
    if gone:
        stays = np.array([item_id not in gone for item_id in ids.tolist()], bool)
        ids, steps = ids[stays], steps[stays]
    return MapPoints(ids, steps, f"{audit.opened}:{key}:{version}:{len(ids)}")


def quantized(xy: Plane) -> NDArray[np.uint16]:
    """Return positions as steps within the square around all of them, its center theirs.

    Parameters
    ----------
    xy : float32 array (n, 2)

    Returns
    -------
    uint16 array (n, 2)
    """
    if not len(xy):
        return np.empty((0, 2), np.uint16)
    low, high = xy.min(axis=0), xy.max(axis=0)
    side = float((high - low).max()) or 1.0
    corner = (low + high) / 2 - side / 2
    steps = np.rint((xy - corner) * (STEPS / side)).clip(0, STEPS)
    found: NDArray[np.uint16] = steps.astype(np.uint16)
    return found
