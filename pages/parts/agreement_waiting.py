"""What waits for a second person or for a decision between two, and how much is looked at twice."""

from __future__ import annotations

import streamlit as st

from core.audit import Audit
from core.review.queues import Queue
from core.store_verdicts import SECOND
from pages.parts.context import plain
from pages.parts.links import open_queue

SHARES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
SHARE = "second_share"


def show_waiting(audit: Audit, auditor: str | None) -> None:
    """Offer the images that wait for a second look by `auditor`, and those that are disputed."""
    second, disputed = st.columns(2, gap="large")
    with second:
        _show_second(audit, auditor)
    with disputed:
        _show_disputed(audit)


def _show_second(audit: Audit, auditor: str | None) -> None:
    store = audit.store
    names = store.auditor_names()
    who = auditor or (names[0] if len(names) == 1 else "")
    waiting = len(store.second_review_ids(""))
    done = store.own_words(who, SECOND)
    mine = sum(item_id not in done for item_id in store.second_review_ids(who))
    st.header("A second look")
    if not waiting:
        st.markdown("No image waits for one.")
    elif not mine:
        st.markdown(
            f"{_images(waiting)} for somebody other than {plain(who)}, who signs in under a name of"
            " their own."
        )
    elif mine == waiting:
        st.markdown(f"{_images(waiting)} for one.")
    else:
        st.markdown(f"{_images(waiting)} for one; {plain(who)} can give {mine:,} of them.")
    if mine and st.button(f"Look at {mine:,} blind", key="second", type="primary"):
        open_queue(Queue(second=True))


def _show_disputed(audit: Audit) -> None:
    disputed = audit.store.disputed_ids()
    adjudicated = audit.store.adjudications()
    left = sum(item_id not in adjudicated for item_id in disputed)
    st.header("Disputed")
    if not disputed:
        st.markdown("Nobody disagrees about an image.")
    else:
        decided = f", {len(disputed) - left:,} of them decided" if len(disputed) > left else ""
        about = "1 image" if len(disputed) == 1 else f"{len(disputed):,} images"
        st.markdown(f"People disagree about {about}{decided}. Best is that a third person decides.")
    if left and st.button(f"Decide {left:,}", key="disputed"):
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
