"""Selections on the map: the items in a polygon, the items of a query."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.audit import Audit
from core.query.parse import Query
from core.structure.layout_files import Ids
from core.structure.listed_rows import rows_of
from core.structure.map_points import STEPS, MapPoints
from core.structure.polygons import points_in_polygon


def ids_in_polygon(points: MapPoints, polygon: ArrayLike) -> list[str]:
    """Return the ids of the points within a polygon, in the order of the points.

    Parameters
    ----------
    points : MapPoints
    polygon : float array (m, 2)
        Its corners in order, from 0 to 1 as the points' coordinates are from 0
        to `STEPS`; it closes itself, and may cross itself. Fewer than three
        corners hold no point. See `points_in_polygon` for what lies inside.
    """
    corners = np.asarray(polygon, np.float64).reshape(-1, 2)
    found: list[str] = points.ids[points_in_polygon(points.xy, corners * STEPS)].tolist()
    return found


def mask_of_query(
    audit: Audit, query: Query | str, ids: Ids, auditor: str | None = None
) -> NDArray[np.bool_]:
    """Return which items meet a query of the same language as Browse's.

    Parameters
    ----------
    audit : Audit
    query : Query or str
    ids : array of str (n,)
        Those of `MapPoints`.
    auditor : str or None
        As for `core.structure.colorings.coloring`.

    Returns
    -------
    bool array (n,)

    Raises
    ------
    QueryError
        When the query cannot be understood, or names what is not there.
    """
    if isinstance(query, str):
        query = audit.store.parse_query(query)
    meets = np.zeros(audit.store.row_count() + 1, bool)  # the last for rows of -1
    meets[audit.store.rows_of_query(query, auditor)] = True
    found: NDArray[np.bool_] = meets[rows_of(audit, ids)]
    return found


def ids_of_query(
    audit: Audit, query: Query | str, ids: Ids, auditor: str | None = None
) -> list[str]:
    """Return those of `ids` that meet a query; see `mask_of_query`."""
    found: list[str] = ids[mask_of_query(audit, query, ids, auditor)].tolist()
    return found
