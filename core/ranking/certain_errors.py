"""Labels that are certainly wrong: of exact copies with different labels, all but one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.integer[Any]]

CERTAIN = 1.0
"""Priorities above it are of copies that contradict each other or a verdict."""


def content_codes(hashes: Iterable[str | None]) -> IntArray:
    """Return a code for each content hash, equal for equal ones; -1 where there is none."""
    codes: dict[str, int] = {}
    return np.array(
        [-1 if one is None else codes.setdefault(one, len(codes)) for one in hashes], np.int64
    )


def contradicted(
    contents: IntArray, given: IntArray, judged: Mapping[int, frozenset[int]]
) -> NDArray[np.bool_]:
    """Return which labels belong to a picture of which one label is certainly wrong.

    Parameters
    ----------
    contents : int array (n,)
        Equal for files of the same bytes; -1 for an item that has no file of its own.
    given : int array (n,)
        Given labels.
    judged : mapping of int to frozenset of int
        By row of a reviewed item, the labels that fit; none where all were ruled out.

    Returns
    -------
    bool array (n,)
        Of a picture nobody has judged, all copies if they have more than one label;
        of one that was judged, the copies not reviewed whose label does not fit.
    """
    counts = np.bincount(contents[contents >= 0], minlength=1)
    rows = np.flatnonzero((contents >= 0) & (counts[contents] > 1))
    order = rows[np.argsort(contents[rows], kind="stable")]
    wrong = np.zeros(len(contents), np.bool_)
    for group in np.split(order, np.flatnonzero(np.diff(contents[order])) + 1):
        fitting = [judged[row] for row in group.tolist() if row in judged]
        if fitting:
            right = list(frozenset().union(*fitting))
            wrong[group] = ~np.isin(given[group], right)
        elif len(group):
            wrong[group] = (given[group] != given[group[0]]).any()
    wrong[list(judged)] = False
    return wrong


def certain_first(
    priority: FloatArray,
    suspicion: FloatArray,
    contents: IntArray,
    certain: NDArray[np.bool_],
) -> FloatArray:
    """Return priorities with those of the `certain` items above 1, copies in a row.

    Parameters
    ----------
    priority : float array (n,)
        0..1.
    suspicion : float array (n,)
        Pictures come in the order of the most suspect copy, and copies likewise. It is
        that of the last fit, so that re-ranking does not move them about.
    contents : int array (n,)
        See `contradicted`.
    certain : bool array (n,)
    """
    rows = np.flatnonzero(certain)
    raised = priority.copy()
    if len(rows) == 0:
        return raised
    _, picture = np.unique(contents[rows], return_inverse=True)
    most = np.zeros(int(picture.max()) + 1)
    np.maximum.at(most, picture, suspicion[rows])
    order = np.lexsort((rows, -suspicion[rows], picture, -most[picture]))
    raised[rows[order]] = CERTAIN + np.arange(len(rows), 0, -1) / len(rows)
    return raised
