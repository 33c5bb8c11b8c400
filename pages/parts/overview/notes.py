"""Smaller sections of the overview: files that could not be read, the demo's score."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.audit import Audit
from core.demo import score_card
from core.ingest.linked_folders import outside_note
from core.ranking.fit import MIXED_CLASSES, NOISE_RATES
from core.review.class_changes import suggestions
from core.store import Store
from core.text import counted, sentence
from pages.parts.app.context import plain

NAMES_LISTED = 3
LONGEST_NAME = 30
NOTES_APART = 2
"""Notes on how a data set was read that have a box each; more are a list."""


def show_quarantine(store: Store) -> None:
    """List the files that could not be read, with the reason; nothing when all could."""
    files = store.quarantined()
    if not files:
        return
    with st.expander(f"{counted(len(files), 'image')} could not be read"):
        st.caption("They are left out of the ranking and kept, unchanged, in the export.")
        st.dataframe(
            pd.DataFrame(files, columns=["path", "reason"]), hide_index=True, width="stretch"
        )


def show_source_notes(audit: Audit) -> None:
    """Say what a person should know of how the data set was read; nothing when it is plain."""
    unread = outside_note(audit.contents.path, audit.store.unread_files())
    notes = [*audit.store.setting("source_notes", []), *([unread] if unread else [])]
    if len(notes) <= NOTES_APART:
        for note in notes:
            st.info(plain(note), icon=":material/info:")
        return
    with st.expander(f"How the data set was read: {counted(len(notes), 'note')}"):
        st.markdown("\n".join(f"- {plain(note)}" for note in notes))


def show_notes(store: Store) -> None:
    """List the files that are odd, though they could be used; nothing when there are none."""
    files = store.notes()
    if not files:
        return
    with st.expander(f"Notes on {counted(len(files), 'unusual file')}"):
        st.caption("They could be read, and are part of the audit.")
        st.dataframe(
            pd.DataFrame(files, columns=["path", "note"]), hide_index=True, width="stretch"
        )


def show_class_suggestions(store: Store) -> None:
    """Say how many classes look like one; nothing when none do."""
    if found := suggestions(store):
        message, action = st.columns([5, 1.4], vertical_alignment="center")
        message.info(
            plain(
                f"{counted(len(found), 'class looks', 'classes look')} like another one, such as"
                f" {found[0].former!r} and {found[0].now!r}."
            ),
            icon=":material/join:",
        )
        if action.button("See classes", width="stretch"):
            st.switch_page("classes.py")


def estimated_noise(store: Store) -> str | None:
    """Say what share of labels formulas estimate to be wrong; None when nothing was computed."""
    rates = store.setting(NOISE_RATES)
    if not rates:
        return None
    low, high = (max(1, round(100 * rate)) for rate in rates)
    share = f"{low} %" if low == high else f"{low} to {high} %"
    return (
        f"Estimated noise rate without review: {share}. On known errors such estimates were up to"
        " 2.7x the true rate: do not report them."
    )


def mixed_classes(store: Store) -> str | None:
    """Say which classes are judged by themselves; None when there are none."""
    present = set(store.class_names().values())
    names = [name for name in store.setting(MIXED_CLASSES, []) if name in present]
    if not names:
        return None
    listed = ", ".join(plain(sentence(name, LONGEST_NAME)) for name in names[:NAMES_LISTED])
    more = f" and {len(names) - NAMES_LISTED:,} more" if len(names) > NAMES_LISTED else ""
    return (
        f"Small or mixed: {listed}{more}. Few of their images look like the rest of their class,"
        " so a label there is suspect only when it stands out among its own."
    )


def show_score_card(audit: Audit) -> None:
    """Compare the review of the demo with the true labels, which are known there."""
    card = score_card(audit)
    with st.expander(
        f"This is the demo, with {counted(card.wrong, 'synthetic label error')}. Your score?"
    ):
        st.markdown(
            f"- Planted errors found: **{card.found}** of {card.wrong}, in"
            f" {counted(card.reviewed, 'review')}\n"
            f"- Corrected to the true label: **{card.corrected}**\n"
            f"- Changed although Caltech-101 agrees with the given label: **{card.spoiled}**"
        )
        st.caption("The ranking never sees the true labels; they are read for this card alone.")
