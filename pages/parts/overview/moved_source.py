"""A data set that lies elsewhere now: said where it is missed, and moved after a look."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core import jobs
from core.audit import Audit, AuditError
from core.ingest.records import SourceError
from core.moving import CHECK, COMMAND, source_in
from pages.parts.app.context import plain
from pages.parts.app.job import show_command
from pages.parts.app.login import login_is_configured


def show_moved_source(audit: Audit) -> None:
    """Offer to move the audit where its data set is missing; nothing while all is in place."""
    job = jobs.watch(audit, COMMAND)
    if job.is_active:
        show_command(audit, COMMAND)
        return
    source, contents = audit.source, audit.contents
    missing = [place for place in (contents.path, contents.labels) if place and not place.exists()]
    if not missing:
        _offer_update(audit)
        return
    st.warning(
        f"The data set is not where it was: {plain(str(missing[0]))}. Verdicts are kept; images"
        " are shown small until it is found.",
        icon=":material/folder_off:",
    )
    if login_is_configured():  # who may look through the server's folders is not for a page to say
        st.caption("If it has moved, run `python -m core move DIR SOURCE` on the server.")
        return
    with st.form("moved_source", border=False):
        folder = st.text_input("Folder of the images now", str(source.path))
        labels = st.text_input("Table of the labels now", str(source.labels or ""))
        requested = st.form_submit_button("Look there")
    if requested:
        _start(audit, folder, labels, "--check")
    if job.state == "failed":
        st.error(plain(job.message or ""))
    elif finding := audit.store.setting(CHECK):
        st.markdown(plain(" ".join(finding["sentences"])))
        if st.button("Move the audit there", type="primary"):
            options = finding["source"]["options"]
            _start(audit, finding["source"]["path"], options.get("labels", ""), "--yes")


def _start(audit: Audit, folder: str, labels: str, option: str) -> None:
    table = Path(labels).expanduser() if labels.strip() else None
    place = Path(folder).expanduser()
    try:
        source_in(audit, place, table)  # says at once what cannot be
        given = ["--labels", str(table.resolve())] if table else []
        arguments = [str(audit.folder), str(place.resolve()), *given, option]
        jobs.start(audit, COMMAND, *arguments)
    except (AuditError, SourceError, jobs.JobRefused) as refusal:
        st.warning(plain(str(refusal)))
    else:
        st.rerun()


def _offer_update(audit: Audit) -> None:
    """Offer to read what has changed, after a move that nothing has followed yet."""
    latest = audit.store.latest_run()
    if latest is None or latest["command"] != COMMAND or latest["state"] != "done":
        return
    if audit.store.setting(CHECK) is not None:  # a look, no move
        return
    message, action = st.columns([5, 1.4], vertical_alignment="center")
    message.success("The audit was moved.")
    if action.button("Read what has changed", width="stretch"):
        jobs.start(audit)
        st.rerun()
