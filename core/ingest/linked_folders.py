"""Links in a data set: followed within the roots that somebody has stated, named elsewhere.

The source folder is a root; data version control and caches lay images elsewhere and
link to them, so a user may add the folders where those lie. Nothing outside the roots
is ever read: `core.ingest.files.path_inside` checks each file when it is read.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from core.ingest.crops import file_of
from core.ingest.files import OUTSIDE
from core.ingest.records import SourceError
from core.store import Row
from core.text import counted

IGNORED_FOLDERS = frozenset(("@eaDir", "lost+found", "$RECYCLE.BIN", "__MACOSX"))
"""Folders that systems make by themselves."""

MOST_VISITS = 16
"""How often one folder is listed through links: circles of any kind come to an end."""


class FolderWalk:
    """Lists the files of a folder, through links to folders that lie within the roots.

    Hidden files and folders, and those of `IGNORED_FOLDERS`, are left out.

    Parameters
    ----------
    root : Path
        The folder.
    roots : sequence of Path
        Further folders that links may lead to.

    Attributes
    ----------
    outside : list of (str, str)
        Links to folders outside the roots and where they lead, once `files` has ended.
    circles : list of (str, str)
        Links that lead to where they lie, likewise.
    """

    def __init__(self, root: Path, roots: Sequence[Path] = ()) -> None:
        self.root = root
        self.roots = [one.resolve() for one in (root, *roots)]
        self.outside: list[tuple[str, str]] = []
        self.circles: list[tuple[str, str]] = []
        self._visits: Counter[Path] = Counter()

    def files(self) -> Iterator[str]:
        """Yield the path of each file, relative to the folder.

        Raises
        ------
        SourceError
            When a folder cannot be listed; its images would silently go missing.
        """
        start = self.root.resolve()
        # A folder by its relative path, where it really lies, and the folders that led to it.
        pending: list[tuple[str, Path, tuple[Path, ...]]] = [("", start, (start,))]
        while pending:
            relative, folder, chain = pending.pop()
            for entry in _entries(folder):
                path = f"{relative}{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    pending.append((f"{path}/", folder / entry.name, (*chain, folder / entry.name)))
                elif entry.is_symlink() and leads_to_folder(entry):
                    target = Path(entry.path).resolve()
                    if self._is_followed(path, target, chain):
                        pending.append((f"{path}/", target, (*chain, target)))
                else:
                    yield path

    def _is_followed(self, path: str, target: Path, chain: tuple[Path, ...]) -> bool:
        if not any(target.is_relative_to(root) for root in self.roots):
            self.outside.append((path, str(target)))
            return False
        self._visits[target] += 1
        circles = any(folder.is_relative_to(target) for folder in chain)
        if circles or self._visits[target] > MOST_VISITS:
            self.circles.append((path, str(target)))
            return False
        return True

    def notes(self) -> list[str]:
        """Say which links were not followed; to be asked once `files` has ended."""
        notes = []
        if self.outside:
            path, target = map(_shown, min(self.outside))
            notes.append(
                f"{_links(self.outside)} out of the source folder and not followed, such as"
                f" {path}, to {target}; {ADVICE}"
            )
        if self.circles:
            path, target = map(_shown, min(self.circles))
            notes.append(
                f"{_links(self.circles)} in circles and not followed, such as {path}, to {target}."
            )
        return notes


ADVICE = "--root DIR lets images in DIR be read too."


def _shown(name: str) -> str:
    """Return a name that may not be UTF-8 as text."""
    return os.fsencode(name).decode(errors="replace")


def _links(links: Sequence[tuple[str, str]]) -> str:
    return f"{counted(len(links), 'folder')} {'is a link' if len(links) == 1 else 'are links'}"


def leads_to_folder(entry: os.DirEntry[str]) -> bool:
    """Tell whether an entry is a folder or a link to one; a link to itself is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def subfolders(folder: Path, at_most: int | None = None) -> list[str]:
    """Return the names of the folders in a folder, links to folders too, sorted.

    Hidden ones and systems' are left out, and so is a folder that cannot be listed.

    Parameters
    ----------
    folder : Path
    at_most : int or None
        Entries that are looked at; None for all.
    """
    try:
        with os.scandir(folder) as entries:
            return sorted(
                entry.name
                for entry in islice(entries, at_most)
                if not entry.name.startswith(".")
                and entry.name not in IGNORED_FOLDERS
                and leads_to_folder(entry)
            )
    except OSError:
        return []


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return [
                entry
                for entry in entries
                if not entry.name.startswith(".") and entry.name not in IGNORED_FOLDERS
            ]
    except OSError as error:
        raise SourceError(f"The folder {folder} cannot be read ({error.strerror}).") from None


def outside_note(source: Path, files: Iterable[Row]) -> str | None:
    """Say how many images were not read as they lie outside the roots; None for none.

    Parameters
    ----------
    source : Path
        The folder of the data set.
    files : iterable of dict
        ``path``, ``region`` and ``reason`` of items that could not be read.
    """
    outside = [file_of(file) for file in files if OUTSIDE in file["reason"]]
    if not outside:
        return None
    verb = "leads" if len(outside) == 1 else "lead"
    target = os.path.realpath(source / min(outside))
    return (
        f"{counted(len(outside), 'image')} {verb} out of the source folder and could not be read,"
        f" such as {min(outside)}, to {target}; {ADVICE}"
    )
