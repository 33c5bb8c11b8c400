"""How true a layout is: the share of nearest neighbors that are nearest on the map, too."""

from __future__ import annotations

import numpy as np

from core.neighbors import Graph
from core.structure.projections import Plane

TRUE, SHOWN = 14, 15
"""Of the 14 true nearest neighbors of an item, how many are among its 15 nearest on the map."""

SAMPLE = 2_000
"""Items for which that is looked up."""


def share_kept(graph: Graph, xy: Plane, random_state: int = 0) -> float:
    """Return the share of true neighbors kept, on a fixed sample.

    Parameters
    ----------
    graph : Graph
        Of n items; its nearest 14 count as true.
    xy : float32 array (n, 2)

    Returns
    -------
    float
        0 to 1; 1 where nothing has a neighbor.
    """
    from sklearn.neighbors import NearestNeighbors

    n, listed = graph.indices.shape
    true = min(TRUE, listed)
    shown = min(SHOWN, n - 1)
    if true == 0 or shown == 0:
        return 1.0
    rows = np.random.default_rng(random_state).choice(n, min(n, SAMPLE), replace=False)
    rows.sort()
    tree = NearestNeighbors(n_neighbors=shown + 1, algorithm="kd_tree").fit(xy)
    nearest = tree.kneighbors(xy[rows], return_distance=False)
    # An item is among its own nearest, but not always the first: others may lie on it.
    rank = np.where(nearest == rows[:, None], -1, np.arange(shown + 1))
    nearest = np.take_along_axis(nearest, np.argsort(rank, axis=1), axis=1)[:, 1:]
    expected = np.asarray(graph.indices[rows])[:, :true]
    kept = (expected[:, :, None] == nearest[:, None, :]).any(axis=2)
    # A list that is padded with the item itself has fewer true neighbors.
    is_neighbor = expected != rows[:, None]
    return float(kept[is_neighbor].mean()) if is_neighbor.any() else 1.0
