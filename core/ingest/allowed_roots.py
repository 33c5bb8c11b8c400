"""Which folders and files of this machine a page may show: those below roots that its owner allows.

A browser never names a path: it sends the number of a root and names of folders, and
of a file in them, each of which is checked here to lead below a root, links included.
What somebody types is checked likewise.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.ingest.images import EXTENSIONS
from core.ingest.linked_folders import IGNORED_FOLDERS, leads_to_folder

VARIABLE = "SECOND_LOOK_ROOTS"

TABLE_ENDINGS = frozenset(
    (".csv", ".tsv", ".txt", ".parquet", ".jsonl", ".json", ".xml", ".yaml", ".yml")
)
"""File name endings of what may be a table of labels; readers tell whether it is one."""

PACKED = re.compile(
    r".+\.(zip|npz|parquet|tar|tgz|tbz2?|txz|tar\.(gz|bz2|xz))|.*images[-_.]idx[34][-_.]ubyte(\.gz)?",
    re.IGNORECASE,
)
"""Names of files that may hold images: archives, arrays, Parquet; readers tell whether they do."""

MOST_ENTRIES = 20_000
"""Entries of one folder that are looked at; of more, the page says so."""

MOST_SHOWN = 40
"""Characters of a name that a sentence repeats."""


class OutsideRoots(ValueError):
    """A place that may not be shown; the message is one clear sentence."""


@dataclass
class FolderContents:
    """What a picker shows of a folder.

    Attributes
    ----------
    folders, tables, packed : list of str
        Names, sorted without regard to case: of folders, of what may be tables of
        labels, and of what may hold images; Parquet may be both.
    images : int
        Image files that lie in it.
    elsewhere : int
        Links to folders that may not be shown.
    is_whole : bool
        Whether all of its entries were looked at.
    """

    folders: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    packed: list[str] = field(default_factory=list)
    images: int = 0
    elsewhere: int = 0
    is_whole: bool = True


def allowed_roots(is_private: bool) -> tuple[Path, ...]:
    """Return the folders that a page may show, with what lies below them.

    Parameters
    ----------
    is_private : bool
        Whether only the owner of this machine can see the page: the home folder
        is shown then, unless ``SECOND_LOOK_ROOTS`` names others.
    """
    named = [name for name in os.environ.get(VARIABLE, "").split(os.pathsep) if name.strip()]
    roots = [Path(name).expanduser() for name in named] or ([Path.home()] if is_private else [])
    resolved = dict.fromkeys(root.resolve() for root in roots)
    return tuple(root for root in resolved if root.is_dir())


class RootedFolders:
    """Folders below allowed roots; hidden ones, and those of systems, are none of them.

    Parameters
    ----------
    roots : sequence of Path
        Of `allowed_roots`.
    """

    def __init__(self, roots: Sequence[Path]) -> None:
        self.roots = tuple(roots)

    def folder(self, root: object, names: object) -> Path:
        """Return the folder that a browser has named.

        Parameters
        ----------
        root : int
            Number of a root; anything else is refused, as are
        names : list of str
            that are no names of folders, each in the one before.

        Raises
        ------
        OutsideRoots
        """
        if type(root) is not int or not 0 <= root < len(self.roots):
            raise OutsideRoots("There is no such root folder.")
        if not isinstance(names, list) or not all(map(_is_plain_name, names)):
            raise OutsideRoots("These are no names of folders.")
        return self.checked(self.roots[root].joinpath(*names))

    def named_file(self, root: object, names: object, name: object) -> Path:
        """Return the file that a browser has named, in a folder as in `folder`.

        Raises
        ------
        OutsideRoots
        """
        if not _is_plain_name(name):
            raise OutsideRoots("This is no name of a file.")
        return self.file(self.folder(root, names) / str(name))

    def typed(self, text: str) -> Path:
        """Return the folder that somebody has typed as a path.

        Raises
        ------
        OutsideRoots
        """
        return self.checked(_path_of(text))

    def typed_place(self, text: str) -> Path:
        """Return the folder or file that somebody has typed as a path.

        Raises
        ------
        OutsideRoots
        """
        path = _path_of(text)
        try:
            return self.file(path)
        except OutsideRoots:
            return self.checked(path)

    def checked(self, path: Path) -> Path:
        """Return the folder at `path`, links resolved, where it lies below a root.

        Whether something exists outside of the roots is not told.

        Raises
        ------
        OutsideRoots
        """
        resolved = self._below_a_root(path)
        if not _holds(resolved.is_dir):
            raise OutsideRoots(f"There is no folder {_short(path.name)} here.")
        return resolved

    def file(self, path: Path) -> Path:
        """Return the file at `path`, links resolved, where it lies below a root.

        Raises
        ------
        OutsideRoots
        """
        resolved = self._below_a_root(path)
        if not _holds(resolved.is_file):
            raise OutsideRoots(f"There is no file {_short(path.name)} here.")
        return resolved

    def place(self, folder: Path) -> tuple[int, list[str]]:
        """Return by which root and names `folder` is reached; of nested roots, the nearest.

        Raises
        ------
        OutsideRoots
        """
        above = [root for root in self.roots if folder.is_relative_to(root)]
        if not above:
            raise OutsideRoots("This folder may not be shown.")
        root = max(above, key=lambda one: len(one.parts))
        return self.roots.index(root), list(folder.relative_to(root).parts)

    def contents(self, folder: Path) -> FolderContents:
        """Return what lies in a folder that was checked.

        Raises
        ------
        OutsideRoots
            When it cannot be listed.
        """
        found = FolderContents()
        try:
            with os.scandir(folder) as entries:
                for number, entry in enumerate(entries):
                    if number == MOST_ENTRIES:
                        found.is_whole = False
                        break
                    self._take(entry, found)
        except OSError as error:
            raise OutsideRoots(
                f"{_short(folder.name)} cannot be read ({error.strerror})."
            ) from None
        for names in (found.folders, found.tables, found.packed):
            names.sort(key=str.casefold)
        return found

    def _take(self, entry: os.DirEntry[str], found: FolderContents) -> None:
        if not _is_plain_name(entry.name):
            return
        if leads_to_folder(entry):
            if entry.is_symlink() and not self._is_allowed(Path(entry.path)):
                found.elsewhere += 1
            else:
                found.folders.append(entry.name)
            return
        ending = Path(entry.name).suffix.lower()
        is_table, is_packed = ending in TABLE_ENDINGS, bool(PACKED.fullmatch(entry.name))
        if ending in EXTENSIONS:
            found.images += 1
        elif (is_table or is_packed) and self._is_allowed(Path(entry.path)):
            found.tables += [entry.name] * is_table
            found.packed += [entry.name] * is_packed

    def _is_allowed(self, path: Path) -> bool:
        try:
            self._below_a_root(path)
        except OutsideRoots:
            return False
        return True

    def _below_a_root(self, path: Path) -> Path:
        try:
            resolved = path.resolve()
        except (OSError, RuntimeError, ValueError):  # a link to itself, a null character
            raise OutsideRoots("The path leads nowhere.") from None
        for root in self.roots:
            if resolved.is_relative_to(root):
                if all(map(_is_plain_name, resolved.relative_to(root).parts)):
                    return resolved
                raise OutsideRoots("Hidden folders are not shown; use the command line for them.")
        raise OutsideRoots(
            f"This lies outside of the folders that may be shown here; {VARIABLE} names others."
        )


def _path_of(text: str) -> Path:
    if not text.strip() or "\0" in text:
        raise OutsideRoots("This is no path.")
    try:
        path = Path(text.strip()).expanduser()
    except RuntimeError:
        raise OutsideRoots("There is no such home folder.") from None
    if not path.is_absolute():
        raise OutsideRoots("Give the whole path, from the root of the file system.")
    return path


def _is_plain_name(name: object) -> bool:
    """Tell whether something is the name of one file or folder, neither hidden nor a step up."""
    if not isinstance(name, str) or not name or name.startswith("."):
        return False
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return not set(name) & {"/", "\\", "\0"} and name not in IGNORED_FOLDERS


def _holds(is_there: Callable[[], bool]) -> bool:
    try:
        return is_there()
    except OSError:  # the name is too long, or nobody may look
        return False


def _short(name: str) -> str:
    return name if len(name) <= MOST_SHOWN else f"{name[:MOST_SHOWN]}…"
