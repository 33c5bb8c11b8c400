"""The input's own class folders: an image whose label changes is in the folder of its new class.

All else stays under its name: other images, files that are no images, folders below
those of the classes. Only what comes new into a folder gets another name, where one
like it is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from core.audit import Audit
from core.export.choices import Fate
from core.export.corrected import CorrectedItem
from core.export.file_trees import FileTree, FolderTree, ScriptTree, joined
from core.export.filing import OURS, Filing, is_ours, one_label
from core.export.outgoing import Outgoing, edit_of
from core.export.own_class_tree import OwnClassTree
from core.export.own_files import OWN_CHOICES, why_not_back
from core.export.writers.writer import Writer
from core.ingest.files import UnreadableImage, path_inside
from core.ingest.folder_names import FOLDER_NAMES
from core.ingest.linked_folders import FolderWalk
from core.ingest.readers.class_folders import READER as CLASS_FOLDERS
from core.ingest.readers.split_folders import READER as SPLIT_FOLDERS
from core.ingest.readers.splits_in_classes import READER as SPLITS_IN_CLASSES

TITLE = "The input's class folders"


def file_as_own(outgoing: Outgoing, tree: FileTree) -> None:
    """Put every file of the input into a tree, each image by its label."""
    own = OwnClassTree(outgoing.source, outgoing.listing.records, outgoing.classes)
    filing = Filing(outgoing, tree)
    filing.names.reserve(own.start, FOLDER_NAMES)
    others = _others(outgoing, own)
    for path in others:
        filing.names.reserve(*_parts(path))
    for path in others:
        _put_other(outgoing, filing, path)
    for item, folder in _placed(outgoing, own):
        if item.path == joined([folder, _name(item)]):
            filing.names.reserve(folder, _name(item))
    for item, folder in _placed(outgoing, own):
        stays = item.path == joined([folder, _name(item)])
        name = _name(item) if stays else filing.names.take(folder, _name(item))
        filing.put(item, folder, name)
    filing.finish()
    if (names := own.names()) is not None:
        filing.name_folders(names, own.start)


def _name(item: CorrectedItem) -> str:
    return item.path.rpartition("/")[2]


def _placed(outgoing: Outgoing, own: OwnClassTree) -> Iterator[tuple[CorrectedItem, str]]:
    """Yield each item that is not left out, with its folder."""
    for record, item in outgoing.listed():
        if item.is_left_out:
            continue
        if edit_of(record, item) is None:
            yield item, item.path.rpartition("/")[0]
        else:
            yield item, own.folder(item.path, one_label(item, TITLE))


def _others(outgoing: Outgoing, own: OwnClassTree) -> list[str]:
    """Return the paths of files that are no items, those left out that an export writes anew."""
    source = outgoing.source
    known = {record.path for record in outgoing.listing.records}
    known |= {name for name in OURS if is_ours(source.path / name)}
    if own.named is not None:
        known.add(joined([own.start, FOLDER_NAMES]))
    return sorted(
        path for path in FolderWalk(source.path, source.roots).files() if path not in known
    )


def _parts(path: str) -> tuple[str, str]:
    folder, _, name = path.rpartition("/")
    return folder, name


def _put_other(outgoing: Outgoing, filing: Filing, path: str) -> None:
    folder, name = _parts(path)
    if not folder and name in OURS:
        name = filing.names.take(folder, name)
    try:
        place = path_inside(outgoing.source.path, path, outgoing.source.roots)
        filing.tree.place(place, joined([folder, name]))
    except UnreadableImage:  # a link that leads elsewhere
        return


def _write(outgoing: Outgoing, path: Path) -> None:
    file_as_own(outgoing, FolderTree(path, outgoing.choices.files))


def _write_script(outgoing: Outgoing, path: Path) -> None:
    with ScriptTree.at(path, outgoing.source.path, outgoing.lay_in) as tree:
        file_as_own(outgoing, tree)


def _no_folder(audit: Audit) -> str | None:
    if not audit.source.path.is_dir():
        return "The class folders of this audit were unpacked of a file"
    return why_not_back(audit)


OF = (CLASS_FOLDERS.name, SPLIT_FOLDERS.name, SPLITS_IN_CLASSES.name)

FOLDERS = Writer(
    name="own-folders",
    order=20,
    title=TITLE,
    about=(
        "The folders as they came, each image in that of its class; files are hard links, which"
        " share their bytes with the originals, or copies (--files copy)."
    ),
    write=_write,
    own_of=OF,
    can_hold=(Fate.EMPTY,),
    choices=OWN_CHOICES,
    refuses=why_not_back,
    places_files=True,
)

SCRIPT = Writer(
    name="own-folders-script",
    order=30,
    title=f"{TITLE}, as a script",
    about="A shell script that makes them, to be read first: sh FILE NEW_FOLDER.",
    write=_write_script,
    suffix=".sh",
    media_type="application/x-sh",
    own_of=OF,
    can_hold=(Fate.EMPTY,),
    choices=OWN_CHOICES,
    refuses=_no_folder,
)
