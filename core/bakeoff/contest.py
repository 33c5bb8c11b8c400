"""The data of a bake-off: a sample of an audit's items, in one or more embeddings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.audit import DATABASE, Audit, AuditError, fingerprint
from core.detectors.estimator import Features
from core.embedding.choice import EmbeddingChoice, file_hash
from core.embedding.given.given_arrays import ItemKey, read_embeddings
from core.neighbors import LIST_LENGTH, HalfWhitening, nearest
from core.neighbors.graph_folder import WHITENING
from core.store import EmbeddedItem
from core.versions import METHOD_VERSION, RANKING_VERSION

VERSION = 1
"""Raise it when earlier results are no longer comparable."""

Rows = NDArray[Any]


class View(NamedTuple):
    """One embedding of the items of a bake-off.

    Attributes
    ----------
    name : str
    key : str
        A hash that changes when its vectors do.
    vectors : float array (n, d)
    whitening : HalfWhitening
        Not fitted: with the layers and directions that the audit has chosen.
    """

    name: str
    key: str
    vectors: Rows
    whitening: HalfWhitening = HalfWhitening()

    def features(self) -> Features:
        """Return the input of detectors."""
        whitened = self.whitening.fit_transform(self.vectors)
        return Features.of(whitened, nearest(whitened, LIST_LENGTH))


@dataclass(frozen=True)
class Contest:
    """Labeled items, and the embeddings to rank them in.

    Attributes
    ----------
    items : list of EmbeddedItem
    labels : int64 array (n,)
        Given labels, 0 to `n_classes` - 1.
    n_classes : int
    n_labeled : int
        Labeled items of the audit, of which `items` are a sample.
    views : list of View
        The audit's own first.
    """

    items: list[EmbeddedItem]
    labels: NDArray[np.int64]
    n_classes: int
    n_labeled: int
    views: list[View]

    def made_from(self) -> str:
        """Return a hash of the items and their labels."""
        items = [(item.id, item.content_hash) for item in self.items]
        return fingerprint(VERSION, METHOD_VERSION, RANKING_VERSION, items, self.labels.tolist())


def contest(audit: Audit, sample: int, others: Mapping[str, str]) -> Contest:
    """Sample the items of `audit` and read their embeddings.

    Parameters
    ----------
    audit : Audit
    sample : int
        Maximum number of items: a stratified sample, always the same.
    others : mapping of str to str
        Further embeddings by name: a file, or the folder
        of another audit of the same images.

    Raises
    ------
    AuditError
        When `audit` is not ranked yet, another does not hold its items, or
        a name is that of the audit's own embeddings.
    GivenFileError
        When a file does not fit the items.
    """
    if not audit.is_ranked:
        raise AuditError(f"The audit {audit.name} is not ranked yet; run `audit` first.")
    labeled = [item for item in audit.store.embedded_items() if item.class_id is not None]
    classes = np.array([item.class_id for item in labeled], dtype=np.int64)
    sampled = stratified_sample(classes, sample)
    items = [labeled[place] for place in sampled]
    present, labels = np.unique(classes[sampled], return_inverse=True)
    own = _own_view(audit, items, EmbeddingChoice.of(audit).described)
    if own.name in others:
        raise AuditError(f"The audit's own embeddings are named {own.name}; choose another name.")
    views = [own] + [_other_view(audit, items, name, place) for name, place in others.items()]
    return Contest(items, labels.astype(np.int64), len(present), len(labeled), views)


def stratified_sample(classes: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Draw a stratified sample of about `size` rows, at least two of each class.

    Returns
    -------
    int64 array
        Rows in ascending order, the same for the same input; all rows where
        there are no more than `size`.
    """
    n = len(classes)
    if n <= size:
        return np.arange(n)
    rng = np.random.default_rng(0)
    drawn = []
    for label in np.unique(classes):
        members = np.flatnonzero(classes == label)
        n_drawn = min(len(members), max(2, round(size * len(members) / n)))
        drawn.append(rng.choice(members, n_drawn, replace=False))
    return np.sort(np.concatenate(drawn)).astype(np.int64)


def _own_view(audit: Audit, items: list[EmbeddedItem], name: str) -> View:
    rows = np.load(audit.embeddings_file, mmap_mode="r", allow_pickle=False)
    at = [item.row for item in items]
    if not audit.layer_widths:
        return View(name, fingerprint(audit.embedded_with, at), rows[at])
    fitted = HalfWhitening.load(audit.neighbors_folder / WHITENING)
    whitening = HalfWhitening(fitted.n_components, parts=fitted.parts)
    key = fingerprint(audit.embedded_with, at, fitted.n_components, fitted.parts)
    return View(name, key, rows[at], whitening)


def _other_view(audit: Audit, items: list[EmbeddedItem], name: str, place: str) -> View:
    if (Path(place) / DATABASE).is_file():
        return _view_of_audit(Audit(Path(place)), items, name)
    keys = [ItemKey(item["id"], item["path"]) for item in audit.store.wanted_rows()]
    vectors = read_embeddings(Path(place), keys, audit.contents.labels is not None)
    positions = {item.id: position for position, item in enumerate(keys)}
    return View(name, file_hash(Path(place)), vectors[[positions[item.id] for item in items]])


def _view_of_audit(other: Audit, items: list[EmbeddedItem], name: str) -> View:
    embedded = {item.id: item for item in other.store.embedded_items()}
    same = [
        embedded[item.id]
        for item in items
        if item.id in embedded and embedded[item.id].content_hash == item.content_hash
    ]
    if len(same) < len(items):
        raise AuditError(
            f"The audit {other.name} lacks {len(items) - len(same):,} of the sampled images,"
            " or holds different images under their paths."
        )
    return _own_view(other, same, name)
