"""A border, a size or a watermark that only one class has: it gives the label away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import slices
from core.findings.finder import Examined, Finding, FindingKind, Rows
from core.findings.pixel_table import GRAY_SIDE, Flags, PixelTable

LEAST_ITEMS = 12
"""Of a class that is judged: fewer share a size or a border by chance."""

IN_CLASS, ELSEWHERE = 0.5, 0.05
"""The share of a class that has a mark at least, and of all other items at most."""

WATERMARK = 0.7
"""Median contrast of a cell with those around it, over its deviation, of a marked class."""

_SURE = 6.0
"""Standard errors that this is beyond zero at least: among 256 cells, chance reaches four."""

_LEAST_CELLS = 2
_CONTRAST = 2.0
"""Gray levels; less is no contrast."""

_THIN = 0.015
_NORMAL = 1.4826
_SHADES = ((48, "black"), (208, "gray"), (256, "white"))


class Mark(NamedTuple):
    """What a class has: which of all items have it, too, and what it is called."""

    has: Flags
    name: str


def find(examined: Examined) -> list[Finding]:
    """Return for each class that has a mark its items with that mark, the surest class first."""
    found = []
    for label in np.unique(examined.labels[examined.labels >= 0]):
        of_class = examined.labels == label
        measured = of_class & examined.pixels.has_sketch
        others = ~of_class & examined.pixels.has_sketch
        if measured.sum() < LEAST_ITEMS or not others.any():
            continue
        best = None
        for mark in _marks(examined.pixels, measured):
            inside, outside = mark.has[measured].mean(), mark.has[others].mean()
            surplus = inside - outside / ELSEWHERE * IN_CLASS
            if inside >= IN_CLASS and outside <= ELSEWHERE and (best is None or surplus > best[0]):
                best = surplus, inside, outside, mark
        if best is not None:
            found.append(_finding(measured, *best))
    return sorted(found, key=lambda finding: -float(finding.scores[0]))


def _finding(measured: Flags, _: float, inside: float, outside: float, mark: Mark) -> Finding:
    rows: Rows = np.flatnonzero(measured & mark.has)
    note = f"{mark.name}: {inside:.0%} of its class, {outside:.1%} of the others"
    return Finding(rows, np.full(len(rows), inside - outside), note=note)


def _marks(pixels: PixelTable, measured: Flags) -> Iterator[Mark]:
    """Yield what many items of a class have."""
    yield from _size(pixels, measured)
    yield from _borders(pixels, measured)
    yield from _watermark(pixels, measured)


def _size(pixels: PixelTable, measured: Flags) -> Iterator[Mark]:
    width, height = pixels["width"], pixels["height"]
    sizes, counts = np.unique(
        np.stack([width[measured], height[measured]], axis=1), axis=0, return_counts=True
    )
    w, h = sizes[counts.argmax()]
    yield Mark((width == w) & (height == h), f"{w:,.0f} x {h:,.0f} pixels")


def _borders(pixels: PixelTable, measured: Flags) -> Iterator[Mark]:
    shade = np.digitize(pixels["edge"], [limit for limit, _ in _SHADES[:-1]])
    across = np.minimum(pixels["top"], pixels["bottom"]) >= _THIN
    along = np.minimum(pixels["left"], pixels["right"]) >= _THIN
    for has, name in (
        (across & along, "border"),
        (across, "bar above and below"),
        (along, "bar on either side"),
    ):
        common = np.bincount(shade[measured & has], minlength=len(_SHADES)).argmax()
        yield Mark(has & (shade == common), f"{_SHADES[common][1]} {name}")


def _watermark(pixels: PixelTable, measured: Flags) -> Iterator[Mark]:
    """Yield what has the same contrast at the same place in a class, if there is such a place."""
    contrast = _contrast(pixels, measured)
    median = np.median(contrast, axis=0)
    deviation = _NORMAL * np.median(np.abs(contrast - median), axis=0) + _CONTRAST
    steadiness = np.abs(median) / deviation
    cells = steadiness >= max(WATERMARK, _SURE / np.sqrt(len(contrast)))
    if cells.sum() < _LEAST_CELLS:
        return
    pattern = np.where(cells, np.clip(median / deviation, -3, 3), 0)
    threshold = 0.5 * float(pattern @ median)
    has = np.zeros(len(measured), bool)
    for rows in slices(len(has), _BLOCK):
        part = np.zeros(len(has), bool)
        part[rows] = pixels.has_sketch[rows]
        has[part] = _contrast(pixels, part) @ pattern >= threshold
    yield Mark(has, f"the same mark at the {_place(cells)}")


_BLOCK = 50_000


def _contrast(pixels: PixelTable, items: Flags) -> NDArray[np.float32]:
    """Return how far each cell of a sketch is from the mean of the nine around it, (m, 256)."""
    gray = pixels.gray(np.flatnonzero(items))
    padded = np.pad(gray, ((0, 0), (1, 1), (1, 1)), mode="edge")
    rows = padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]
    mean = (rows[:, :, :-2] + rows[:, :, 1:-1] + rows[:, :, 2:]) / 9
    contrast: NDArray[np.float32] = (gray - mean).reshape(len(gray), -1)
    return contrast


def _place(cells: Flags) -> str:
    """Say where most of some cells lie in the picture."""
    rows, columns = np.nonzero(cells.reshape(GRAY_SIDE, GRAY_SIDE))
    third = GRAY_SIDE / 3
    across = ("left", "middle", "right")[int(np.median(columns) // third)]
    down = ("top", "middle", "bottom")[int(np.median(rows) // third)]
    return down if down == across else f"{down} {across}"


FINDING = FindingKind(
    name="class-marks",
    order=13,
    flag="giveaway",
    flag_help="its border, size or watermark is that of one class only",
    title="Marks of one class only",
    meaning="A border, a size or a watermark of one class only: a model may learn that instead.",
    one="{n} image has a mark of its class only",
    many="{n} images have a mark of their class only",
    find=find,
)
