"""What waits for auditors: second reviews, disagreements, images marked unsure."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from core.review.queues.queue import Queue
from core.store import Store
from core.text import counted
from pages.parts.app.links import open_queue

SENTENCES = {
    Queue(second=True): ("image", "waiting for a blind second review"),
    Queue(disputed=True): ("unresolved disagreement", ""),
    Queue(unsure=True): ("image", "marked unsure"),
}
"""For each queue what is counted, and what follows."""


def waiting(store: Store, auditor: str) -> Iterator[tuple[Queue, int]]:
    """Yield the queues of what waits for `auditor`, those that are not empty, and how much does."""
    for queue in SENTENCES:
        if left := len(queue.left(store, auditor)):
            yield queue, left


def show_waiting(store: Store, auditor: str) -> None:
    """Offer what waits as queues, a line for each."""
    with st.container(gap=None):
        for queue, left in waiting(store, auditor):
            noun, rest = SENTENCES[queue]
            if st.button(
                f"{counted(left, noun)} {rest}".strip(),
                key=f"waiting_{queue.kind.field}",
                type="tertiary",
                icon=":material/arrow_forward:",
            ):
                open_queue(queue)
