"""Labels that are certainly wrong: of exact copies with different labels, all but one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.store import Trusted

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


def fitting_labels(
    trusted: Mapping[str, Trusted], row_of: Mapping[str, int], code_of: Mapping[str, int]
) -> dict[int, frozenset[int]]:
    """Return the codes of the labels that fit each reviewed item, by its row; -1 for no class.

    Items without a row are left out.
    """
    return {
        row_of[item_id]: frozenset(code_of.get(label, -1) for label in verdict.labels)
        for item_id, verdict in trusted.items()
        if item_id in row_of
    }


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
        See `fitting_labels`; no label where all were ruled out.

    Returns
    -------
    bool array (n,)
        Of a picture nobody has judged, all copies if they have more than one label;
        of one that was judged, the copies not reviewed whose label does not fit.
    """
    wrong = np.zeros(len(contents), np.bool_)
    rows = np.flatnonzero(contents >= 0)
    if len(rows) == 0:
        return wrong
    order = rows[np.argsort(contents[rows], kind="stable")]
    _, starts, group = np.unique(contents[order], return_index=True, return_inverse=True)
    least = np.minimum.reduceat(given[order], starts)
    most = np.maximum.reduceat(given[order], starts)
    wrong[order] = (least < most)[group]
    fitting: dict[int, set[int]] = {}
    for row, labels in judged.items():
        if contents[row] >= 0:
            fitting.setdefault(int(contents[row]), set()).update(labels)
    # Few pictures were judged of the many that there are.
    codes = contents[order[starts]]
    ends = np.append(starts[1:], len(order))
    for content, right in fitting.items():
        at = int(np.searchsorted(codes, content))
        copies = order[starts[at] : ends[at]]
        wrong[copies] = ~np.isin(given[copies], list(right))
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
