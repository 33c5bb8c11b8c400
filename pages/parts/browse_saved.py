"""Queries that are kept under a name."""

from __future__ import annotations

import streamlit as st

from core.store import Store
from pages.parts import browse_view

CHIPS, NAME = "browse_chips", "browse_filter_name"


def saved_filters(store: Store, text: str, is_right: bool) -> None:
    """Show the saved queries as chips, and a way to save or forget the one that is written."""
    saved = store.saved_filters()
    current = next((name for name, query in saved.items() if query == text), None)
    if not saved and not text:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if saved:
            st.session_state[CHIPS] = current
            st.pills(
                "Saved filters",
                list(saved),
                key=CHIPS,
                label_visibility="collapsed",
                on_change=lambda: browse_view.set_text(saved.get(st.session_state[CHIPS], "")),
                width="content",
            )
        if current is not None:
            st.button(
                "Forget this filter",
                type="tertiary",
                on_click=store.forget_filter,
                args=(current,),
            )
        elif text and is_right:
            with (
                st.popover("Save this filter", type="tertiary"),
                st.form("save_filter", border=False, clear_on_submit=True),
            ):
                st.text_input("Its name", key=NAME, max_chars=60, placeholder="Doubtful ketches")
                st.form_submit_button("Save", on_click=_save, args=(store, text))


def _save(store: Store, text: str) -> None:
    if name := st.session_state[NAME].strip():
        store.save_filter(name, text)
