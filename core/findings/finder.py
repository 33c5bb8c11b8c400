"""What all findings share: what they look at, and what they return."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.neighbors import Graph

Codes = NDArray[np.int64]
Rows = NDArray[np.intp]


class Examined(NamedTuple):
    """What findings look at; rows are items.

    Attributes
    ----------
    graph : Graph
        Of n items.
    groups : int array (n,)
        Equal for copies of one picture; see `copies.copy_groups`.
    contents : int array (n,)
        0 and up, equal for files of the same bytes.
    labels : int array (n,)
        Given class, -1 without.
    splits : int array (n,)
        Part of the data set, such as train or test; -1 without.
    """

    graph: Graph
    groups: NDArray[np.integer]
    contents: Codes
    labels: Codes
    splits: Codes


class Finding(NamedTuple):
    """Items that are worth a look together, in the order to look at them.

    Attributes
    ----------
    rows : int array (m,)
    scores : float array (m,)
        The larger, the surer.
    exact : bool array (m,) or None
        Whether a copy has the same bytes; None where nothing is said of copies.
    """

    rows: Rows
    scores: NDArray[np.floating]
    exact: NDArray[np.bool_] | None = None


Finder = Callable[[Examined], list[Finding]]
"""Returns findings of one kind, the surest first; an item is in one of them at most."""
