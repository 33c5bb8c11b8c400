"""The choice of a queue: suspects, double review, findings, filters, pairs, classes."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from core.audit import Audit
from core.findings import FINDINGS
from core.review.queues.queue import Queue
from core.store import Store
from pages.parts.review.waiting import waiting

MOST_PAIRS = 12


def choose_queue(audit: Audit, asked_for: Queue, auditor: str) -> Queue:
    """Offer the queues of `audit` with their sizes; `asked_for` is the first choice."""
    store = audit.store
    titles = dict(_offers(store, auditor))
    if asked_for not in titles:
        titles[asked_for] = _titled(asked_for.title(store), len(asked_for.ids(store, auditor)))
    options = list(titles)
    chosen = st.selectbox(
        "Queue",
        options,
        index=options.index(asked_for),
        format_func=titles.__getitem__,
    )
    if chosen != asked_for:
        for name in (*asked_for.params(), "item"):
            st.query_params.pop(name, None)
        st.query_params.update(chosen.params())
        st.rerun()
    return chosen


def _offers(store: Store, auditor: str) -> Iterator[tuple[Queue, str]]:
    """Yield the queues there are, and what each is called in the choice."""
    confusions, classes = store.confusions(), store.class_summary()
    suspects = sum(row["count"] for row in confusions)
    yield Queue(), _titled(Queue().title(store), suspects)
    for queue, left in waiting(store, auditor):
        yield queue, _titled(queue.title(store), left)
    everything = Queue(everything=True)
    yield everything, _titled(everything.title(store), sum(row["items"] for row in classes))
    counts = store.finding_counts()
    for queue in (Queue(finding=kind) for kind in FINDINGS if kind in counts):
        yield queue, _titled(queue.title(store), counts[queue.finding or ""]["count"])
    for name, query in store.saved_filters().items():
        yield Queue(query=query), f"Filter: {name}"
    for row in confusions[:MOST_PAIRS]:
        queue = Queue(given=row["given"], suggested=row["suggested"])
        yield queue, _titled(queue.title(store), row["count"])
    for row in classes:
        if row["suspects"]:
            queue = Queue(given=row["given"])
            yield queue, _titled(queue.title(store), row["suspects"])


def _titled(title: str, size: int) -> str:
    return f"{title} ({size:,})"
