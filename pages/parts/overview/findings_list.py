"""What was found beside the ranking: a line for each kind, and the clearest of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import groupby

import streamlit as st

from core.audit import Audit
from core.findings import FINDINGS, conflicts
from core.review.queues.queue import Queue
from core.store import Row, Store
from pages.parts.app.context import plain
from pages.parts.app.links import open_queue
from pages.parts.gallery.gallery import gallery

MOST_PICTURES = 9
CONFLICTS = conflicts.FINDING.name


def show_findings(audit: Audit, judged: Collection[str]) -> None:
    """Offer copies, leaks and outliers as queues, those of a kind that is not all `judged`."""
    store = audit.store
    counts = store.finding_counts()
    to_do = [
        kind
        for name, kind in FINDINGS.items()
        if name in counts and counts[name]["reviewed"] < counts[name]["count"]
    ]
    if not to_do:
        return
    st.header("Also worth a look")
    if conflicts.FINDING in to_do:
        items = store.items(first := _first_conflicts(store, judged))
        shown = [items[item_id] for item_id in first]
        if chosen := gallery(audit, shown, key=CONFLICTS, with_suggestion=False):
            open_queue(Queue(finding=CONFLICTS), item=chosen)
    splits = store.splits()
    with st.container(gap=None):
        for kind in to_do:
            text = kind.sentence(counts[kind.name]["count"], splits)
            if reviewed := counts[kind.name]["reviewed"]:
                text += f", {reviewed:,} of them reviewed"
            if st.button(
                plain(text),
                key=f"findings_{kind.name}",
                help=" ".join([kind.meaning, *map(plain, _details(store, kind.name))]),
                type="tertiary",
                icon=":material/arrow_forward:",
            ):
                open_queue(Queue(finding=kind.name))


def _details(store: Store, kind: str) -> list[str]:
    return [f"{note}." for note in store.finding_notes(kind)]


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
    while rows := store.findings(CONFLICTS, after, 10 * MOST_PICTURES):
        yield from rows
        after = rows[-1]["position"]
