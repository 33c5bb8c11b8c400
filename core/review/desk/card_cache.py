"""Cards that are made once and cached until a verdict changes them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from core.audit import Audit
from core.review.desk.cards import Cards, pictures_on
from core.store import Shown

MOST_CACHED = 2000
"""Cards; some 5 kB each, with the pictures that they show."""

Card = dict[str, Any]


class CachedCards(Cards):
    """Makes the cards of one audit for many desks, each card once.

    A desk asks again and again for the few dozen items that come next, of
    which one is new. A card is made anew when another verdict decides its item
    or one of those that it shows, or when the image or the given label of one
    of them has changed; the rest of it stays as long as the evidence does.

    Parameters
    ----------
    audit : Audit
        Ranked already.
    """

    def __init__(self, audit: Audit) -> None:
        super().__init__(audit)
        self._cached: dict[str, Card] = {}
        self._pictures: dict[str, Card | None] = {}
        self._followed_to = audit.store.latest_change()
        self._lock = threading.Lock()

    def make(self, ids: Sequence[str]) -> dict[str, Any]:
        """Return what `Cards.make` does, pictures only of what the strips show.

        The dictionaries are the caller's own.
        """
        with self._lock:
            self._forget_changed(ids)
            self._add([item_id for item_id in ids if not self._is_whole(item_id)])
            cards = {item_id: self._cached[item_id] for item_id in ids if item_id in self._cached}
            pictures = {
                other: picture
                for card in cards.values()
                for other in pictures_on(card)
                if (picture := self._pictures[other]) is not None
            }
        return {
            "cards": {item_id: dict(card) for item_id, card in cards.items()},
            "pictures": {item_id: dict(picture) for item_id, picture in pictures.items()},
        }

    def _forget_changed(self, ids: Sequence[str]) -> None:
        if len(self._cached) > MOST_CACHED:
            self._cached, self._pictures = {}, {}
        for change in self.audit.store.changed_verdicts(self._followed_to):
            self._followed_to = change.number
            self._cached.pop(change.item_id, None)
            self._pictures.pop(change.item_id, None)
        known = [self._cached[item_id] for item_id in ids if item_id in self._cached]
        on_screen = {other for card in known for other in pictures_on(card)}
        for item_id, shown in self.audit.store.shown([*ids, *on_screen]).items():
            for cached in (self._cached, self._pictures):
                if (card := cached.get(item_id)) and _shown_by(card) != shown:
                    del cached[item_id]

    def _is_whole(self, item_id: str) -> bool:
        card = self._cached.get(item_id)
        return card is not None and all(other in self._pictures for other in pictures_on(card))

    def _add(self, ids: Sequence[str]) -> None:
        if not ids:
            return
        made = super().make(ids)
        self._cached |= made["cards"]
        for card in made["cards"].values():
            for other in pictures_on(card):
                self._pictures[other] = made["pictures"].get(other)


def _shown_by(card: Card) -> Shown:
    return Shown(card["content_hash"], card["given"])
