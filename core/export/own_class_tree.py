"""Where an image of the input's class folders lies, by its label."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from core.audit import Source
from core.export.file_names import UniqueNames, safe_name
from core.export.file_trees import joined
from core.export.filing import UNSPLIT
from core.ingest.folder_names import FolderNames, folder_names
from core.ingest.linked_folders import subfolders
from core.ingest.readers.class_folders import NESTED, YES, base_of
from core.ingest.readers.split_folders import READER as SPLIT_FOLDERS
from core.ingest.readers.splits_in_classes import READER as SPLITS_IN_CLASSES
from core.ingest.records import Record
from core.ingest.splits import is_split_name

UNLABELED = "unlabeled"
"""The folder of what has no label, where splits lie below the classes."""


class OwnClassTree:
    """The folders of a data set, and those that its classes get.

    Parameters
    ----------
    source : Source
        Read by a reader of class folders.
    records : iterable of Record
        Of the source.
    classes : iterable of str
        That an image may have.

    Attributes
    ----------
    start : str
        The folder, relative to the source, in which those of the classes lie.
    named : FolderNames or None
        What the table there says.
    """

    def __init__(self, source: Source, records: Iterable[Record], classes: Iterable[str]) -> None:
        base = base_of(source.path, source.options)
        self.start = joined(base.relative_to(source.path).parts)
        self.named = folder_names(base)
        self._is_nested = source.options.get(NESTED) == YES
        self._has_inner_splits = source.format == SPLITS_IN_CLASSES.name
        self._splits: dict[str, str | None] = {}
        known = self.named or FolderNames({}, {})
        if source.format == SPLIT_FOLDERS.name:
            usual = {one: one for one in subfolders(base) if is_split_name(one)}
            self._splits.update(known.splits or usual)
        self._inner = dict(known.splits) if self._has_inner_splits else {}
        self._folders = _folders_of_classes(
            base, {one.label: self._parts(one.path)[1] for one in records if one.label is not None},
            classes, self._is_nested,
        )  # fmt: skip
        self._unlabeled = next((one for one, name in known.classes.items() if name is None), None)

    def _parts(self, path: str) -> tuple[str, str, str]:
        """Return the folders of a path: of the split, of the class, and those below it."""
        *folders, _ = path.removeprefix(f"{self.start}/" if self.start else "").split("/")
        split = folders.pop(0) if folders and folders[0] in self._splits else ""
        if self._is_nested:
            return split, joined(folders), ""
        return split, folders[0] if folders else "", joined(folders[1:])

    def folder(self, path: str, label: str | None) -> str:
        """Return the folder in which an image with a label lies, by its path in the input."""
        split, _, below = self._parts(path)
        if label is None and not (self._has_inner_splits and below):
            return joined([self.start, split])
        if self._has_inner_splits and not below:
            self._inner[UNSPLIT] = None
            below = UNSPLIT
        if label is None:
            if self._unlabeled is None:
                self._unlabeled = UniqueNames(self._folders.values()).take("", UNLABELED)
            return joined([self.start, self._unlabeled, below])
        return joined([self.start, split, self._folders[label], below])

    def names(self) -> FolderNames | None:
        """Return what folders stand for that do not say it; None where all do."""
        classes: dict[str, str | None] = {}
        classes |= {folder: name for name, folder in self._folders.items() if folder != name}
        classes |= {self._unlabeled: None} if self._unlabeled is not None else {}
        if not classes and not self._inner and self.named is None:
            return None
        return FolderNames(self._splits or self._inner, classes)


def _folders_of_classes(
    base: Path, known: dict[str, str], classes: Iterable[str], is_nested: bool
) -> dict[str, str]:
    """Return the folder of each class: the one that it has, or a new one."""
    present = {name: known[name] for name in classes if name in known}
    names = UniqueNames(one.name for one in base.iterdir() if not one.is_dir())
    for folder in present.values():
        names.reserve("", folder)
    for name in classes:
        if name not in present:
            parts = name.split("/") if is_nested else [name]
            safe = joined(map(safe_name, parts if all(parts) else [name]))
            present[name] = names.take("", safe)
    return present
