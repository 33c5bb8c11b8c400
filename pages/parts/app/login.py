"""The login (OIDC) that Streamlit offers where the server's secrets have a section ``auth``."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

NAME_CLAIMS = ("name", "preferred_username", "email", "sub")


def login_is_configured() -> bool:
    """Tell whether auditors log in; without that section they type their name."""
    return "is_logged_in" in st.user


def login_name() -> str:
    """Return what the login calls this visitor; empty when nobody is logged in."""
    if not st.user.is_logged_in:
        return ""
    claims = (st.user.get(claim) for claim in NAME_CLAIMS)
    return next((name.strip() for name in claims if isinstance(name, str) and name.strip()), "")


def providers() -> list[str | None]:
    """Return the names of the configured providers; None for the one without a name."""
    auth = st.secrets["auth"]
    named = [
        name
        for name, section in auth.items()
        if isinstance(section, Mapping) and "client_id" in section
    ]
    return [*([None] if "client_id" in auth else []), *named]
