"""After classes were merged or split: a way to rank the labels again."""

from __future__ import annotations

import streamlit as st

from core import jobs
from core.audit import Audit
from core.review.class_changes import must_rank_again
from pages.parts.app.job import show_job, start_job


def show_rank_again(audit: Audit) -> None:
    """Offer to rank the labels again where the classes are others than at the last ranking."""
    if jobs.watch(audit).is_active:
        show_job(audit)
    elif audit.is_ranked and must_rank_again(audit.store):
        message, action = st.columns([5, 1.4], vertical_alignment="center")
        message.info(
            "Classes were merged or split since the labels were ranked. Verdicts count already;"
            " suggestions follow once the labels are ranked again.",
            icon=":material/sort:",
        )
        if action.button("Rank again", width="stretch"):
            start_job(audit)
