"""The first step of a new audit: where the images lie, and where their labels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from core.audit.library import Listed
from core.ingest.allowed_roots import VARIABLE, FolderContents, OutsideRoots, RootedFolders
from pages.parts.app.context import plain
from pages.parts.app.privacy import shown_folders
from pages.parts.audits.draft import Draft
from pages.parts.audits.folder_picker import folder_picker
from pages.parts.audits.upload import take_upload

FOLDER_NAMES = "The names of the folders"
TYPED, TABLE = "new_audit_path", "new_audit_table"


def show_choose(draft: Draft, _: Sequence[Listed]) -> None:
    """Let a folder be chosen, and a table of labels beside it."""
    folders = RootedFolders([draft.upload.place]) if draft.upload else shown_folders()
    if not folders.roots:
        _explain_refusal()
        take_upload(draft)
        return
    try:
        shown = folders.checked(draft.folder or folders.roots[0])
    except OutsideRoots:  # it was taken away, or became a link to somewhere else
        shown = folders.roots[0]
    draft.folder = shown
    picking, chosen = st.columns([3, 2], gap="large")
    with picking:
        st.markdown("**Which folder holds the images?** They are only read.")
        contents = _pick(draft, folders, shown)
        take_upload(draft)
    with chosen:
        st.markdown(f"**{plain(shown.name or str(shown))}**")
        st.caption(plain(draft.upload.name if draft.upload else str(shown)))
        tables = _tables(folders, shown, contents)
        # Images that lie in no folder of their own have no label but that of a table.
        needs_table = bool(contents.images and not contents.folders and tables)
        name = st.selectbox(
            "Where are the labels?", [FOLDER_NAMES, *tables], key=f"{TABLE}_{shown}",
            index=int(needs_table),
            help="A table lies in this folder or beside it.",
        )  # fmt: skip
        draft.table = tables.get(name)
        st.button("Continue", type="primary", on_click=draft.ask)
        st.caption("Nothing is computed yet: first you see what was understood.")
    if draft.refusal:
        st.warning(plain(draft.refusal))


def _pick(draft: Draft, folders: RootedFolders, shown: Path) -> FolderContents:
    try:
        title = draft.upload.name if draft.upload else ""
        contents = folder_picker(folders, shown, draft.enter, draft.refuse, title)
    except OutsideRoots as refusal:
        draft.refuse(str(refusal))
        contents = FolderContents()

    if draft.upload:
        return contents

    def take_typed() -> None:
        text = st.session_state[TYPED]
        st.session_state[TYPED] = ""
        try:
            draft.enter(folders.typed(text))
        except OutsideRoots as refusal:
            draft.refuse(str(refusal))

    st.text_input(
        "Or paste its path", key=TYPED, on_change=take_typed, placeholder=str(shown),
    )  # fmt: skip
    return contents


def _tables(folders: RootedFolders, shown: Path, contents: FolderContents) -> dict[str, Path]:
    """Return the tables in the folder and beside it, by what they are called on the page."""
    found = {name: shown / name for name in contents.tables}
    if shown in folders.roots:
        return found
    try:
        beside = folders.contents(folders.checked(shown.parent)).tables
    except OutsideRoots:
        return found
    return found | {f"{name} (beside the folder)": shown.parent / name for name in beside}


def _explain_refusal() -> None:
    st.write(
        "Others can see this server, so it shows none of its folders. Its owner may name folders"
        " that everybody may look through, when the server is started:"
    )
    st.code(f"{VARIABLE}=/data/images streamlit run dashboard.py", language="sh")
    st.write("Or make the audit there, on the command line; it appears here by itself:")
    st.code("python -m core audit IMAGES --into ~/second-look/NAME", language="sh")
