"""What a visitor sees who has not said who they are."""

from __future__ import annotations

import streamlit as st

from core.audit import Audit
from pages.parts import context


def ask_for_name(audit: Audit) -> None:
    """Ask who is reviewing."""
    st.title("Who is reviewing?")
    st.write("Every verdict is kept with a name, so that others can see whose it is.")
    with st.form("sign_in", border=False, width=420):
        name = st.text_input("Your name", max_chars=60, placeholder="Ana")
        if st.form_submit_button("Start reviewing", type="primary") and name.strip():
            context.remember_auditor(name)
            st.rerun()
