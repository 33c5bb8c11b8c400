"""Class folders, within folders of splits where there are splits: any audit as a tree of files."""

from __future__ import annotations

from pathlib import Path

from core.audit import Audit
from core.export.choices import Fate
from core.export.file_trees import FolderTree, ScriptTree
from core.export.filing import Filing, file_by_class
from core.export.outgoing import Outgoing
from core.export.own_files import OWN_CHOICES
from core.export.writers.writer import Writer

TITLE = "Class folders"


def _write(outgoing: Outgoing, path: Path) -> None:
    filing = Filing(outgoing, FolderTree(path, outgoing.choices.files))
    file_by_class(filing, TITLE)
    filing.finish()


def _write_script(outgoing: Outgoing, path: Path) -> None:
    with ScriptTree.at(path, outgoing.source.path, outgoing.lay_in) as tree:
        filing = Filing(outgoing, tree)
        file_by_class(filing, TITLE)
        filing.finish()


def no_crops(audit: Audit) -> str | None:
    """Say why a script cannot make the folder: it cuts no crops."""
    if audit.store.has_crops():
        return "A script cannot cut crops out of their files"
    return None


FOLDERS = Writer(
    name="folders",
    order=300,
    title=TITLE,
    about=(
        "One folder for each class, within one for each split; files are hard links, which share"
        " their bytes with the originals, or copies (--files copy)."
    ),
    write=_write,
    can_hold=(Fate.EMPTY,),
    choices=OWN_CHOICES,
    places_files=True,
)

SCRIPT = Writer(
    name="folders-script",
    order=310,
    title="Class folders, as a script",
    about="A shell script that makes them, to be read first: sh FILE NEW_FOLDER.",
    write=_write_script,
    suffix=".sh",
    media_type="application/x-sh",
    can_hold=(Fate.EMPTY,),
    choices=OWN_CHOICES,
    refuses=no_crops,
)
