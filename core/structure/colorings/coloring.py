"""What a coloring of the map is, and how values of items become codes of points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.audit import Audit
from core.structure.layout_files import Ids

NO_CODE = 65_535
"""Code of a point that is in no category."""

NO_VALUE = 255
"""Value of a point that has no number; the others are 0..254."""

Rows = NDArray[np.intp]


class Coloring(NamedTuple):
    """Categories or numbers of points, in their order.

    Attributes
    ----------
    key, title : str
    kind : str
        ``categories`` or ``numbers``.
    codes : uint16 array (n,)
        Of categories: indices into `names`, or `NO_CODE`. Empty for numbers.
    values : uint8 array (n,)
        Of numbers: 0 for `low` to 254 for `high`, or `NO_VALUE`. Empty for categories.
    names : list of str
        Of the categories, in the order of the legend.
    counts : list of int
        Points in each of them.
    low, high : float
        Ends of the numbers' axis.
    without : str
        What points without a code or a value are called, such as "Not reviewed".
    """

    key: str
    title: str
    kind: Literal["categories", "numbers"]
    codes: NDArray[np.uint16]
    values: NDArray[np.uint8]
    names: list[str]
    counts: list[int]
    low: float = 0.0
    high: float = 1.0
    without: str = "Without"


class Points(NamedTuple):
    """The points that are colored, and for whom.

    Attributes
    ----------
    audit : Audit
    ids : array of str (n,)
    rows : int32 array (n,)
        The items' rows in the audit's tables; -1 of those that it does not know.
    auditor : str or None
        From whom verdicts are hidden until their own; None for the owner of the data.
    """

    audit: Audit
    ids: Ids
    rows: NDArray[np.int32]
    auditor: str | None

    def at(self) -> Rows:
        """Return the point of each row of the audit; -1 where there is none."""
        found = np.full(max(int(self.rows.max(initial=-1)) + 1, self.audit.store.row_count()), -1)
        points = np.flatnonzero(self.rows >= 0)
        found[self.rows[points]] = points
        return found

    def categories(
        self, groups: Sequence[tuple[str | None, Rows]], key: str, title: str, without: str
    ) -> Coloring:
        """Return the coloring of groups of rows; of a row in several, the last counts.

        A group without a name is that of all others; groups without a point are left out.
        """
        at = self.at()
        codes = np.full(len(self.ids), NO_CODE, np.uint16)
        for number, (_, rows) in enumerate(groups):
            points = at[rows]
            codes[points[points >= 0]] = number
        names = ["All others" if name is None else name for name, _ in groups]
        return of_codes(codes, names, key, title, without)

    def numbers(
        self,
        rows: Rows,
        numbers: NDArray[np.float64],
        key: str,
        title: str,
        without: str,
        ends: tuple[float, float] | None = None,
    ) -> Coloring:
        """Return the coloring by a number of each row.

        Parameters
        ----------
        rows : int array (m,)
        numbers : float array (m,)
        ends : (low, high) or None
            None for the smallest and the largest of the points.
        """
        points = self.at()[rows]
        is_here = (points >= 0) & np.isfinite(numbers)
        points, numbers = points[is_here], numbers[is_here]
        if ends is None:
            ends = (float(numbers.min()), float(numbers.max())) if len(numbers) else (0.0, 1.0)
        low, high = ends
        scale = (NO_VALUE - 1) / ((high - low) or 1.0)
        values = np.full(len(self.ids), NO_VALUE, np.uint8)
        values[points] = np.rint((numbers - low) * scale).clip(0, NO_VALUE - 1).astype(np.uint8)
        no_codes = np.empty(0, np.uint16)
        return Coloring(key, title, "numbers", no_codes, values, [], [], low, high, without)


@dataclass(frozen=True)
class ColoringKind:
    """One way to color the map, or several of a kind.

    Attributes
    ----------
    name : str
        Its key or, of several, what stands before the colon of theirs.
    order : int
    offered : callable
        Returns key and title of each that an audit has; it may look at the
        layout of the given key.
    read : callable
        Takes the points and a key, and returns the `Coloring`.
    """

    name: str
    order: int
    offered: Callable[[Audit, str], list[tuple[str, str]]]
    read: Callable[[Points, str], Coloring]


def of_codes(
    codes: NDArray[np.uint16], names: Sequence[str], key: str, title: str, without: str
) -> Coloring:
    """Return the coloring of `codes`, without the names that no point has."""
    counts = np.bincount(codes, minlength=NO_CODE + 1)[: len(names)]
    used = np.flatnonzero(counts).tolist()
    if len(used) < len(names):
        new = np.full(NO_CODE + 1, NO_CODE, np.uint16)
        new[used] = np.arange(len(used))
        codes = new[codes]
    return Coloring(
        key,
        title,
        "categories",
        codes,
        np.empty(0, np.uint8),
        [names[number] for number in used],
        [int(counts[number]) for number in used],
        without=without,
    )
