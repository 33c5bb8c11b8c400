"""The input's own zip or tar: every member as it is but for those that say a changed label.

What changes is what the writer of the format inside gives back: other tables take
the place of those in the archive; of class folders, members get other names.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from core.audit import Audit
from core.export.choices import ExportError, Fate
from core.export.file_trees import check_file
from core.export.filing import OURS
from core.export.outgoing import Outgoing
from core.export.own_files import OWN_CHOICES, why_not_back
from core.export.packed_items import unpacked_folder
from core.export.tar_editing import tar_editor
from core.export.writers.own_class_trees import OF, file_as_own
from core.export.writers.writer import Writer
from core.export.zip_editing import MemberEdit, edited_zip
from core.ingest.folder_names import FOLDER_NAMES
from core.ingest.readers.tar_archive import READER as TAR
from core.ingest.readers.unpacked import READER as UNPACKED
from core.ingest.readers.zip_archive import READER as ZIP
from core.ingest.readers.zip_archive import entry_names
from core.ingest.unpacker import checked_name, is_hidden

FORMATS = (ZIP.name, TAR.name)


class _Plan:
    """What the folder would hold that an archive is to become, by where its files lie now."""

    def __init__(self) -> None:
        self.places: dict[Path, str] = {}
        self.written: dict[str, bytes] = {}

    def place(self, source: Path, relative: str) -> None:
        check_file(source)
        self.places[source] = relative

    def write(self, relative: str, data: bytes) -> None:
        self.written[relative] = data


def _write_zip(outgoing: Outgoing, path: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        edits, added = _edits(outgoing, Path(scratch))
        source = outgoing.original.path
        names = entry_names(source)
        edited_zip(source, path, lambda number, entry: (
            None if entry.is_dir() else _edit_of(names[number], edits)
        ), added)  # fmt: skip


def _write_tar(outgoing: Outgoing, path: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        edits, added = _edits(outgoing, Path(scratch))
        with tar_editor(outgoing.original.path, path) as editor:
            regular = [one for one in editor.members if one.info.isreg()]
            for member in editor.members:
                edit = _edit_of(member.info.name, edits) if member.info.isreg() else None
                if edit is None:
                    editor.copy(member)
                elif edit.data is not None:
                    editor.replace(member, edit.read())
                elif not edit.is_left_out:
                    editor.rename(member, str(edit.name))
            for name, data in added.items():
                editor.add(regular[0], name, data)
            editor.finish()


def _edit_of(name: str, edits: Mapping[str, MemberEdit]) -> MemberEdit | None:
    """Return the edit of a member by its name, as it was unpacked; None where it stays."""
    return edits.get(checked_name(name))


def _edits(outgoing: Outgoing, scratch: Path) -> tuple[dict[str, MemberEdit], dict[str, bytes]]:
    """Return the edits of members by the path that they were unpacked to, and new members."""
    root = unpacked_folder(outgoing).resolve()
    if outgoing.source.format in OF:
        return _edits_of_folders(outgoing, root)
    written = _written_inside(outgoing, scratch)
    within = outgoing.source.path.resolve().relative_to(root)
    return {
        (within / file.relative_to(written)).as_posix(): MemberEdit(data=file)
        for file in written.rglob("*")
        if file.is_file()
    }, {}


def _edits_of_folders(
    outgoing: Outgoing, root: Path
) -> tuple[dict[str, MemberEdit], dict[str, bytes]]:
    plan = _Plan()
    file_as_own(outgoing, plan)
    within = outgoing.source.path.resolve().relative_to(root)
    places = {
        source.relative_to(root).as_posix(): (within / relative).as_posix()
        for source, relative in plan.places.items()
    }
    edits = {old: MemberEdit(name=new) for old, new in places.items() if new != old}
    for file in root.rglob("*"):
        path = file.relative_to(root).as_posix()
        if file.is_file() and path not in places and not is_hidden(path):
            edits[path] = MemberEdit(is_left_out=True)
    tables = {name: data for name, data in plan.written.items() if name not in OURS}
    tables |= {n: data for n, data in plan.written.items() if n.endswith(FOLDER_NAMES)}
    added = {(within / name).as_posix(): data for name, data in tables.items()}
    return edits, added


def _written_inside(outgoing: Outgoing, scratch: Path) -> Path:
    """Let the writer of what lies inside write its files into a folder; return that."""
    from core.export.writers import WRITERS

    refusal = ExportError("What lies in this archive cannot be given back; export as CSV.")
    for number, writer in enumerate(WRITERS.values()):
        if outgoing.source.format in writer.own_of and not {*FORMATS} & {*writer.own_of}:
            folder = scratch / str(number)
            folder.mkdir()
            try:
                writer.write(outgoing, folder)
                return folder
            except ExportError as error:  # of another kind of table, maybe
                refusal = error
    raise refusal


def _refuses(audit: Audit) -> str | None:
    contents, name = audit.contents, audit.source.path.name
    if contents.format == UNPACKED.name:
        return f"{name} holds shards or arrays, which are not packed again"
    table = contents.labels
    if table is not None and not table.is_relative_to(audit.unpacked_folder):
        return f"The labels are not in {name} but beside it, in {table.name}"
    if not audit.source.path.is_file():
        return f"There is no file {audit.source.path}"
    return why_not_back(audit)


ABOUT = "The archive as it came: only tables that say labels, or names of folders, change."

IN_ZIP = Writer(
    name="own-zip",
    order=1,
    title="The input's zip",
    about=ABOUT,
    write=_write_zip,
    suffix=".zip",
    media_type="application/zip",
    own_of=(ZIP.name,),
    can_hold=(Fate.EMPTY,),
    choices=OWN_CHOICES,
    refuses=_refuses,
)

IN_TAR = Writer(
    name="own-tar",
    order=2,
    title="The input's tar",
    about=ABOUT,
    write=_write_tar,
    suffix=".tar",
    media_type="application/x-tar",
    own_of=(TAR.name,),
    can_hold=(Fate.EMPTY,),
    choices=OWN_CHOICES,
    refuses=_refuses,
)
