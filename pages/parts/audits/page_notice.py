"""What has just been done with an audit, said once on the next run of the page."""

from __future__ import annotations

import streamlit as st

from pages.parts.app.context import plain

NOTICE = "audits_notice"


def leave_notice(sentence: str) -> None:
    """Say a sentence when the page is drawn next."""
    st.session_state[NOTICE] = sentence


def show_notice() -> None:
    """Show what was left, once."""
    if sentence := st.session_state.pop(NOTICE, None):
        st.success(plain(sentence))
