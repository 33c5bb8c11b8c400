"""The export of an auditor who has blind second reviews to do: they first, or a record of it."""

from __future__ import annotations

import streamlit as st

from core.audit import Audit
from core.review.queues.queue import Queue
from core.store import Store
from core.text import counted
from pages.parts.app.links import open_queue
from pages.parts.app.sign_in import require_auditor


def require_unblinded(audit: Audit, auditor: str | None) -> None:
    """End the page, with the ways on, while `auditor` has blind second reviews to do."""
    if not audit.store.blind_ids(auditor or ""):
        return
    auditor = auditor or require_auditor(audit)
    waiting = audit.store.blind_ids(auditor)
    if not waiting:
        return
    one = len(waiting) == 1
    st.title(
        f"{counted(len(waiting), 'image')} {'waits' if one else 'wait'} for your second review"
    )
    them, verb = ("it", "goes") if one else ("them", "go")
    st.write(
        f"The export shows what other auditors have decided about {them}, and your review is to be"
        f" blind. Review {them} first. Or export anyway: it is then recorded that you have seen"
        f" these verdicts, and {'the image' if one else 'the images'} {verb} to another auditor."
    )
    with st.container(horizontal=True):
        if st.button(f"Review {len(waiting):,} blind", type="primary"):
            open_queue(Queue(second=True))
        st.button("Export anyway", on_click=audit.store.reveal, args=(auditor, waiting))
    st.stop()


def reveal_waiting(auditor: str | None, store: Store) -> None:
    """Record that an auditor sees what was drawn for their second review since the page was shown.

    It is in the file that they have asked for.
    """
    if auditor and (waiting := store.blind_ids(auditor)):
        store.reveal(auditor, waiting)
