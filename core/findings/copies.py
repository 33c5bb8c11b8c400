"""Groups of copies, that is of exact or near-duplicates, and those that differ in a code."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.findings.finder import Codes, Examined, Finding, Rows
from core.findings.verified_copies import Copies
from core.neighbors import IDENTICAL, group_pairs


def copy_groups(copies: Copies, contents: Codes) -> NDArray[np.intp]:
    """Group items that are copies or have the same bytes.

    Parameters
    ----------
    copies : Copies
        Pairs of n items. Identical ones crowd each other out of the graph, so
        that they do not hold every pair of them.
    contents : int array (n,)
        Equal for files of the same bytes.

    Returns
    -------
    int array (n,)
        The group of every item, 0 and up.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = len(contents)
    near = group_pairs(copies.pairs[:, 0], copies.pairs[:, 1], n, copies.scores >= IDENTICAL)
    _, same = np.unique(contents, return_inverse=True)
    # Groups and contents are the nodes, every item is a link between its two.
    size = 2 * n
    links = coo_array((np.ones(n), (near, n + same)), shape=(size, size))
    joined: NDArray[np.int32] = connected_components(links, directed=False)[1]
    groups: NDArray[np.intp] = np.unique(joined[near], return_inverse=True)[1]
    return groups


def differing_copies(examined: Examined, codes: Codes | None = None) -> list[Finding]:
    """Return the groups of copies whose members differ in `codes`, the surest first.

    Parameters
    ----------
    examined : Examined
        Of n items.
    codes : int array (n,), optional
        Items with -1 are left out. Without codes every group is returned.

    Returns
    -------
    list of Finding
        The rarest code of a group first. A score is how well the nearest copy of
        another code agrees, 1 for one of the same bytes; see `Copies`.
    """
    # Without codes every item differs from every other.
    kinds = np.arange(len(examined.groups)) if codes is None else codes
    rows = _differing(examined.groups, kinds)
    if len(rows) == 0:
        return []
    exact = _has_exact_duplicate(examined.contents[rows], kinds[rows])
    scores = np.where(exact, np.float32(1), _closeness(examined, kinds, rows))
    _, first, group = np.unique(examined.groups[rows], return_index=True, return_inverse=True)
    # Two copies of a third may not be near enough to each other to be listed.
    listed = scores > 0
    least = np.ones(len(first), np.float32)
    np.minimum.at(least, group[listed], scores[listed])
    scores = np.where(listed, scores, least[group])
    surest = np.zeros(len(first), np.float32)
    np.maximum.at(surest, group, scores + exact)
    rarity = _counts(_pairs(group, kinds[rows]))
    order = np.lexsort((rows, rarity, first[group], -surest[group]))
    ends = np.flatnonzero(np.diff(group[order])) + 1
    alike = ~exact & ~_has_verified_copy(examined)[rows]
    return [
        Finding(rows[part], scores[part], exact[part], alike[part])
        for part in np.split(order, ends)
    ]


def _differing(groups: NDArray[np.integer], kinds: Codes) -> Rows:
    """Return the rows that have a kind and lie in a group with two kinds or more."""
    rows = np.flatnonzero(kinds >= 0)
    _, first = np.unique(_pairs(groups[rows], kinds[rows]), return_index=True)
    n_kinds = np.bincount(groups[rows[first]], minlength=int(groups.max(initial=0)) + 1)
    differing: Rows = rows[n_kinds[groups[rows]] > 1]
    return differing


def _has_exact_duplicate(contents: Codes, kinds: Codes) -> NDArray[np.bool_]:
    """Tell for each item whether one of the same content is of another kind."""
    _, first = np.unique(_pairs(contents, kinds), return_index=True)
    exact: NDArray[np.bool_] = np.bincount(contents[first])[contents] > 1
    return exact


def _closeness(examined: Examined, kinds: Codes, rows: Rows) -> NDArray[np.float32]:
    """Return the agreement with the nearest copy of another kind; 0 where there is none."""
    ones, others = examined.copies.pairs.T
    within = examined.groups[ones] == examined.groups[others]
    differing = within & (kinds[ones] != kinds[others])
    closeness = np.zeros(len(kinds), np.float32)
    for side in (ones, others):
        np.maximum.at(closeness, side[differing], examined.copies.scores[differing])
    return closeness[rows]


def _has_verified_copy(examined: Examined) -> NDArray[np.bool_]:
    """Tell for each item whether its picture was compared with that of a copy, and agrees."""
    has = np.zeros(len(examined.groups), bool)
    has[examined.copies.pairs[examined.copies.is_verified]] = True
    return has


def _pairs(ones: NDArray[np.integer], others: NDArray[np.integer]) -> Codes:
    """Return one code for each pair of codes."""
    return ones.astype(np.int64) * (int(others.max(initial=0)) + 1) + others


def _counts(codes: Codes) -> NDArray[np.intp]:
    """Return how many items have the code of each."""
    _, code, counts = np.unique(codes, return_inverse=True, return_counts=True)
    same: NDArray[np.intp] = counts[code]
    return same
