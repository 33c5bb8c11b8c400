"""Findings beside the ranking: duplicates, conflicting labels, leakage, odd pictures.

To add a kind of finding, add a module here that ends with a `FindingKind`
called ``FINDING``. Its queue, its line on the Overview, its flag in Browse and
its place in ``python -m core findings`` follow from that entry, and existing
audits look for it when they are run again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from core.findings.copies import copy_groups
from core.findings.finder import Codes, Examined, Finding, FindingKind, Item
from core.findings.pixel_table import PixelTable
from core.findings.verified_copies import Thumbnails, find_copies
from core.neighbors import Graph
from core.registry import entries

__all__ = ["FINDINGS", "Examined", "Finding", "FindingKind", "PixelTable", "find_issues"]

FINDINGS: dict[str, FindingKind] = entries(__name__, FindingKind)
"""Every kind by name, the one that is most surely wrong first."""


def find_issues(
    items: Sequence[Item],
    graph: Graph,
    pixels: PixelTable | None = None,
    thumbnails: Thumbnails = lambda row: None,
    update: Callable[[int, int], None] = lambda done, total: None,
) -> Iterator[dict[str, Any]]:
    """Find everything there is to find, as rows of the table ``findings``.

    Parameters
    ----------
    items : sequence of Item
    graph : Graph
        Its rows are `items`.
    pixels : PixelTable, optional
        What was measured of them. Without it nothing is said of pixels.
    thumbnails : callable, optional
        Returns that of the item in a row. Without them, nearly identical embeddings
        alone tell copies.
    update : callable, optional
        Called with pairs of pictures compared, and pairs in all.

    Yields
    ------
    dict
        ``kind``, ``position`` (of the item among those of its kind),
        ``group_id`` (the id of one item of the group), ``item_id``, ``score``,
        ``exact``, and ``match`` and ``note`` as `Store.findings` returns them.
    """
    examined = examine(items, graph, pixels, thumbnails, update)
    for name, kind in FINDINGS.items():
        position = 0
        for finding in kind.find(examined):
            rows = finding.rows.tolist()
            group_id = min(items[row].id for row in rows)
            for at, row in enumerate(rows):
                yield {
                    "kind": name,
                    "position": position,
                    "group_id": group_id,
                    "item_id": items[row].id,
                    "score": float(finding.scores[at]),
                    "exact": None if finding.exact is None else bool(finding.exact[at]),
                    "match": _match(finding, at),
                    "note": finding.note,
                }
                position += 1


def _match(finding: Finding, at: int) -> str | None:
    """Return what tells that an item of a finding is a copy; None where it is none."""
    if finding.exact is None or finding.is_similar is None:
        return None
    if finding.exact[at]:
        return "exact"
    return "similar" if finding.is_similar[at] else "near"


def examine(
    items: Sequence[Item],
    graph: Graph,
    pixels: PixelTable | None = None,
    thumbnails: Thumbnails = lambda row: None,
    update: Callable[[int, int], None] = lambda done, total: None,
) -> Examined:
    """Return what the finders look at; parameters as in `find_issues`."""
    pixels = PixelTable.empty(len(items)) if pixels is None else pixels
    # An item without a file of its own has no exact duplicate.
    contents = _codes([item.content_hash or f"no file: {item.id}" for item in items])
    labels = [-1 if item.class_id is None else item.class_id for item in items]
    names = {split: code for code, split in enumerate(sorted({i.split for i in items if i.split}))}
    splits = [names[item.split] if item.split else -1 for item in items]
    copies = find_copies(graph, pixels, thumbnails, update)
    return Examined(
        graph,
        copy_groups(copies, contents),
        contents,
        np.array(labels, np.int64),
        np.array(splits, np.int64),
        pixels,
        copies,
    )


def _codes(values: Sequence[str]) -> Codes:
    """Return a code for each value, 0 and up, equal for equal ones."""
    codes: dict[str, int] = {}
    return np.array([codes.setdefault(value, len(codes)) for value in values], np.int64)
