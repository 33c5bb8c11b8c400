"""What the desk shows of an item: labels, probabilities, neighbors and the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.audit import Audit, fingerprint
from core.review.queues.course import Course
from core.review.queues.course_cache import CourseCache
from core.review.queues.queue import Queue
from core.store import Row
from core.terms import primary_action

NEIGHBORS_SHOWN = 9
NEIGHBORS_COUNTED = 10
LIKELY_CLASSES = 6
PICTURE = ("content_hash", "path", "fields", "box", "given", "verdict", "labels", "auditor")
"""What is shown of a neighbor."""
TORN = 0.8
"""Ambiguity from which two classes count as fitting alike: both have more than a quarter."""


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
        self._courses = CourseCache()
        self._graph_row = {item_id: row for row, item_id in enumerate(self.graph.ids.tolist())}
        self._evidence_row = {
            item_id: row for row, item_id in enumerate(self.evidence.ids.tolist())
        }

    def queue_ids(self, queue: Queue, auditor: str = "") -> Sequence[str]:
        """Return the ids of `queue` in order; they stay until a new order is made."""
        return self.course(queue, auditor).ids

    def course(self, queue: Queue, auditor: str = "") -> Course:
        """Return `queue` to go through; while a new order is made, in the one before."""
        store = self.audit.store
        if queue.kind.is_live:
            return queue.course(store, auditor)
        whose = auditor if queue.kind.is_personal else ""
        key = (queue, queue.kind.since(store, queue), whose)
        course = self._courses.course(key, store.order(), lambda: queue.course(store, whose))
        course.follow(store)
        return course

    def make(self, ids: Sequence[str]) -> dict[str, Any]:
        """Return the cards of `ids`, and the pictures that they show, by item id.

        Returns
        -------
        dict
            ``cards``: by id, the fields of `Store.items` and ``neighbors``,
            ``peers`` (pairs of id and similarity), ``likely`` (pairs of class
            name and probability, most probable first), ``why`` (facts for a
            sentence), ``opinions`` (see `_opinions`), ``same`` (ids of those
            neighbors and peers that are copies of it), ``version`` (a hash of
            the card with its pictures), ``primary`` (see
            `core.terms.primary_action`),
            ``copies`` (how copies of the item are labeled instead, see
            `Store.conflicting_copies`, or None) and ``outdated`` (the fields of
            `Outdated` where the image or label was another at the verdict, or None).
            ``pictures``: by id, content hash, path, fields, box, given label,
            verdict with its labels and auditor and, where it is more probable than the
            given one, the suggested; and ``primary``.
        """
        neighbors = {item_id: self._neighbors(item_id) for item_id in ids}
        peers = {item_id: self._peers(item_id) for item_id in ids}
        shown = {other for pairs in (*neighbors.values(), *peers.values()) for other, _ in pairs}
        items = self.audit.store.items([*ids, *shown])
        outdated = self.audit.store.outdated_verdicts(ids)
        copies = self.audit.store.conflicting_copies(ids)
        group = self.audit.store.copy_groups([*ids, *shown])
        cards = {
            item_id: items[item_id]
            | {
                "neighbors": neighbors[item_id][:NEIGHBORS_SHOWN],
                "peers": peers[item_id],
                "likely": self._likely(item_id),
                "opinions": self._opinions(item_id),
                "same": [
                    other
                    for other, _ in neighbors[item_id][:NEIGHBORS_SHOWN] + peers[item_id]
                    if item_id in group and group.get(other) == group[item_id]
                ],
                "why": self._why(items[item_id], neighbors[item_id], items),
                "primary": _primary(items[item_id]),
                "copies": copies.get(item_id),
                "outdated": outdated[item_id]._asdict() if item_id in outdated else None,
            }
            for item_id in ids
            if item_id in items
        }
        pictures = {
            item_id: {key: item[key] for key in PICTURE}
            | {
                "suggested": item["suggested"] if item["is_suspect"] else None,
                "primary": _primary(item),
            }
            for item_id, item in items.items()
            if item_id in shown
        }
        for card in cards.values():
            card["version"] = fingerprint(card, [pictures.get(one) for one in pictures_on(card)])
        return {"cards": cards, "pictures": pictures}

    def _neighbors(self, item_id: str) -> list[tuple[str, float]]:
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

    def _likely(self, item_id: str) -> list[tuple[str, float]]:
        row = self._evidence_row.get(item_id)
        if row is None:
            return []
        names = self.evidence.classes[self.evidence.top_classes[row, :LIKELY_CLASSES]]
        chances = self.evidence.top_probabilities[row, :LIKELY_CLASSES]
        return [(str(name), _rounded(p)) for name, p in zip(names, chances, strict=True)]

    def _opinions(self, item_id: str) -> list[dict[str, Any]]:
        """Return the prediction of each member of the pool.

        ``name``, ``label`` (the most probable class; None where it is
        missing), ``p`` of that, and ``given``: its probability of the given label.
        Nothing where one detector ranked alone.
        """
        row = self._evidence_row.get(item_id)
        if row is None:
            return []
        table = self.evidence
        return [
            {
                "name": str(name),
                "label": str(table.classes[column]) if column >= 0 else None,
                "p": _rounded(table.member_probabilities[row, member]) if column >= 0 else None,
                "given": _rounded(table.member_given[row, member]) if column >= 0 else None,
            }
            for member, name in enumerate(table.members)
            for column in (table.member_classes[row, member],)
        ]

    def _why(
        self, item: Row, neighbors: list[tuple[str, float]], items: Mapping[str, Row]
    ) -> dict[str, Any]:
        """Return the facts for and against the given label.

        ``nearest`` (how many), ``votes`` of those by label, ``rank`` and
        ``count`` in the item's class, ``torn`` (the two classes between which
        the evidence is divided, or None), and ``model``: label and probability
        that the user's own classifier gives, or None.
        """
        votes: dict[str, int] = {}
        for other, _ in neighbors:
            label = items[other]["given"] if other in items else None
            if label is not None:
                votes[label] = votes.get(label, 0) + 1
        row = self._evidence_row.get(item["id"])
        rank = None if row is None else int(self.evidence.peer_rank[row])
        count = None if row is None else int(self.evidence.peer_count[row])
        return {
            "nearest": len(neighbors),
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
        return [name for name, _ in self._likely(item_id)[:2]]

    def _predicted(self, row: int) -> tuple[str, float] | None:
        if self.predictions is None or row >= len(self.predictions.probabilities):
            return None
        probabilities = self.predictions.probabilities[row]
        best = int(probabilities.argmax())
        if not probabilities[best]:
            return None
        return self.predictions.classes[best], round(float(probabilities[best]), 3)


def pictures_on(card: Mapping[str, Any]) -> Iterator[str]:
    """Yield the ids of the items whose pictures a card shows; one may come twice."""
    for strip in (card["neighbors"], card["peers"]):
        for other, _ in strip:
            yield other


def _rounded(p: np.floating[Any]) -> float:
    # Nothing is certain, nor is it impossible.
    return round(min(max(float(p), 0.0001), 0.9999), 4)


def _primary(item: Row) -> str:
    return primary_action(item["given"], (item["p_suggested"] or 0) > (item["p_given"] or 0))


def _pairs(
    ids: NDArray[np.str_], positions: NDArray[np.int32], similarities: NDArray[np.float32]
) -> list[tuple[str, float]]:
    return [
        (str(ids[position]), round(float(similarity), 3))
        for position, similarity in zip(positions, similarities, strict=True)
        if position >= 0
    ]
