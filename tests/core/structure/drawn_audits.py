"""Audits whose embeddings are drawn: items, labels and neighbors, without an image."""

from types import SimpleNamespace

import numpy as np

from core.audit import Audit, Source, fingerprint, item_id
from core.neighbors import HalfWhitening
from core.neighbors.refreshing import EmbeddedItems, refresh
from core.versions import METHOD_VERSION
from tests.core.making import file_found, records


def drawn(n, n_classes=4, d=12, seed=0):
    """Vectors around the means of classes, and the classes as c0, c1, …"""
    rng = np.random.default_rng(seed)
    truth = np.arange(n) % n_classes
    means = rng.normal(size=(n_classes, d)) * 3
    return means[truth] + rng.normal(size=(n, d)), [f"c{number}" for number in truth]


class DrawnAudit:
    """An audit that is given its embeddings; `show` says which items there are now."""

    def __init__(self, folder):
        source = folder / "source"
        source.mkdir(parents=True)
        self.audit = Audit.create(folder / "audit", Source("class-folders", source))

    def show(self, items, made_with="a network"):
        """List items, a dict of path to (vector, label or None[, content])."""
        store = self.audit.store
        store.replace_listing(records({path: item[1] for path, item in items.items()}))
        hashes = {path: content_of(path, item) for path, item in items.items()}
        store.record_files([file_found(path, hashes[path]) for path in items], {})
        store.set_fingerprint("embeddings", made_with)
        embedded = store.embedded_items()
        vector_of = {item_id(path): item[0] for path, item in items.items()}
        vectors = np.array([vector_of[item.id] for item in embedded], np.float32)
        found = EmbeddedItems(
            vectors,
            np.arange(len(embedded)),
            [item.id for item in embedded],
            [item.content_hash for item in embedded],
            fingerprint(self.audit.embedded_with, METHOD_VERSION),
        )
        refresh(self.audit.neighbors_folder, found, 30, fit=lambda: HalfWhitening(8).fit(vectors))
        key = fingerprint([(item.id, item.content_hash) for item in embedded], made_with)
        store.set_fingerprint("neighbors", key)
        return self.audit


def content_of(path, item):
    return item[2] if len(item) > 2 else fingerprint(path)


def items_of(n, n_classes=4, seed=0, unlabeled=()):
    vectors, labels = drawn(n, n_classes, seed=seed)
    return {
        f"{number:04}.jpg": (vector, None if number in unlabeled else label)
        for number, (vector, label) in enumerate(zip(vectors, labels, strict=True))
    }


def graph_input(n=200, k=30, seed=0, n_classes=4):
    """A `LayoutInput` of drawn vectors, with their labels."""
    from core.neighbors import nearest
    from core.structure.projections import LayoutInput

    vectors, labels = drawn(n, n_classes, seed=seed)
    vectors = HalfWhitening(8).fit_transform(vectors.astype(np.float32))
    given = LayoutInput(vectors, nearest(vectors, k))
    return SimpleNamespace(given=given, labels=np.array(labels))
