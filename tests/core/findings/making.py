"""Items and graphs for the tests of findings."""

import numpy as np

from core.findings import Examined, examine
from core.findings.pixel_table import PixelTable
from core.findings.verified_copies import Copies, find_copies
from core.neighbors import Graph, nearest
from core.store import EmbeddedItem
from tests.core.neighbors.making import unit


def items(n, labels=None, contents=None, splits=None):
    """Items ``i0`` and up, each of a content of its own unless `contents` says otherwise.

    `splits` is a dict of row and name.
    """
    labels = [0] * n if labels is None else labels
    contents = [f"content {row}" for row in range(n)] if contents is None else contents
    return [
        EmbeddedItem(f"i{row}", row, label, content, (splits or {}).get(row))
        for row, (label, content) in enumerate(zip(labels, contents, strict=True))
    ]


def scattered(n, d=32, seed=0):
    return unit(np.random.default_rng(seed).normal(size=(n, d)))


def with_copies(n, copied, noise=0.02, seed=0):
    """`n` rows far from each other and, after them, a near copy of each of the rows `copied`."""
    rows = scattered(n, seed=seed)
    rng = np.random.default_rng(seed + 1)
    return unit(np.concatenate([rows, rows[copied] + noise * rng.normal(size=(len(copied), 32))]))


def examined(rows, labels=None, contents=None, splits=None) -> Examined:
    """The input of finders; `splits` is a dict of row and name."""
    graph = rows if isinstance(rows, Graph) else nearest(rows)
    return examine(items(len(graph.indices), labels, contents, splits), graph)


def copies_of(graph: Graph) -> Copies:
    """Copies by their embeddings alone."""
    return find_copies(graph, PixelTable.empty(len(graph.indices)), lambda row: None)


def rows_of(findings):
    return [finding.rows.tolist() for finding in findings]
