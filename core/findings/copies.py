"""Groups of copies: which items show one picture, and which groups matter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.findings.base import Codes, Examined, Finding, Rows
from core.neighbors import Graph, duplicate_groups


def copy_groups(graph: Graph, contents: Codes) -> NDArray[np.intp]:
    """Group items that are near-duplicates or have the same bytes.

    Parameters
    ----------
    graph : Graph
        Of n items. Identical ones crowd each other out of it, so that it does
        not list every pair of them.
    contents : int array (n,)
        Equal for files of the same bytes.

    Returns
    -------
    int array (n,)
        The group of every item, 0 and up.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    near = duplicate_groups(graph)
    n = len(near)
    _, same = np.unique(contents, return_inverse=True)
    # Groups and contents are the nodes, every item is a link between its two.
    size = 2 * n
    links = coo_array((np.ones(n, np.int8), (near, n + same)), shape=(size, size))
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
        The rarest code of a group first. A score is the cosine to the nearest
        copy of another code, 1 for one of the same bytes.
    """
    kept = np.arange(len(examined.groups)) if codes is None else np.flatnonzero(codes >= 0)
    # Without codes every item differs from every other.
    kinds = np.arange(len(examined.groups)) if codes is None else codes
    closeness = _closeness(examined, kinds)
    findings = []
    for rows in _members(examined.groups, kept):
        _, kind, counts = np.unique(kinds[rows], return_inverse=True, return_counts=True)
        if len(counts) > 1:
            ordered = rows[np.lexsort((rows, counts[kind]))]
            findings.append(_finding(ordered, closeness[ordered], examined.contents, kinds))
    return sorted(findings, key=_surest_first)


def _finding(rows: Rows, closeness: NDArray[np.float32], contents: Codes, kinds: Codes) -> Finding:
    exact = _has_twin(contents[rows], kinds[rows])
    scores = np.where(exact, np.float32(1), closeness)
    # Two copies of a third may not be near enough to each other to be listed.
    scores[scores == 0] = scores[scores > 0].min(initial=1)
    return Finding(rows, scores, exact)


def _surest_first(finding: Finding) -> tuple[bool, float, int]:
    assert finding.exact is not None
    return not finding.exact.any(), -float(finding.scores.max()), int(finding.rows.min())


def _members(groups: NDArray[np.integer], kept: Rows) -> list[Rows]:
    """Return the rows of every group with two or more of the rows `kept`."""
    ordered = kept[np.argsort(groups[kept], kind="stable")]
    _, starts, counts = np.unique(groups[ordered], return_index=True, return_counts=True)
    return [
        ordered[start : start + count]
        for start, count in zip(starts, counts, strict=True)
        if count > 1
    ]


def _closeness(examined: Examined, kinds: Codes) -> NDArray[np.float32]:
    """Return the similarity to the nearest listed copy of another kind; 0 where there is none."""
    groups = examined.groups
    sizes = np.bincount(groups, minlength=1)
    rows = np.flatnonzero(sizes[groups] > 1)
    others = np.asarray(examined.graph.indices[rows])
    copies = (groups[others] == groups[rows, None]) & (kinds[others] != kinds[rows, None])
    similarities = np.asarray(examined.graph.similarities[rows])[copies]
    closeness = np.zeros(len(groups), np.float32)
    np.maximum.at(closeness, rows[np.nonzero(copies)[0]], similarities)
    np.maximum.at(closeness, others[copies], similarities)
    return closeness


def _has_twin(contents: Codes, kinds: Codes) -> NDArray[np.bool_]:
    """Tell for each item whether one of the same content is of another kind."""
    pairs = np.unique(np.column_stack([contents, kinds]), axis=0)
    found, counts = np.unique(pairs[:, 0], return_counts=True)
    twins: NDArray[np.bool_] = counts[np.searchsorted(found, contents)] > 1
    return twins
