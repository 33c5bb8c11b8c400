"""Findings beside the ranking: copies, copies that disagree, leakage, outliers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from core.findings import conflicts, duplicates, leakage, outliers
from core.findings.copies import copy_groups
from core.findings.finder import Codes, Examined, Finder, Finding
from core.neighbors import Graph
from core.store import EmbeddedItem, Row

__all__ = ["FINDERS", "Examined", "Finder", "Finding", "examine", "find_issues"]

FINDERS: dict[str, Finder] = {
    "conflicts": conflicts.find,
    "leakage": leakage.find,
    "duplicates": duplicates.find,
    "outliers": outliers.find,
}
"""What finds each kind of `words.KINDS`."""


def find_issues(
    items: Sequence[EmbeddedItem], graph: Graph, splits: Mapping[str, str]
) -> Iterator[Row]:
    """Find everything there is to find, as rows of the table ``findings``.

    Parameters
    ----------
    items : sequence of EmbeddedItem
    graph : Graph
        Its rows are `items`.
    splits : mapping of str to str
        The split by item id, of those that have one.

    Yields
    ------
    dict
        ``kind``, ``position`` (of the item among those of its kind),
        ``group_id`` (the id of one item of the group), ``item_id``, ``score``,
        ``exact`` and ``split``.
    """
    examined = examine(items, graph, splits)
    for kind, find in FINDERS.items():
        position = 0
        for finding in find(examined):
            rows = finding.rows.tolist()
            group_id = min(items[row].id for row in rows)
            for at, row in enumerate(rows):
                yield {
                    "kind": kind,
                    "position": position,
                    "group_id": group_id,
                    "item_id": items[row].id,
                    "score": float(finding.scores[at]),
                    "exact": None if finding.exact is None else bool(finding.exact[at]),
                    "split": splits.get(items[row].id),
                }
                position += 1


def examine(items: Sequence[EmbeddedItem], graph: Graph, splits: Mapping[str, str]) -> Examined:
    """Return what the finders look at; parameters as in `find_issues`."""
    # An item without a file of its own has no twin.
    contents = _codes([item.content_hash or f"no file: {item.id}" for item in items])
    labels = [-1 if item.class_id is None else item.class_id for item in items]
    names = {split: code for code, split in enumerate(sorted(set(splits.values())))}
    parts = [names[splits[item.id]] if item.id in splits else -1 for item in items]
    return Examined(
        graph,
        copy_groups(graph, contents),
        contents,
        np.array(labels, np.int64),
        np.array(parts, np.int64),
    )


def _codes(values: Sequence[str]) -> Codes:
    """Return a code for each value, 0 and up, equal for equal ones."""
    codes: dict[str, int] = {}
    return np.array([codes.setdefault(value, len(codes)) for value in values], np.int64)
