"""Colors by cluster, each named by the label that most of its items have."""

from __future__ import annotations

import numpy as np

from core.audit import Audit, AuditError
from core.structure.colorings.coloring import NO_CODE, Coloring, ColoringKind, Points, of_codes
from core.structure.layout_files import DEFAULT, LayoutTable, layout_file, read_layout

PREFIX, TITLE = "cluster", "Cluster"


def _offered(audit: Audit, layout: str) -> list[tuple[str, str]]:
    return [(PREFIX if layout == DEFAULT else f"{PREFIX}:{layout}", TITLE)]


def _read(points: Points, key: str) -> Coloring:
    layout = key.partition(":")[2] or DEFAULT
    table = read_layout(layout_file(points.audit, layout))
    if table is None or table.clusters is None:
        raise AuditError("This map has no clusters yet; lay it out anew.")
    clusters = _aligned(table, points)
    at = points.at()
    given = np.full(len(points.ids), -1)
    labels = points.audit.store.rows_by_value("given")
    for number, (_, rows) in enumerate(labels):
        found = at[rows]
        given[found[found >= 0]] = number
    names = [
        _named(given[clusters == cluster], [name for name, _ in labels])
        for cluster in range(int(clusters.max(initial=-1)) + 1)
    ]
    codes = np.where(clusters < 0, NO_CODE, clusters).astype(np.uint16)
    return of_codes(codes, _numbered(names), key, TITLE, "In no cluster")


def _aligned(table: LayoutTable, points: Points) -> np.ndarray:
    """Return the cluster of each point; -1 where it has none."""
    assert table.clusters is not None
    if np.array_equal(table.ids, points.ids):
        return table.clusters
    cluster_of = dict(zip(table.ids.tolist(), table.clusters.tolist(), strict=True))
    return np.array([cluster_of.get(item_id, -1) for item_id in points.ids.tolist()])


def _named(labels: np.ndarray, names: list[str]) -> str:
    """Return the label that most of a cluster have, and its share, such as ``dog 92 %``."""
    labeled = labels[labels >= 0]
    if not len(labeled):
        return "unlabeled"
    counts = np.bincount(labeled)
    most = int(counts.argmax())
    return f"{names[most]} {counts[most] / len(labels):.0%}".replace("%", " %")


def _numbered(names: list[str]) -> list[str]:
    """Tell clusters of one name apart by a number."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found


CLUSTER = ColoringKind(PREFIX, 70, _offered, _read)
