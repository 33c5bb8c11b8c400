"""What waits for a second review or an adjudication, and the rate of double review."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from core.audit import Audit
from core.review.queues.queue import Queue
from core.store import Store
from core.text import counted
from pages.parts.app.context import plain
from pages.parts.app.links import open_queue

RATES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
SHARE = "second_share"


class Waiting(NamedTuple):
    """How many images wait for double review.

    Attributes
    ----------
    second : int
        For a second review by any auditor.
    mine : int
        For one by the auditor who asks.
    disputed, left : int
        On which auditors disagree, and those of them without an adjudication.
    """

    second: int
    mine: int
    disputed: int
    left: int


@st.cache_data(max_entries=8, show_spinner=False)
def _waiting(opened: str, revision: str, share: float, who: str, _store: Store) -> Waiting:
    second, disputed = Queue(second=True), Queue(disputed=True)
    return Waiting(
        second=len(second.ids(_store)),
        mine=len(second.left(_store, who)),
        disputed=len(disputed.ids(_store)),
        left=len(disputed.left(_store)),
    )


def show_waiting(audit: Audit, auditor: str | None) -> None:
    """Offer the images that wait for a second review by `auditor`, and those that are disputed."""
    store = audit.store
    names = store.auditor_names()
    who = auditor or (names[0] if len(names) == 1 else "")
    waiting = _waiting(audit.opened, store.revision(), store.second_share(), who, store)
    second, disputed = st.columns(2, gap="large")
    with second:
        _show_second(waiting, who)
    with disputed:
        _show_disputed(waiting)


def _show_second(waiting: Waiting, who: str) -> None:
    st.header("Blind second review")
    if not waiting.second:
        st.markdown("No image waits for a second review.")
    elif not waiting.mine:
        st.markdown(
            f"{_images(waiting.second)} for an auditor other than {plain(who)}. Switch auditor"
            " in the sidebar to review."
        )
    elif waiting.mine == waiting.second:
        st.markdown(f"{_images(waiting.second)} for a second review.")
    else:
        st.markdown(
            f"{_images(waiting.second)} for a second review; {plain(who)} can do {waiting.mine:,}"
            " of them."
        )
    if waiting.mine and st.button(
        f"Review {waiting.mine:,} blind", key="second_review", type="primary"
    ):
        open_queue(Queue(second=True))


def _show_disputed(waiting: Waiting) -> None:
    st.header("Adjudication")
    if not waiting.disputed:
        st.markdown("Auditors disagree about no image.")
    else:
        decided = waiting.disputed - waiting.left
        resolved = f", {decided:,} resolved" if decided else ""
        st.markdown(
            f"{counted(waiting.disputed, 'disagreement')}{resolved}. A third auditor should"
            " adjudicate."
        )
    if waiting.left and st.button(f"Adjudicate {waiting.left:,}", key="disputed"):
        open_queue(Queue(disputed=True))


def show_rate(audit: Audit) -> None:
    """Let the rate of double review be chosen."""
    store = audit.store
    rate = store.second_share()
    st.header("Double-review rate")
    chosen = st.select_slider(
        "Share of the reviewed images",
        sorted({*RATES, rate}),
        value=rate,
        format_func=lambda share: f"{share:.0%}",
        key=SHARE,
        width=420,
    )
    st.caption(
        "Images marked unsure are always added. Which others are drawn depends on the file name"
        " alone: a higher rate adds images, a lower one removes only images without a second"
        " review. 10 % is enough for a first estimate; intervals shrink with the square root of"
        " the number of images."
    )
    if chosen != rate:
        store.set_second_share(chosen)
        st.rerun()


def _images(count: int) -> str:
    return "**1** image waits" if count == 1 else f"**{count:,}** images wait"
