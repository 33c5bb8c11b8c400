"""A picker of a folder or a file on this machine, below the roots that its owner allows.

The browser sends the number of a root and names of folders, and of a file in them;
each is checked here, see `core.ingest.allowed_roots`. No path is taken from it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from core.ingest.allowed_roots import FolderContents, OutsideRoots, RootedFolders
from core.ingest.records import SourceError
from core.text import counted

HERE = Path(__file__).parent
KEY = "folder_picker"

MOST_TABLES = 100
"""More files in one folder that may be tables are annotations, one for each image."""

_picker = st.components.v2.component(
    "second_look_folder_picker",
    html=(HERE / "folder_picker.html").read_text(),
    css=(HERE / "folder_picker.css").read_text(),
    js=(HERE / "folder_picker.js").read_text(),
)


def folder_picker(
    folders: RootedFolders,
    shown: Path,
    enter: Callable[[Path], None],
    choose: Callable[[Path], None],
    refuse: Callable[[str], None],
    title: str = "",
    chosen: str = "",
) -> FolderContents:
    """Show what lies in a folder, and the ways into others.

    Parameters
    ----------
    folders : RootedFolders
    shown : Path
        A folder that was checked.
    enter : callable
        Called with the folder that somebody has entered.
    choose : callable
        Called with the file that somebody has chosen.
    refuse : callable
        Called with the reason why one may not be entered.
    title : str
        What the only root is called; its own name where it is empty.
    chosen : str
        The name of the file in it that is chosen.

    Returns
    -------
    FolderContents
        Of the folder that is shown.
    """

    def receive() -> None:
        try:
            enter(folder_sent(folders, st.session_state[KEY].entered))
        except OutsideRoots as refusal:
            refuse(str(refusal))

    def receive_file() -> None:
        try:
            choose(file_sent(folders, st.session_state[KEY].chosen))
        except (OutsideRoots, SourceError) as refusal:
            refuse(str(refusal))

    contents = folders.contents(shown)
    root, names = folders.place(shown)
    data = {
        "root": root,
        "names": names,
        "roots": [title or _title(one) for one in folders.roots],
        "folders": contents.folders,
        "files": _files(contents),
        "chosen": chosen,
        "about": _about(contents),
    }
    _picker(key=KEY, data=data, on_entered_change=receive, on_chosen_change=receive_file)
    return contents


def _files(contents: FolderContents) -> list[str]:
    tables = contents.tables if len(contents.tables) <= MOST_TABLES else []
    return [*contents.packed, *(name for name in tables if name not in contents.packed)]


def folder_sent(folders: RootedFolders, sent: Any) -> Path:
    """Return the folder that a message of the browser names.

    Raises
    ------
    OutsideRoots
        When it names none that may be shown.
    """
    return folders.folder(*_place_sent(sent))


def file_sent(folders: RootedFolders, sent: Any) -> Path:
    """Return the file that a message of the browser names.

    Raises
    ------
    OutsideRoots
        When it names none that may be shown.
    """
    return folders.named_file(*_place_sent(sent), sent.get("name"))


def _place_sent(sent: Any) -> tuple[Any, Any]:
    if not isinstance(sent, dict):
        raise OutsideRoots("These are no names of folders.")
    root = sent.get("root")
    # JavaScript has one kind of number.
    whole = int(root) if isinstance(root, float) and root.is_integer() else root
    return whole, sent.get("names")


def _title(root: Path) -> str:
    return "Home" if root == Path.home().resolve() else root.name or str(root)


def _about(contents: FolderContents) -> str:
    parts = [
        counted(len(contents.folders), "folder"),
        f"{counted(contents.images, 'image')} directly in it",
    ]
    if contents.elsewhere:
        parts.append(f"{counted(contents.elsewhere, 'link')} to folders that are not shown")
    if not contents.is_whole:
        parts.append("too many entries to show all: type the path instead")
    return " · ".join(parts)
