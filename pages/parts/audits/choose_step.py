"""The first step of a new audit: where the images lie, and where their labels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from core.audit.library import Listed
from core.ingest.allowed_roots import VARIABLE, FolderContents, OutsideRoots, RootedFolders
from core.ingest.records import SourceError
from pages.parts.app.context import plain
from pages.parts.app.privacy import shown_folders
from pages.parts.audits.draft import Draft
from pages.parts.audits.folder_picker import folder_picker
from pages.parts.audits.upload import take_upload
from pages.parts.audits.url_choice import ask_for_url, show_url

FOLDER_NAMES, IN_THE_FILE = "The names of the folders", "In the file"
TYPED, TABLE = "new_audit_path", "new_audit_table"


def show_choose(draft: Draft, _: Sequence[Listed]) -> None:
    """Let a folder, a file or a URL be chosen, and a table of labels beside it."""
    folders = RootedFolders([draft.upload.place]) if draft.upload else shown_folders()
    if not folders.roots:
        _explain_refusal()
        take_upload(draft)
        return
    shown = _checked(draft, folders)
    picking, chosen = st.columns([3, 2], gap="large")
    with picking:
        st.markdown(
            "**Which folder, archive or table holds the images or their labels?** It is only read."
        )
        contents = _pick(draft, folders, shown)
        ask_for_url(draft, folders)
        take_upload(draft)
    with chosen:
        if draft.url:
            show_url(draft)
        else:
            _show_chosen(draft, folders, shown, contents)
        st.button("Continue", type="primary", on_click=draft.ask)
        st.caption("Nothing is computed yet: first you see what was understood.")
    if draft.refusal:
        st.warning(plain(draft.refusal))


def _checked(draft: Draft, folders: RootedFolders) -> Path:
    """Return the folder that is shown; what was taken away, or leads elsewhere now, is let go."""
    try:
        if draft.file is not None and folders.file(draft.file) != draft.file:
            draft.file = None
    except OutsideRoots:
        draft.file = None
    try:
        shown = folders.checked(draft.folder or folders.roots[0])
    except OutsideRoots:
        shown = folders.roots[0]
    draft.folder = shown
    return shown


def _show_chosen(
    draft: Draft, folders: RootedFolders, shown: Path, contents: FolderContents
) -> None:
    """Say what was chosen on this machine, and ask where its labels are."""
    place = draft.file or shown
    if draft.is_by_table and isinstance(draft.table, Path):
        st.markdown(f"**{plain(draft.table.name)}**, with the images in **{plain(shown.name)}**")
        st.caption(f"{plain(str(shown))}. Where they lie elsewhere, enter their folder.")
        st.button("Without this table", type="tertiary", on_click=draft.forget_table)
        return
    st.markdown(f"**{plain(place.name or str(place))}**")
    st.caption(plain(draft.upload.name if draft.upload else str(place)))
    tables = _tables(folders, shown, contents)
    # Images that lie in no folder of their own have no label but that of a table.
    needs_table = bool(contents.images and not contents.folders and tables and not draft.file)
    name = st.selectbox(
        "Where are the labels?", [IN_THE_FILE if draft.file else FOLDER_NAMES, *tables],
        key=f"{TABLE}_{place}", index=int(needs_table),
        help="A table lies in this folder or beside it.",
    )  # fmt: skip
    draft.table = tables.get(name)


def _pick(draft: Draft, folders: RootedFolders, shown: Path) -> FolderContents:
    file = draft.file or (draft.table if draft.is_by_table else None)
    is_here = isinstance(file, Path) and file.parent == shown and not draft.url
    try:
        contents = folder_picker(
            folders, shown, draft.enter, draft.take_file, draft.refuse,
            title=draft.upload.name if draft.upload else "",
            chosen=file.name if is_here and isinstance(file, Path) else "",
        )  # fmt: skip
    except OutsideRoots as refusal:
        draft.refuse(str(refusal))
        contents = FolderContents()

    if draft.upload:
        return contents

    def take_typed() -> None:
        text = st.session_state[TYPED]
        st.session_state[TYPED] = ""
        try:
            draft.take_path(folders.typed_place(text))
        except (OutsideRoots, SourceError) as refusal:
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
