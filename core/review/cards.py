"""What the desk shows of an item: labels, probabilities, neighbours and the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.audit import Audit
from core.review.queues import Queue
from core.store import Order, Row

NEIGHBORS_SHOWN = 9
NEIGHBORS_COUNTED = 10
LIKELY_CLASSES = 6
TORN = 0.8
"""Ambiguity from which two classes are said to fit alike: both have more than a quarter."""


class Cards:
    """Makes cards from the computed tables of one audit, which it holds in memory.

    Parameters
    ----------
    audit : Audit
        Ranked already.
    """

    def __init__(self, audit: Audit) -> None:
        self.audit = audit
        self.graph = audit.neighbors()
        self.evidence = audit.evidence()
        self.predictions = audit.predictions()
        self._queues: dict[tuple[Queue, Order], list[str]] = {}
        self._graph_row = {item_id: row for row, item_id in enumerate(self.graph.ids.tolist())}
        self._evidence_row = {
            item_id: row for row, item_id in enumerate(self.evidence.ids.tolist())
        }

    def queue_ids(self, queue: Queue, auditor: str = "") -> list[str]:
        """Return the ids of `queue` in order; they stay until a new order is made."""
        if queue.kind.is_live:
            return queue.ids(self.audit.store, auditor)
        order = self.audit.store.order()
        if (queue, order) not in self._queues:
            ids = queue.ids(self.audit.store)
            current = {key: known for key, known in self._queues.items() if key[1] == order}
            self._queues = current | {(queue, order): ids}
        return self._queues[queue, order]

    def make(self, ids: Sequence[str]) -> dict[str, Any]:
        """Return the cards of `ids`, and the pictures that they show, by item id.

        Returns
        -------
        dict
            ``cards``: by id, the fields of `Store.items` and ``neighbours``,
            ``peers`` (pairs of id and similarity), ``likely`` (class names,
            most probable first), ``why`` (facts for a sentence),
            ``copies`` (how copies of the item are labelled instead, see
            `Store.conflicting_copies`, or None) and ``outdated`` (the verdict
            on what the image was before, or None).
            ``pictures``: by id, content hash, given label, path and fields.
        """
        neighbours = {item_id: self._neighbours(item_id) for item_id in ids}
        peers = {item_id: self._peers(item_id) for item_id in ids}
        shown = {other for pairs in (*neighbours.values(), *peers.values()) for other, _ in pairs}
        items = self.audit.store.items([*ids, *shown])
        outdated = self.audit.store.outdated_verdicts(ids)
        copies = self.audit.store.conflicting_copies(ids)
        cards = {
            item_id: items[item_id]
            | {
                "neighbours": neighbours[item_id][:NEIGHBORS_SHOWN],
                "peers": peers[item_id],
                "likely": self._likely(item_id),
                "why": self._why(items[item_id], neighbours[item_id], items),
                "copies": copies.get(item_id),
                "outdated": outdated.get(item_id),
            }
            for item_id in ids
            if item_id in items
        }
        pictures = {
            item_id: {key: item[key] for key in ("content_hash", "given", "path", "fields")}
            for item_id, item in items.items()
            if item_id in shown
        }
        return {"cards": cards, "pictures": pictures}

    def _neighbours(self, item_id: str) -> list[tuple[str, float]]:
        row = self._graph_row.get(item_id)
        if row is None:
            return []
        near = slice(0, NEIGHBORS_COUNTED)
        return _pairs(
            self.graph.ids, self.graph.indices[row, near], self.graph.similarities[row, near]
        )

    def _peers(self, item_id: str) -> list[tuple[str, float]]:
        row = self._evidence_row.get(item_id)
        if row is None:
            return []
        return _pairs(
            self.evidence.ids, self.evidence.peers[row], self.evidence.peer_similarities[row]
        )

    def _likely(self, item_id: str) -> list[str]:
        row = self._evidence_row.get(item_id)
        if row is None:
            return []
        best = self.evidence.top_classes[row, :LIKELY_CLASSES]
        return [str(name) for name in self.evidence.classes[best]]

    def _why(
        self, item: Row, neighbours: list[tuple[str, float]], items: Mapping[str, Row]
    ) -> dict[str, Any]:
        """Return the facts that speak for and against the given label.

        ``nearest`` (how many), ``votes`` of those by label, ``rank`` and
        ``count`` in the item's class, ``torn`` (the two classes between which
        the evidence is divided, or None), and ``model``: label and probability
        that the user's own classifier gives, or None.
        """
        votes: dict[str, int] = {}
        for other, _ in neighbours:
            label = items[other]["given"] if other in items else None
            if label is not None:
                votes[label] = votes.get(label, 0) + 1
        row = self._evidence_row.get(item["id"])
        rank = None if row is None else int(self.evidence.peer_rank[row])
        count = None if row is None else int(self.evidence.peer_count[row])
        return {
            "nearest": len(neighbours),
            "votes": votes,
            "rank": rank,
            "count": count,
            "torn": self._torn(item["id"]),
            "model": self._predicted(item["row"]),
        }

    def _torn(self, item_id: str) -> list[str] | None:
        row = self._evidence_row.get(item_id)
        if row is None or self.evidence.ambiguity[row] < TORN:
            return None
        return self._likely(item_id)[:2]

    def _predicted(self, row: int) -> tuple[str, float] | None:
        if self.predictions is None or row >= len(self.predictions.probabilities):
            return None
        probabilities = self.predictions.probabilities[row]
        best = int(probabilities.argmax())
        if not probabilities[best]:
            return None
        return self.predictions.classes[best], round(float(probabilities[best]), 3)


def _pairs(
    ids: NDArray[np.str_], positions: NDArray[np.int32], similarities: NDArray[np.float32]
) -> list[tuple[str, float]]:
    return [
        (str(ids[position]), round(float(similarity), 3))
        for position, similarity in zip(positions, similarities, strict=True)
        if position >= 0
    ]
