"""Puts the items of an export into folders: each once, under a name that nothing else has.

With them come `FILES`, which tells of every file what item it is, and, where there
are such, `NOT_WRITTEN`: items whose files could not be put there, and why.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path

from core.export.changes import COLUMNS as CHANGE_COLUMNS
from core.export.choices import ExportError
from core.export.corrected import CorrectedItem
from core.export.file_names import UniqueNames, safe_name
from core.export.file_trees import FileTree, joined
from core.export.item_files import ItemFiles
from core.export.manifest_files import CHANGES, MANIFEST, read_manifest
from core.export.outgoing import Outgoing
from core.ingest.files import UnreadableImage
from core.ingest.folder_names import CLASS, COLUMNS, FOLDER_NAMES, SPLIT, FolderNames
from core.ingest.splits import is_split_name
from core.text import csv_lines

FILES, NOT_WRITTEN = "files.csv", "not_written.csv"
FILE_COLUMNS = ("file", "label", "split", "item")
NOT_WRITTEN_COLUMNS = ("item", "label", "split", "reason")

HEADERS = {
    CHANGES: CHANGE_COLUMNS, FILES: FILE_COLUMNS, NOT_WRITTEN: NOT_WRITTEN_COLUMNS,
    FOLDER_NAMES: COLUMNS,
}  # fmt: skip
OURS = (MANIFEST, *HEADERS)
"""Names in the folder itself that no other file may have: it might be written into."""

UNSPLIT = "unsplit"
"""The folder of items without a split, where others have one."""


class Filing:
    """Files the items of one export.

    Parameters
    ----------
    outgoing : Outgoing
    tree : FileTree
    reserved : iterable of str
        Further names in the folder itself that are taken.
    """

    def __init__(self, outgoing: Outgoing, tree: FileTree, reserved: Iterable[str] = ()) -> None:
        self.outgoing = outgoing
        self.tree = tree
        self.names = UniqueNames()
        for name in (*OURS, *reserved):
            self.names.reserve("", name)
        self._items = ItemFiles(outgoing)
        self._files = Table(FILE_COLUMNS)
        self._not_written = Table(NOT_WRITTEN_COLUMNS)

    def put(self, item: CorrectedItem, folder: str, name: str | None = None) -> str | None:
        """Put the file of an item into a folder; return its path, None where it cannot be.

        Parameters
        ----------
        item : CorrectedItem
        folder : str
            Relative, of safe names; empty for the folder itself.
        name : str or None
            That was given out already; None for one like the item's.
        """
        try:
            found = self._items.find(item)
            path = joined([folder, name or self.names.take(folder, found.name)])
            if found.cut is None:
                self.tree.place(found.source, path)
            else:
                self.tree.write(path, found.cut)
        except UnreadableImage as error:
            self.leave_out(item, str(error))
            return None
        self._files.add(path, item.label or "", item.split or "", item.path)
        return path

    def leave_out(self, item: CorrectedItem, reason: str) -> None:
        """Tell that an item is not written, and why."""
        self._not_written.add(item.path, item.label or "", item.split or "", reason)

    def finish(self) -> None:
        """Write what is told of the files."""
        self.tree.write(FILES, self._files.data)
        if self._not_written.rows:
            self.tree.write(NOT_WRITTEN, self._not_written.data)

    def name_folders(self, names: FolderNames, base: str = "") -> None:
        """Write what the folders in `base` stand for."""
        table = Table(COLUMNS)
        for kind, folders in ((SPLIT, names.splits), (CLASS, names.classes)):
            for folder, name in sorted(folders.items()):
                table.add(folder, kind, name or "")
        self.tree.write(joined([base, FOLDER_NAMES]), table.data)


class Table:
    """A small table that is written along the way."""

    def __init__(self, columns: Iterable[str]) -> None:
        self._buffer = io.BytesIO()
        self.rows = -1
        self.add(*columns)

    def add(self, *cells: str) -> None:
        """Add a row."""
        self._buffer.writelines(line.encode(errors="replace") for line in csv_lines([cells]))
        self.rows += 1

    @property
    def data(self) -> bytes:
        """The table as CSV."""
        return self._buffer.getvalue()


def count_not_written(folder: Path) -> int:
    """Return of how many items an export says that their files could not be put there."""
    try:
        with (folder / NOT_WRITTEN).open(encoding="utf-8", newline="") as file:
            return max(0, sum(1 for _ in csv.reader(file)) - 1)
    except OSError:
        return 0


def is_ours(path: Path) -> bool:
    """Tell whether a file is what an earlier export has written beside the images."""
    if path.name == MANIFEST:
        return read_manifest(path) is not None
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return next(csv.reader(file), []) == [*HEADERS[path.name]]
    except (OSError, ValueError, csv.Error):
        return False


def one_label(item: CorrectedItem, title: str) -> str | None:
    """Return the label of an item, of which a format can hold one at most."""
    if len(item.labels) > 1:
        raise ExportError(
            f"{title} cannot hold several labels, as {item.path} has; see --ambiguous."
        )
    return item.label


def file_by_class(
    filing: Filing,
    title: str,
    *,
    split_folder: Callable[[str], str] = safe_name,
    only_split: str = "",
    then: Callable[[str, CorrectedItem], None] = lambda path, item: None,
) -> None:
    """File all items by class, and before by split where there are splits.

    Items without a label lie beside the folders of the classes, where no program
    looks for labeled images.

    Parameters
    ----------
    filing : Filing
    title : str
        Of the format.
    split_folder : callable
        Returns what the folder of a split is to be called.
    only_split : str
        The folder that all items go into where none has a split; empty for none.
    then : callable
        Called with each path and its item.
    """
    outgoing, names = filing.outgoing, filing.names
    found = {item.split for item in outgoing.items()}
    nameless = UNSPLIT if found - {None} else only_split
    splits: dict[str | None, str] = {}
    for split in sorted(found, key=lambda name: (name is None, name or "")):
        folder = nameless if split is None else split_folder(split)
        splits[split] = names.take("", folder) if folder else ""
    has_splits = any(splits.values())
    classes: dict[str, str] = {}
    for name in outgoing.classes:
        safe = safe_name(name)
        if not has_splits and is_split_name(safe):
            safe = f"class_{safe}"  # else the classes of a data set would be taken for splits
        classes[name] = names.take("", safe)
        names.reserve_everywhere(classes[name])
    for item in outgoing.items():
        label = one_label(item, title)
        folder = "" if label is None else classes[label]
        path = filing.put(item, joined([splits[item.split], folder]))
        if path is not None:
            then(path, item)
    filing.name_folders(
        FolderNames(
            {folder: split for split, folder in splits.items() if folder},
            {folder: name for name, folder in classes.items()},
        )
    )
