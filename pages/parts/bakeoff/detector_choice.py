"""Which detector ranks the labels: a choice, kept in the audit's settings."""

from __future__ import annotations

import streamlit as st

from core import jobs
from core.audit import Audit
from core.detectors.methods import METHODS
from core.ranking.fit import DETECTOR, PREDICTIONS_NOTE
from pages.parts.app.context import plain
from pages.parts.app.job import show_command

AUTOMATIC = "Automatic (recommended)"
_ABOUT_AUTOMATIC = "The detector with the best results in our benchmarks."


def choose_detector(audit: Audit) -> None:
    """Offer the detectors, and re-rank when another one is chosen."""
    able = [None, *(name for name, method in METHODS.items() if method.selectable)]
    if audit.predictions() is None:
        able.remove("predictions")
    stored = audit.store.setting(DETECTOR)
    is_ranking = jobs.watch(audit).is_active
    choosing, acting = st.columns([2, 1.2], vertical_alignment="bottom")
    chosen = choosing.selectbox(
        "Detector that ranks the labels",
        able,
        index=able.index(stored) if stored in able else 0,
        format_func=lambda name: METHODS[name].title if name else AUTOMATIC,
        disabled=is_ranking,
    )
    requested = acting.button(
        "Ranking …" if is_ranking else "Re-rank",
        type="secondary" if chosen == stored else "primary",
        disabled=is_ranking or chosen == stored,
    )
    about = METHODS[chosen].about if chosen else _ABOUT_AUTOMATIC
    st.caption(f"{about} Changing the detector keeps all verdicts.")
    if note := audit.store.setting(PREDICTIONS_NOTE):
        st.caption(plain(note))
    if is_ranking:
        show_command(audit, jobs.PIPELINE)
    if requested:
        _rank_with(audit, chosen, stored)


def _rank_with(audit: Audit, chosen: str | None, stored: str | None) -> None:
    # Set before the start, since the job reads it; taken back where it may not start.
    audit.store.set_settings({DETECTOR: chosen})
    try:
        jobs.start(audit)
    except jobs.JobRefused as refusal:
        audit.store.set_settings({DETECTOR: stored})
        st.warning(str(refusal))
    else:
        st.rerun()
