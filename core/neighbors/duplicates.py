"""Near-duplicates: pictures that are taken for the same one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.neighbors.graph import Graph

NEAR_DUPLICATE = 0.95
"""Cosine, after half-whitening, from which two pictures are taken for the same one."""


def duplicate_groups(graph: Graph, threshold: float = NEAR_DUPLICATE) -> NDArray[np.int32]:
    """Group items that are near-duplicates of each other, directly or through others.

    Copies of one picture are one witness, not several: detectors count a group
    once among an item's neighbours and keep it together when they hold items out.

    Parameters
    ----------
    graph : Graph
        Of n items.
    threshold : float
        Cosine from which two items are near-duplicates.

    Returns
    -------
    int32 array (n,)
        The group of every item, 0 and up; most groups hold one item.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = len(graph.indices)
    rows, columns = np.nonzero(graph.similarities >= threshold)
    links = coo_array((np.ones(len(rows)), (rows, graph.indices[rows, columns])), shape=(n, n))
    groups: NDArray[np.int32] = connected_components(links, directed=False)[1]
    return groups
