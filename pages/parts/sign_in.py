"""Who is auditing: asked once, where somebody is about to decide."""

from __future__ import annotations

import streamlit as st

from pages.parts import context


def require_auditor() -> str:
    """Return the auditor's name; where it is not known, ask for it and end the page."""
    auditor = context.auditor()
    if auditor is not None:
        return auditor
    st.title("Who is reviewing?")
    st.write("Every verdict is kept with a name, so that others can see whose it is.")
    with st.form("sign_in", border=False, width=420):
        name = st.text_input("Your name", max_chars=60, placeholder="Ana")
        if st.form_submit_button("Start reviewing", type="primary") and name.strip():
            context.remember_auditor(name)
            st.rerun()
    st.stop()
