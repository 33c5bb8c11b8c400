"""Time of the server for an answer to the desk, and for the queries of pages that open.

    python -m tests.benchmarks.desk_scale [--items 100000] [--cache DIR]

On a synthetic audit of which others have judged a fifth; without a browser.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.review.desk.card_cache import CachedCards
from core.review.desk.conversation import desk_data, keep_place, store_actions
from core.review.queues.queue import Queue
from core.review.sender import Sender
from tests.benchmarks.latency import audit_of, heading, report

EVERYTHING = Queue(everything=True)


def timed(act: Callable[[], Any], times: int = 5) -> list[float]:
    """Return the milliseconds that each call takes."""
    found = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        found.append(1000 * (time.perf_counter() - started))
    return found


class Desk:
    """An auditor who keeps one label after the other, in a browser that holds its cards."""

    def __init__(self, cards: CachedCards) -> None:
        self.cards = cards
        self.seq = 0
        self.data = desk_data(cards, EVERYTHING, "Ana")
        self.cards_held = self.data["cards"]

    def decide(self) -> None:
        """Send a verdict and the place, and take the answer."""
        at, following, *more = self.data["order"]
        action = {
            "session": "desk",
            "seq": self.seq,
            "item": at,
            "verdict": "keep",
            "labels": [],
            "content_hash": self.cards_held[at]["content_hash"],
            "given": self.cards_held[at]["given"],
            "auditor": "Ana",
        }
        store = self.cards.audit.store
        (answer,) = store_actions(store, [action], Sender("Ana"))
        assert answer["ok"], answer
        place = {"at": following, "next": more[:6], "skipped": []}
        at, loaded = keep_place(store, "Ana", EVERYTHING, place)
        shown = [*self.data["order"], *self.data["recent"], *self.data["undone"]]
        held = {item: self.cards_held[item]["version"] for item in shown}
        self.data = desk_data(self.cards, EVERYTHING, "Ana", at=at, loaded=loaded, held=held)
        self.cards_held |= self.data["cards"]
        self.seq += 1

    def decide_reordered(self) -> None:
        """The same just after the queues were put in a new order, as they are every 20 verdicts."""
        store = self.cards.audit.store
        store.set_order(store.fingerprint("evidence") or "", self.seq)
        self.decide()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--answers", type=int, default=300)
    parser.add_argument("--cache", type=Path, help="where the synthetic audit is cached")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as scratch,
        audit_of(options.items, options.cache, Path(scratch), options.items // 5) as audit,
    ):
        store = audit.store
        heading(f"server, {options.items:,} images, ms")
        cards = CachedCards(audit)
        report("first answer of a server", timed(lambda: desk_data(cards, EVERYTHING, "Ana"), 1))
        desk = Desk(cards)
        first = len(json.dumps(desk.data))
        report("verdict stored, place kept, answer", timed(desk.decide, options.answers))
        report("the answer as JSON", timed(lambda: json.dumps(desk.data)))
        report("the same in a new order", timed(desk.decide_reordered, 20))
        print(f"{'kB of the first answer, of a later one':<40} {first / 1000:>6.0f}"
              f" {len(json.dumps(desk.data)) / 1000:>7.0f}")  # fmt: skip
        for name in (
            "counts", "judged_ids", "confusions", "class_summary", "suspicion_histogram",
            "finding_counts", "verdict_counts", "disputed_ids", "unsure_ids",
        ):  # fmt: skip
            report(f"store.{name}", timed(getattr(store, name)))
        report("store.second_review_ids", timed(lambda: store.second_review_ids("Ana")))
        report("queue of the suspects", timed(lambda: Queue().ids(store)))
        report("queue of everything", timed(lambda: EVERYTHING.ids(store)))


if __name__ == "__main__":
    main()
