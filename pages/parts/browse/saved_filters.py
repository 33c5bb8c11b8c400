"""Queries that are saved under a name."""

from __future__ import annotations

import streamlit as st

from core.store import Store
from pages.parts.browse import browse_view

CHIPS, NAME = "browse_chips", "browse_filter_name"
OFFERED = {
    "Suspects, to do": "is:suspect -verdict:any",
    "Conflicting labels": "is:conflict",
    "Outliers": "is:outlier",
    "Relabeled": "verdict:relabel",
    "Unsure": "verdict:unsure",
}
"""Common filters, which also show how one is written."""


def saved_filters(store: Store, text: str, is_right: bool) -> None:
    """Show queries as chips: the saved ones first, then common ones.

    What is written can be saved, and what was saved can be deleted.
    """
    saved = store.saved_filters()
    chips = saved | {name: query for name, query in OFFERED.items() if name not in saved}
    current = next((name for name, query in chips.items() if query == text), None)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.session_state[CHIPS] = current
        st.pills(
            "Filters",
            list(chips),
            key=CHIPS,
            label_visibility="collapsed",
            on_change=lambda: browse_view.set_text(chips.get(st.session_state[CHIPS], "")),
            width="content",
        )
        if current in saved:
            st.button(
                "Delete this filter", type="tertiary", on_click=store.forget_filter, args=(current,)
            )
        elif current is None and text and is_right:
            with (
                st.popover("Save this filter", type="tertiary"),
                st.form("save_filter", border=False, clear_on_submit=True),
            ):
                st.text_input("Its name", key=NAME, max_chars=60, placeholder="Suspect ketches")
                st.form_submit_button("Save", on_click=_save, args=(store, text))


def _save(store: Store, text: str) -> None:
    if name := st.session_state[NAME].strip():
        store.save_filter(name, text)
