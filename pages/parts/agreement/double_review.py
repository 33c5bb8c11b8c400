"""What waits for a second person or for a decision between two, and how much is looked at twice."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from core.audit import Audit
from core.review.queues.queue import Queue
from core.store import Store
from pages.parts.app.context import plain
from pages.parts.app.links import open_queue

SHARES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
SHARE = "second_share"


class Waiting(NamedTuple):
    """How many images wait for whom.

    Attributes
    ----------
    second : int
        For a second look by anybody.
    mine : int
        For one by the person who asks.
    disputed, left : int
        On which people disagree, and those of them that nobody has decided.
    """

    second: int
    mine: int
    disputed: int
    left: int


@st.cache_data(max_entries=8, show_spinner=False)
def _waiting(folder: str, revision: str, share: float, who: str, _store: Store) -> Waiting:
    second, disputed = Queue(second=True), Queue(disputed=True)
    return Waiting(
        second=len(second.ids(_store)),
        mine=len(second.left(_store, who)),
        disputed=len(disputed.ids(_store)),
        left=len(disputed.left(_store)),
    )


def show_waiting(audit: Audit, auditor: str | None) -> None:
    """Offer the images that wait for a second look by `auditor`, and those that are disputed."""
    store = audit.store
    names = store.auditor_names()
    who = auditor or (names[0] if len(names) == 1 else "")
    waiting = _waiting(str(audit.folder), store.revision(), store.second_share(), who, store)
    second, disputed = st.columns(2, gap="large")
    with second:
        _show_second(waiting, who)
    with disputed:
        _show_disputed(waiting)


def _show_second(waiting: Waiting, who: str) -> None:
    st.header("A second look")
    if not waiting.second:
        st.markdown("No image waits for one.")
    elif not waiting.mine:
        st.markdown(
            f"{_images(waiting.second)} for somebody other than {plain(who)}, who signs in under a"
            " name of their own."
        )
    elif waiting.mine == waiting.second:
        st.markdown(f"{_images(waiting.second)} for one.")
    else:
        st.markdown(
            f"{_images(waiting.second)} for one; {plain(who)} can give {waiting.mine:,} of them."
        )
    if waiting.mine and st.button(f"Look at {waiting.mine:,} blind", key="second", type="primary"):
        open_queue(Queue(second=True))


def _show_disputed(waiting: Waiting) -> None:
    st.header("Disputed")
    if not waiting.disputed:
        st.markdown("Nobody disagrees about an image.")
    else:
        decided = waiting.disputed - waiting.left
        told = f", {decided:,} of them decided" if decided else ""
        about = "1 image" if waiting.disputed == 1 else f"{waiting.disputed:,} images"
        st.markdown(f"People disagree about {about}{told}. Best is that a third person decides.")
    if waiting.left and st.button(f"Decide {waiting.left:,}", key="disputed"):
        open_queue(Queue(disputed=True))


def show_share(audit: Audit) -> None:
    """Let the share of images be chosen that is looked at twice."""
    store = audit.store
    share = store.second_share()
    st.header("How much is looked at twice")
    chosen = st.select_slider(
        "Share of the reviewed images",
        sorted({*SHARES, share}),
        value=share,
        format_func=lambda share: f"{share:.0%}",
        key=SHARE,
        width=420,
    )
    st.caption(
        "Every image that somebody was unsure of comes on top. Which ones are drawn depends on the"
        " file's name alone: a larger share adds to them, a smaller one takes away only what nobody"
        " has looked at twice. A tenth is enough for a first figure; intervals shrink with the"
        " square root of the number."
    )
    if chosen != share:
        store.set_second_share(chosen)
        st.rerun()


def _images(count: int) -> str:
    return "**1** image waits" if count == 1 else f"**{count:,}** images wait"
