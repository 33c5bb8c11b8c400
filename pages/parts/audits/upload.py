"""A zip or tar file that is dropped into the page, instead of a folder of this machine."""

from __future__ import annotations

import streamlit as st

from core.ingest.records import SourceError
from core.uploads import ENDINGS, receive
from pages.parts.app.context import library, plain
from pages.parts.app.privacy import takes_uploads
from pages.parts.audits.draft import Draft

MOST_MEGABYTES = 200
KEY, ROUND = "new_audit_upload", "new_audit_upload_round"


def take_upload(draft: Draft) -> None:
    """Take an archive, or say what was taken and offer to give it back."""
    if not takes_uploads():
        return
    if draft.upload is not None:
        _show_upload(draft)
        return
    # A new widget after each try: a file that was refused is not sent again and again.
    tries = st.session_state.setdefault(ROUND, 0)
    sent = st.file_uploader(
        "Or drop a zip or tar file of the images", type=[one.lstrip(".") for one in ENDINGS],
        max_upload_size=MOST_MEGABYTES, key=f"{KEY}_{tries}",
    )  # fmt: skip
    if sent is None:
        return
    st.session_state[ROUND] = tries + 1
    with st.spinner("Unpacking …"):
        try:
            draft.take(receive(library().home, sent.name, sent))
        except SourceError as refusal:
            draft.refuse(str(refusal))
    st.rerun()


def _show_upload(draft: Draft) -> None:
    assert draft.upload is not None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(plain(" ".join([f"{draft.upload.name} is unpacked.", *draft.upload.notes])))
        st.button("Choose another", type="tertiary", on_click=draft.discard_upload)
