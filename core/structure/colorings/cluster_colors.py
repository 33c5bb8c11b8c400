"""Colors by cluster, each named by the label that most of its items have."""

from __future__ import annotations

import numpy as np

from core.audit import Audit, AuditError
from core.structure.colorings.coloring import (
    NO_CODE,
    Coloring,
    ColoringKind,
    Points,
    Rows,
    of_codes,
)
from core.structure.layout_files import DEFAULT, LayoutTable, has_clusters, layout_file, read_layout

PREFIX, TITLE = "cluster", "Cluster"

NOTABLE = 0.1
"""Share of a group of one class that looks like another, from which on it is named."""


def _offered(audit: Audit, layout: str) -> list[tuple[str, str]]:
    if not has_clusters(layout_file(audit, layout)):
        return []
    return [(PREFIX if layout == DEFAULT else f"{PREFIX}:{layout}", TITLE)]


def _read(points: Points, key: str) -> Coloring:
    layout = key.partition(":")[2] or DEFAULT
    table = read_layout(layout_file(points.audit, layout))
    if table is None or table.clusters is None:
        raise AuditError("This map has no clusters yet; lay it out anew.")
    clusters = _aligned(table, points)
    counts, labels = _labels_of(points, clusters, "given")
    if len(labels) == 1:
        names = _groups(*_labels_of(points, clusters, "suggested"), np.bincount(clusters + 1)[1:])
    else:
        names = _numbered(_majorities(counts, labels, np.bincount(clusters + 1)[1:]))
    codes = np.where(clusters < 0, NO_CODE, clusters).astype(np.uint16)
    return of_codes(codes, names, key, TITLE, "In no cluster")


def _labels_of(points: Points, clusters: Rows, field: str) -> tuple[Rows, list[str]]:
    """Return how many points of each cluster have each label, and the labels' names."""
    groups = points.audit.store.rows_by_value(field)
    at = points.at()
    counts = np.zeros((int(clusters.max(initial=-1)) + 1, len(groups)), np.intp)
    for number, (_, rows) in enumerate(groups):
        shown = at[rows]
        found = clusters[shown[shown >= 0]]
        counts[:, number] = np.bincount(found[found >= 0], minlength=len(counts))
    present = np.flatnonzero(counts.any(axis=0)).tolist()
    return counts[:, present], [groups[number][0] or "other" for number in present]


def _majorities(counts: Rows, labels: list[str], sizes: Rows) -> list[str]:
    """Return the label that most of each cluster have, and its share, such as ``dog 92 %``."""
    names = []
    for count, size in zip(counts, sizes.tolist(), strict=True):
        most = int(count.argmax()) if count.any() else None
        percent = 0 if most is None else 100 * count[most] / size
        names.append("unlabeled" if most is None else f"{labels[most]} {percent:.0f} %")
    return names


def _groups(counts: Rows, labels: list[str], sizes: Rows) -> list[str]:
    """Return names of the groups of one class, with what a notable part of each looks like."""
    names = []
    for number, size in enumerate(sizes.tolist()):
        name = f"Group {number + 1}"
        if labels and counts[number].max() >= NOTABLE * size:
            most = int(counts[number].argmax())
            name += f", {100 * counts[number, most] / size:.0f} % look like {labels[most]}"
        names.append(name)
    return names


def _aligned(table: LayoutTable, points: Points) -> Rows:
    """Return the cluster of each point; -1 where it has none."""
    assert table.clusters is not None
    if np.array_equal(table.ids, points.ids):
        return table.clusters.astype(np.intp)
    cluster_of = dict(zip(table.ids.tolist(), table.clusters.tolist(), strict=True))
    return np.array([cluster_of.get(item_id, -1) for item_id in points.ids.tolist()], np.intp)


def _numbered(names: list[str]) -> list[str]:
    """Tell clusters of one name apart by a number."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found


CLUSTER = ColoringKind(PREFIX, 70, _offered, _read)
