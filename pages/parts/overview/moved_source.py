"""A data set that lies elsewhere now: said where it is missed, and moved after a look."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core import jobs
from core.audit import Audit, AuditError, Source
from core.ingest.allowed_roots import OutsideRoots, RootedFolders
from core.ingest.records import SourceError
from core.moving import CHECK, COMMAND, source_in
from pages.parts.app.context import plain
from pages.parts.app.job import show_command, start_job
from pages.parts.app.privacy import shown_folders
from pages.parts.app.typed_places import typed_place


def show_moved_source(audit: Audit) -> None:
    """Offer to move the audit where its data set is missing; nothing while all is in place."""
    if jobs.watch(audit, COMMAND).is_active:
        show_command(audit, COMMAND)
        return
    contents = audit.contents
    places = (contents.path, contents.labels) if contents.url is None else ()  # not fetched yet
    missing = [place for place in places if place and not place.exists()]
    if not missing:
        _offer_update(audit)
        return
    st.warning(
        f"The data set is not where it was: {plain(str(missing[0]))}. Verdicts are kept; images"
        " are shown small until it is found.",
        icon=":material/folder_off:",
    )
    show_move(audit)


def show_move(audit: Audit) -> None:
    """Ask where the data set lies now, say what is recognized there, and move the audit."""
    job = jobs.watch(audit, COMMAND)
    if job.is_active:
        show_command(audit, COMMAND)
        return
    if not shown_folders().roots:  # who may look through the server's folders is for its owner
        st.caption("If it has moved, run `python -m core move DIR SOURCE` on the server.")
        return
    source = audit.source
    with st.form("moved_source", border=False):
        folder = st.text_input("Where the images lie now", source.place)
        labels = st.text_input("Table of the labels now", source.options.get("labels", ""))
        requested = st.form_submit_button("Look there")
    if requested:
        _start(audit, folder, labels, "--check")
    if job.state == "failed":
        st.error(plain(job.message or ""))
    elif finding := audit.store.setting(CHECK):
        st.markdown(plain(" ".join(finding["sentences"])))
        if st.button("Move the audit there", type="primary"):
            found = Source.from_setting(finding["source"])
            _start(audit, found.place, found.options.get("labels", ""), "--yes")


def _start(audit: Audit, folder: str, labels: str, option: str) -> None:
    folders = shown_folders()
    try:
        place = typed_place(folders, folder)
        table = _table(folders, labels) if labels.strip() else None
        source_in(audit, place, table)  # says at once what cannot be
        given = ["--labels", str(table)] if table else []
        jobs.start(audit, COMMAND, str(audit.folder), str(place), *given, option)
    except (AuditError, OutsideRoots, SourceError, jobs.JobRefused) as refusal:
        st.warning(plain(str(refusal)))
    else:
        st.rerun()


def _table(folders: RootedFolders, text: str) -> Path | str:
    place = typed_place(folders, text)
    return place if isinstance(place, str) else folders.file(place)


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
        start_job(audit)
