"""A URL as the data set of a new audit: asked for where it may be, and what its labels are."""

from __future__ import annotations

import streamlit as st

from core.ingest.allowed_roots import OutsideRoots, RootedFolders
from core.ingest.records import SourceError
from core.ingest.urls import is_url, name_in
from pages.parts.app.context import plain
from pages.parts.app.privacy import takes_urls
from pages.parts.app.typed_places import typed_place
from pages.parts.audits.draft import Draft

URL, TABLE = "new_audit_url", "new_audit_url_table"


def ask_for_url(draft: Draft, folders: RootedFolders) -> None:
    """Show a field for a URL, where this page may fetch one."""
    if draft.upload or not takes_urls():
        return

    def take_url() -> None:
        text = st.session_state[URL].strip()
        st.session_state[URL] = ""
        try:
            place = typed_place(folders, text) if is_url(text) else None
        except (OutsideRoots, SourceError) as refusal:
            draft.refuse(str(refusal))
            return
        if isinstance(place, str):
            draft.take_url(place)
        else:
            draft.refuse("This is no URL that can be read, such as https://… or s3://…")

    st.text_input(
        "Or a URL", key=URL, on_change=take_url,
        placeholder="https://example.org/pets.zip or s3://bucket/folder",
        help="It is fetched into the audit's folder, once; later runs fetch what has changed."
        " Credentials are taken from the server's environment, never from the URL.",
    )  # fmt: skip


def show_url(draft: Draft) -> None:
    """Say which URL was chosen, and ask where its labels are."""
    st.markdown(f"**{plain(name_in(draft.url))}**")
    st.caption(plain(draft.url))
    below = f"{draft.url.rstrip('/')}/"

    def take_table() -> None:
        text = st.session_state[TABLE].strip().lstrip("/")
        draft.table = f"{below}{text}" if text else None

    st.session_state[TABLE] = str(draft.table or "").removeprefix(below)
    st.text_input(
        "Table of the labels below it", key=TABLE, on_change=take_table,
        placeholder="found by itself", help="Such as labels.csv; where its folders are no labels.",
    )  # fmt: skip
