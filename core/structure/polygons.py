"""Points in a polygon, exactly, a million of them at a time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import slices

GRAIN = 16
"""Corners of a polygon are rounded to a 16th of a step of the points' grid."""

CELLS = 512
"""Of a side of the grid: points in cells that no edge touches are decided cell by cell."""

_SHIFT = 7  # 65,536 steps make 512 cells of 128
_CELL = GRAIN << _SHIFT
_MARGIN = 2  # of a cell's border, for what a quotient may be off
_MOST_PAIRS = 4_000_000

_OUTSIDE, _INSIDE, _TOUCHED = range(3)

Corners = NDArray[np.int64]
Ints = NDArray[np.int64]


class _Edges(NamedTuple):
    """The sides of a polygon, in 16ths of a step; each from its lower to its upper end.

    Attributes
    ----------
    x1, y1, x2, y2 : int64 arrays (m,)
    """

    x1: Ints
    y1: Ints
    x2: Ints
    y2: Ints

    @classmethod
    def of(cls, corners: Corners) -> _Edges:
        """Return those of the closed polygon with these corners."""
        ends = np.roll(corners, -1, axis=0)
        falls = (ends[:, 1] < corners[:, 1])[:, None]
        low, high = np.where(falls, ends, corners), np.where(falls, corners, ends)
        return cls(*low.T, *high.T)


def points_in_polygon(xy: NDArray[np.uint16], polygon: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which points lie inside a polygon.

    By the even-odd rule: where the polygon crosses itself, what it encloses
    twice is outside. Of points on an edge, those on left and lower edges are
    inside. With corners rounded to a 16th of a step, all of it is exact.

    Parameters
    ----------
    xy : uint16 array (n, 2)
    polygon : float array (m, 2)
        Corners in steps, in order; it closes itself. They may lie outside the grid.

    Returns
    -------
    bool array (n,)
        All False where there are fewer than three corners, or one is no number.
    """
    if len(polygon) < 3 or not len(xy) or not np.isfinite(polygon).all():
        return np.zeros(len(xy), bool)
    # Beyond this, nothing changes but the slope of edges to corners nobody can see.
    limit = 2.0**25
    corners = np.rint((polygon * GRAIN).clip(-limit, limit)).astype(np.int64)
    edges = _Edges.of(corners)
    columns, rows = (xy >> _SHIFT).astype(np.int32).T
    state = _cell_states(edges)[rows * CELLS + columns]
    inside: NDArray[np.bool_] = state == _INSIDE
    near = np.flatnonzero(state == _TOUCHED)
    if len(near):
        inside[near] = _by_edges(xy[near].astype(np.int64) * GRAIN, rows[near], edges)
    return inside


def _cell_states(edges: _Edges) -> NDArray[np.uint8]:
    """Return for every cell, row by row, whether it is outside, inside, or touched by an edge."""
    left, right = np.minimum(edges.x1, edges.x2), np.maximum(edges.x1, edges.x2)
    first = ((left - _MARGIN) // _CELL).clip(0, CELLS)
    last = ((right + _MARGIN) // _CELL).clip(-1, CELLS - 1)
    edge, column = _expanded(first, last + 1)
    border = column * _CELL
    low = _heights(edges, edge, np.clip(border - _MARGIN, left[edge], right[edge]))
    high = _heights(edges, edge, np.clip(border + _CELL + _MARGIN, left[edge], right[edge]))
    # Of a vertical edge, and of one that is nearly so, both heights may be the same end.
    is_steep = right[edge] - left[edge] <= 2 * _MARGIN
    low = np.where(is_steep, edges.y1[edge], low)
    high = np.where(is_steep, edges.y2[edge], high)
    from_row = (np.minimum(low, high) - _MARGIN) // _CELL
    to_row = (np.maximum(low, high) + _MARGIN) // _CELL
    steps = np.zeros((CELLS + 1, CELLS), np.int32)
    np.add.at(steps, (from_row.clip(0, CELLS).astype(np.int64), column), 1)
    np.add.at(steps, ((to_row + 1).clip(0, CELLS).astype(np.int64), column), -1)
    is_touched = np.cumsum(steps, axis=0)[:CELLS] > 0
    states = np.where(_centers_inside(edges, edge, column), _INSIDE, _OUTSIDE)
    return np.where(is_touched, _TOUCHED, states).astype(np.uint8).ravel()


def _centers_inside(edges: _Edges, edge: Ints, column: Ints) -> NDArray[np.bool_]:
    """Return whether the center of each cell is inside, (rows, columns); of touched ones, any.

    An upward ray from a center crosses the edges that it would from anywhere
    else in a cell that none of them touches.
    """
    center = column * _CELL + _CELL / 2 + 0.5  # where no corner is
    crosses = (edges.x1[edge] < center) != (edges.x2[edge] < center)
    edge, column, center = edge[crosses], column[crosses], center[crosses]
    height = _heights(edges, edge, center)
    first_above = np.ceil((height - _CELL / 2) / _CELL).clip(0, CELLS).astype(np.int64)
    crossings = np.zeros((CELLS + 1, CELLS), np.int32)
    np.add.at(crossings, (first_above, column), 1)
    inside: NDArray[np.bool_] = (np.cumsum(crossings, axis=0)[:CELLS] & 1).astype(bool)
    return inside


def _by_edges(points: Ints, rows: NDArray[np.int32], edges: _Edges) -> NDArray[np.bool_]:
    """Return which points are inside, each by the edges that share its row of cells."""
    first = (edges.y1 // _CELL).clip(0, CELLS)
    last = (edges.y2 // _CELL).clip(-1, CELLS - 1)
    edge, row = _expanded(first, last + 1)
    edge = edge[np.argsort(row, kind="stable")]
    ends = np.cumsum(np.bincount(row, minlength=CELLS))
    starts = np.concatenate([[0], ends[:-1]])
    inside = np.zeros(len(points), bool)
    most = int((ends - starts)[rows].max(initial=0))
    size = max(1, _MOST_PAIRS // max(1, most))
    for part in slices(len(points), size):
        point, place = _expanded(starts[rows[part]], ends[rows[part]])
        crossed = _is_left_of(points[part][point], edges, edge[place])
        inside[part] = np.bincount(point[crossed], minlength=len(rows[part])) & 1
    return inside


def _is_left_of(points: Ints, edges: _Edges, edge: Ints) -> NDArray[np.bool_]:
    """Return whether the ray to the right of each point crosses the edge beside it."""
    x, y = points.T
    x1, y1, x2, y2 = (end[edge] for end in edges)
    spans = (y1 <= y) & (y < y2)
    found: NDArray[np.bool_] = spans & ((x - x1) * (y2 - y1) < (x2 - x1) * (y - y1))
    return found


def _heights(edges: _Edges, edge: Ints, x: Ints | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the heights of edges at some `x` within them."""
    x1, y1, x2, y2 = (end[edge] for end in edges)
    run = np.where(x2 == x1, 1, x2 - x1)
    heights: NDArray[np.float64] = y1 + (x - x1) * ((y2 - y1) / run)
    return heights


def _expanded(first: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Return each number with each integer of its range: 0 with those from first[0] to end[0]."""
    counts = np.maximum(end - first, 0)
    number = np.repeat(np.arange(len(first)), counts)
    offset = np.arange(len(number)) - np.repeat(np.cumsum(counts) - counts, counts)
    return number, first[number] + offset
