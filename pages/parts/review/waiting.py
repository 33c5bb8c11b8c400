"""What waits for people: a second look, a word that ends a disagreement, somebody less unsure."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from core.review.queues.queue import Queue
from core.store import Store
from pages.parts.app.links import open_queue

SENTENCES = {
    Queue(second=True): ("{n} waits for a blind second look", "{n} wait for a blind second look"),
    Queue(disputed=True): (
        "On {n} people disagree, and nobody has settled it",
        "On {n} people disagree, and nobody has settled it",
    ),
    Queue(unsure=True): ("Of {n} somebody was unsure", "Of {n} somebody was unsure"),
}


def waiting(store: Store, auditor: str) -> Iterator[tuple[Queue, int]]:
    """Yield the queues of what waits for `auditor`, those that are not empty, and how much does."""
    for queue in SENTENCES:
        if left := len(queue.left(store, auditor)):
            yield queue, left


def show_waiting(store: Store, auditor: str) -> None:
    """Offer what waits as queues, a line for each."""
    with st.container(gap=None):
        for queue, left in waiting(store, auditor):
            one, many = SENTENCES[queue]
            n = "1 image" if left == 1 else f"{left:,} images"
            if st.button(
                (one if left == 1 else many).format(n=n),
                key=f"waiting_{queue.kind.field}",
                type="tertiary",
                icon=":material/arrow_forward:",
            ):
                open_queue(queue)
