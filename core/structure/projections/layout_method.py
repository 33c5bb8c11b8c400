"""What a layout method is: points in many dimensions to points in two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import Progress
from core.neighbors import Graph

Plane = NDArray[np.float32]
"""float32 (n, 2): positions on the map."""


class LayoutInput(NamedTuple):
    """What a layout is made from.

    Attributes
    ----------
    vectors : float array (n, d)
        Rows of unit length; in memory or mapped.
    graph : Graph
        Their nearest neighbors by cosine.
    """

    vectors: NDArray[Any]
    graph: Graph


@dataclass(frozen=True)
class LayoutMethod:
    """One way to lay items out on the map.

    Attributes
    ----------
    name : str
        On the command line and in names of files.
    order : int
        Its place among the others.
    title : str
        As people read it.
    meaning : str
        A short sentence: what the picture is good for.
    unit : str
        What its progress counts.
    lay_out : callable
        Takes a `LayoutInput`, a seed and a `Progress`, and returns a `Plane` in any scale.
    neighbors : int
        Nearest neighbors of each item that it uses.
    limit : callable
        Returns the number of items beyond which it takes too long and is refused;
        None for no limit.
    most_at_once : int or None
        Items beyond which it lays out landmarks, and the others among them.
    """

    name: str
    order: int
    title: str
    meaning: str
    unit: str
    lay_out: Callable[[LayoutInput, int, Progress], Plane]
    neighbors: int = 15
    limit: Callable[[], int | None] = lambda: None
    most_at_once: int | None = None
