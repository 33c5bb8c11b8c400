"""Signing in: by name, or by the login where one is configured."""

from __future__ import annotations

from importlib.util import find_spec

import streamlit as st

from core.audit import Audit
from pages.parts.app import context
from pages.parts.app.login import login_is_configured, login_name, providers

MOST_NAMES = 8
WANTED = "name_wanted"
NOW, ASKED = "now", "asked"
"""Values of it, where somebody without a name has tried to decide: not asked yet, and asked."""


def require_login() -> None:
    """End the page with the way to log in, where a login is configured and nobody is in."""
    if not login_is_configured() or login_name():
        return
    st.title("Log in to review")
    st.write("Every verdict is stored with the name of your login.")
    if find_spec("authlib") is None:
        st.error('A login is configured, but needs more: `pip install "streamlit[auth]"`.')
        st.stop()
    for provider in providers():
        label = f"Log in with {provider}" if provider else "Log in"
        st.button(
            context.plain(label), key=f"login_{provider}", type="primary",
            on_click=st.login, args=[provider],
        )  # fmt: skip
    st.stop()


def require_auditor(audit: Audit) -> str:
    """Return the auditor's name; where it is not known, ask for it and end the page.

    Those who have reviewed before need only click.
    """
    if (auditor := context.auditor()) is not None:
        return auditor
    st.title("Who is reviewing?")
    _ask(audit)
    st.stop()


def want_name() -> None:
    """Let the page ask who is there, as they have tried to decide."""
    st.session_state[WANTED] = NOW


def is_name_wanted() -> bool:
    """Tell whether somebody has tried to decide, and was not asked yet."""
    return st.session_state.get(WANTED) == NOW


def ask_for_name_when_needed(audit: Audit) -> None:
    """Ask who is there on top of a page that needs no name until somebody decides."""
    if context.auditor() is not None:
        _stop_asking()
    elif WANTED in st.session_state:
        st.session_state[WANTED] = ASKED
        st.dialog("Who is reviewing?", on_dismiss=_stop_asking)(_ask)(audit)


def _stop_asking() -> None:
    st.session_state.pop(WANTED, None)


def _ask(audit: Audit) -> None:
    st.write("Every verdict is stored with its auditor's name.")
    if known := audit.store.auditors()[:MOST_NAMES]:
        with st.container(horizontal=True):
            for name in known:
                if st.button(context.plain(name), key=f"auditor_{name}"):
                    context.remember_auditor(name)
                    st.rerun()
    with st.form("sign_in", border=False, width=420):
        name = st.text_input(
            "Your name", max_chars=60, placeholder="Another name" if known else "Ana"
        )
        if st.form_submit_button("Start reviewing", type="primary") and name.strip():
            context.remember_auditor(name)
            st.rerun()


def show_way_out() -> None:
    """Offer to switch the auditor, or to log out."""
    if login_is_configured():
        st.button("Log out", type="tertiary", on_click=st.logout)
    elif st.button("Switch auditor", type="tertiary"):
        context.remember_auditor("")
        st.switch_page("review.py")
