"""Audits of any size that only look computed: items, labels, scores and a map, no images.

A million items take a minute or two, where computing them would take an hour.
"""

import numpy as np

from core.audit import Audit, item_id
from core.demo import DEMO
from core.ingest.readers import source_of
from core.structure.layout_files import LayoutInfo, LayoutTable, write_layout

SUSPECTS = 0.06
SPREAD = 0.025


def drawn_audit(folder, n, classes, random_state=0):
    """Make an audit of `n` items in `folder`, the items of each class around a place of its own."""
    rng = np.random.default_rng(random_state)
    audit = Audit.create(folder, source_of(DEMO, DEMO / "labels.csv"))
    names = [f"class {number:04}" for number in range(classes)]
    labels = rng.integers(0, classes, n)
    paths = [f"{number:07}.jpg" for number in range(n)]
    ids = [item_id(path) for path in paths]
    audit.store.replace_listing(
        (
            {"id": one, "path": path, "label": names[label], "position": at, "fields": {}}
            for at, (one, path, label) in enumerate(zip(ids, paths, labels.tolist(), strict=True))
        ),
        names,
    )
    _score(audit, ids, labels, names, rng)
    centers = rng.uniform(-0.9, 0.9, (classes, 2))
    draw_map(audit, ids, centers[labels] + rng.normal(0, SPREAD, (n, 2)), labels % 64)
    audit.store.set_fingerprint("evidence", "drawn")
    return audit


def draw_map(audit, ids, xy, clusters):
    """Write the map of these items, with their clusters."""
    table = LayoutTable(
        np.array(ids),
        np.asarray(xy, np.float32).clip(-1, 1),
        np.array(["0" * 32] * len(ids), np.bytes_),
        np.asarray(clusters, np.int32),
    )
    write_layout(audit.map_file, LayoutInfo(kept=0.25), table)
    audit.store.set_fingerprint("map", audit.store.fingerprint("map") or "drawn")


def _score(audit, ids, labels, names, rng):
    by_name = {name: class_id for class_id, name in audit.store.class_names().items()}
    other = (labels + 1 + rng.integers(0, max(len(names) - 1, 1), len(ids))) % len(names)
    is_suspect = rng.random(len(ids)) < SUSPECTS
    suspicion = np.where(is_suspect, rng.uniform(0.5, 1, len(ids)), rng.uniform(0, 0.5, len(ids)))
    suggested = np.where(is_suspect, other, labels).tolist()
    audit.store.replace_scores(
        {"item_id": one, "suspicion": doubt, "p_given": 1 - doubt,
         "suggested_id": by_name[names[label]], "p_suggested": doubt if suspect else 1 - doubt,
         "is_suspect": suspect}
        for one, doubt, label, suspect in zip(
            ids, suspicion.tolist(), suggested, is_suspect.tolist(), strict=True
        )
    )  # fmt: skip
