"""The choice of a queue: all suspects, a finding, a class, a pair, or what an address asks for."""

from __future__ import annotations

import streamlit as st

from core.audit import Audit
from core.findings.words import KINDS
from core.review.queues import Queue

MOST_PAIRS = 12


def choose_queue(audit: Audit, asked_for: Queue) -> Queue:
    """Offer the queues of `audit` with their sizes; `asked_for` is the first choice."""
    store = audit.store
    confusions = store.confusions()
    sizes: dict[Queue, int] = {
        Queue(): sum(row["count"] for row in confusions),
        Queue(everything=True): store.counts()["ranked"],
    }
    counts = store.finding_counts()
    for kind in KINDS:
        if kind in counts:
            sizes[Queue(finding=kind)] = counts[kind]["count"]
    for row in confusions[:MOST_PAIRS]:
        sizes[Queue(given=row["given"], suggested=row["suggested"])] = row["count"]
    for row in store.class_summary():
        if row["suspects"]:
            sizes[Queue(given=row["given"])] = row["suspects"]
    if asked_for not in sizes:
        sizes[asked_for] = len(asked_for.ids(store))
    titles = {queue: f"{queue.title(store)} ({size:,})" for queue, size in sizes.items()}
    options = list(sizes)
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
