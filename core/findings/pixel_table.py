"""What was measured of the pixels of all items, as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Flags = NDArray[np.bool_]


class PixelMeasures(NamedTuple):
    """A few numbers about the pixels of a picture; gray levels are 0 to 255.

    Attributes
    ----------
    p01, p05, p95, p99 : float
        Gray levels that this share of the pixels does not exceed, in percent.
    entropy : float
        Of the gray levels, in bits: 0 of one color, some 7 of a photograph.
    flat : float
        Share of the pixels with the most frequent gray level, or nearly.
    sharpness : float
        Second derivative at the sharpest edges over the contrast; NaN of a picture
        less than three pixels wide.
    chroma : float
        Distance from gray of its most colorful cells, in levels.
    top, bottom, left, right : float
        How far a band of one gray level reaches from each edge, as a share of the side.
    edge : float
        That level; NaN where there is no band.
    sketch : bytes
        Gray levels of 16 x 16 cells, row by row, then Cb and Cr of 4 x 4 cells.
    """

    p01: float
    p05: float
    p95: float
    p99: float
    entropy: float
    flat: float
    sharpness: float
    chroma: float
    top: float
    bottom: float
    left: float
    right: float
    edge: float
    sketch: bytes


NUMBERS = ("width", "height", *(name for name in PixelMeasures._fields if name != "sketch"))

BLANK = 0.93
"""Share of one gray level from which a picture is blank; drawings on white have up to 0.91."""

GRAY_SIDE, TINT_SIDE = 16, 4
SKETCH_SIZE = GRAY_SIDE**2 + 2 * TINT_SIDE**2


@dataclass(frozen=True)
class PixelTable:
    """What was measured of the pixels of n items.

    Attributes
    ----------
    numbers : dict of str to float64 array (n,)
        Of each of `NUMBERS`, see `PixelMeasures`; NaN where it
        is not known.
    sketches : uint8 array (n, 288)
        Gray levels of 16 x 16 cells, then Cb and Cr of 4 x 4.
    has_sketch : bool array (n,)
        Of which items.
    """

    numbers: dict[str, FloatArray]
    sketches: NDArray[np.uint8]
    has_sketch: Flags

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]], n: int) -> PixelTable:
        """Collect the table from rows, in order; those of `NUMBERS`, and ``sketch``."""
        numbers = {name: np.full(n, np.nan) for name in NUMBERS}
        sketches = np.zeros((n, SKETCH_SIZE), np.uint8)
        has_sketch = np.zeros(n, bool)
        for at, row in enumerate(rows):
            for name, values in numbers.items():
                if row[name] is not None:
                    values[at] = row[name]
            if row["sketch"] is not None:
                sketches[at] = np.frombuffer(row["sketch"], np.uint8)
                has_sketch[at] = True
        return cls(numbers, sketches, has_sketch)

    @classmethod
    def empty(cls, n: int) -> PixelTable:
        """Return the table of items of which nothing was measured."""
        return cls.of((), n)

    def __getitem__(self, name: str) -> FloatArray:
        """Return one of `NUMBERS` of all items."""
        return self.numbers[name]

    @property
    def is_blank(self) -> Flags:
        """Whether nearly all of a picture is one color: it is blank, or says that there is none."""
        return self["flat"] >= BLANK

    def gray(self, rows: NDArray[np.intp] | slice = slice(None)) -> NDArray[np.float32]:
        """Return the gray levels of the sketches, float32 (m, 16, 16)."""
        return self.sketches[rows, : GRAY_SIDE**2].reshape(-1, GRAY_SIDE, GRAY_SIDE).astype("f4")
