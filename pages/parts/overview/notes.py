"""Smaller sections of the overview: files that could not be read, the demo's score."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.audit import Audit
from core.demo import score_card
from core.ranking.fit import NOISE_RATES
from core.store import Store


def show_quarantine(store: Store) -> None:
    """List the files that could not be read, with the reason; nothing when all could."""
    files = store.quarantined()
    if not files:
        return
    with st.expander(f"{len(files):,} images could not be read"):
        st.caption("They are left out of the ranking and kept, unchanged, in the export.")
        st.dataframe(
            pd.DataFrame(files, columns=["path", "reason"]), hide_index=True, width="stretch"
        )


def show_notes(store: Store) -> None:
    """List the files that are odd, though they could be used; nothing when there are none."""
    files = store.notes()
    if not files:
        return
    with st.expander(f"{len(files):,} files are not quite what they seem, and were used"):
        st.dataframe(
            pd.DataFrame(files, columns=["path", "note"]), hide_index=True, width="stretch"
        )


def guessed_rates(store: Store) -> str | None:
    """Say what formulas guess of the share of wrong labels; None when nothing was computed."""
    rates = store.setting(NOISE_RATES)
    if not rates:
        return None
    low, high = (max(1, round(100 * rate)) for rate in rates)
    share = f"{low} %" if low == high else f"{low} to {high} %"
    return (
        f"Formulas that need no review guess {share} of the labels to be wrong. On known errors"
        " such guesses were off by 0.45 to 2.7 times: do not report them."
    )


def show_score_card(audit: Audit) -> None:
    """Hold the review of the demo against the truth, which is known there."""
    card = score_card(audit)
    with st.expander(
        f"This is the demo: {card.wrong} of its labels were planted wrong. Your score?"
    ):
        st.markdown(
            f"- **{card.found}** of the {card.wrong} planted errors found in"
            f" {card.reviewed:,} reviews\n"
            f"- **{card.corrected}** given back their true label\n"
            f"- **{card.spoiled}** labels changed that Caltech-101 had otherwise"
        )
        st.caption("The ranking never sees this truth; it is read for this card alone.")
