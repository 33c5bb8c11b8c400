"""What was found beside the ranking: a line for each kind, and the clearest of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import groupby

import streamlit as st

from core.audit import Audit
from core.findings.words import KINDS, MEANINGS, sentence
from core.review.queues.queue import Queue
from core.store import Row, Store
from pages.parts.app.context import plain
from pages.parts.app.links import open_queue
from pages.parts.gallery.gallery import gallery

MOST_PICTURES = 9


def show_findings(audit: Audit, judged: Collection[str]) -> None:
    """Offer copies, leaks and outliers as queues, those of a kind that is not all `judged`."""
    store = audit.store
    counts = store.finding_counts()
    to_do = [
        kind
        for kind in KINDS
        if kind in counts and counts[kind]["reviewed"] < counts[kind]["count"]
    ]
    if not to_do:
        return
    st.header("Also worth a look")
    if "conflicts" in to_do:
        items = store.items(first := _first_conflicts(store, judged))
        shown = [items[item_id] for item_id in first]
        if chosen := gallery(audit, shown, key="conflicts", with_suggestion=False):
            open_queue(Queue(finding="conflicts"), item=chosen)
    splits = store.setting("splits", [])
    with st.container(gap=None):
        for kind in to_do:
            words = sentence(kind, counts[kind]["count"], splits)
            if reviewed := counts[kind]["reviewed"]:
                words += f", {reviewed:,} of them reviewed"
            if st.button(
                plain(words),
                key=f"findings_{kind}",
                help=MEANINGS[kind],
                type="tertiary",
                icon=":material/arrow_forward:",
            ):
                open_queue(Queue(finding=kind))


def _first_conflicts(store: Store, judged: Collection[str]) -> list[str]:
    """Return the items of the first conflicts, whole groups, that are not all judged."""
    first: list[str] = []
    for _, rows in groupby(_conflicts(store), key=lambda row: row["group_id"]):
        group = [row["id"] for row in rows]
        if not set(group) <= set(judged):
            if first and len(first) + len(group) > MOST_PICTURES:
                break
            first += group[:MOST_PICTURES]
    return first


def _conflicts(store: Store) -> Iterator[Row]:
    """Yield all conflicts in order, from the database as many at a time as are likely needed."""
    after = -1
    while rows := store.findings("conflicts", after, 10 * MOST_PICTURES):
        yield from rows
        after = rows[-1]["position"]
