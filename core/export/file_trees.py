"""Folders of the data set's files under other names: linked, copied, or planned as a script.

The files of the data set are only read. A hard link is a second name of the same
bytes: it takes no space, and whoever writes into one writes into the other.
"""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol

from core.export.choices import FileMode
from core.ingest.files import UnreadableImage

SCRIPT = """\
#!/bin/sh
# Makes a folder of the corrected data set: sh THIS_FILE NEW_FOLDER
# Files are hard links to those of the data set where the system allows, else copies. A hard
# link shares its bytes with the original: to edit files, copy them: sh THIS_FILE NEW_FOLDER copy
set -eu
if [ $# -lt 1 ]; then echo "Usage: sh $0 NEW_FOLDER [copy]" >&2; exit 2; fi
case $1 in /*) to=$1 ;; *) to=./$1 ;; esac
mode=${2:-link}
if [ -e "$to" ]; then echo "$to exists; give the name of a new folder." >&2; exit 2; fi
part=$to.partial
if [ -e "$part" ]; then echo "$part is of a run that was stopped; delete it." >&2; exit 2; fi
folder() { mkdir -p "$part/$1"; }
file() {
  if [ -e "$part/$2" ]; then echo "$2 is there already." >&2; exit 1; fi
  [ "$mode" = copy ] || { ln "$from/$1" "$part/$2" 2>/dev/null && return; }
  cp -p "$from/$1" "$part/$2"
}
"""


class FileTree(Protocol):
    """A new folder that files are put into; relative paths are made of safe, unique names."""

    def place(self, source: Path, relative: str) -> None:
        """Put a file of the data set there; an `UnreadableImage` where it cannot be."""

    def write(self, relative: str, data: bytes) -> None:
        """Put a new file there."""


class FolderTree:
    """A folder as it is made.

    Parameters
    ----------
    root : Path
        Empty.
    mode : FileMode
    """

    def __init__(self, root: Path, mode: str) -> None:
        self.root = root
        self.mode = mode
        self._made: set[str] = set()

    def place(self, source: Path, relative: str) -> None:
        """Put a file of the data set there."""
        check_file(source)
        target = self._target(relative)
        if self.mode == FileMode.LINK:
            try:
                os.link(source, target)
                return
            except FileExistsError:
                raise
            except OSError:  # another disk, or a system without hard links
                pass
        try:
            with target.open("xb") as copy, source.open("rb") as file:
                shutil.copyfileobj(file, copy, 1 << 20)
            shutil.copystat(source, target)
        except PermissionError:
            target.unlink(missing_ok=True)
            raise UnreadableImage("the file may not be read") from None

    def write(self, relative: str, data: bytes) -> None:
        """Put a new file there."""
        with self._target(relative).open("xb") as file:  # never into a file that is linked
            file.write(data)

    def _target(self, relative: str) -> Path:
        folder = relative.rpartition("/")[0]
        if folder not in self._made:
            (self.root / folder).mkdir(parents=True, exist_ok=True)
            self._made.add(folder)
        return self.root / relative


class ScriptTree:
    """A folder as a script for a POSIX shell makes it.

    Parameters
    ----------
    file : binary file
    source : Path
        The folder of the data set.
    """

    def __init__(self, file: BinaryIO, source: Path) -> None:
        self._file = file
        self._source = source
        self._made: set[str] = set()

    @classmethod
    @contextmanager
    def at(cls, path: Path, source: Path, lay_in: Path | None = None) -> Iterator[ScriptTree]:
        """Write the script to a file, whole when the block ends; it names `lay_in` where given."""
        with path.open("wb") as file:
            file.write(SCRIPT.encode())
            tree = cls(file, source.resolve())
            tree._line("from=", str(source.resolve() if lay_in is None else lay_in))
            tree._line('mkdir "$part"')
            yield tree
            tree._line('mv "$part" "$to"')
        path.chmod(0o755)

    def place(self, source: Path, relative: str) -> None:
        """Plan that a file of the data set is put there."""
        check_file(source)
        self._folder_of(relative)
        # A link in the data set leads out of its folder: from the root then.
        if source.is_relative_to(self._source):
            self._line("file ", str(source.relative_to(self._source)), " ", relative)
        else:
            up = "/".join([".."] * len(self._source.parts[1:]))
            self._line("file ", f"{up}{source}", " ", relative)

    def write(self, relative: str, data: bytes) -> None:
        """Plan that a new file is put there."""
        self._folder_of(relative)
        self._line("printf %s ", data.decode(), ' > "$part"/', relative)

    def _folder_of(self, relative: str) -> None:
        folder = str(PurePosixPath(relative).parent)
        if folder not in (".", *self._made):
            self._made.add(folder)
            self._line("folder ", folder)

    def _line(self, command: str, *words: str) -> None:
        quoted = (shlex.quote(one) if n % 2 == 0 else one for n, one in enumerate(words))
        self._file.write(os.fsencode("".join([command, *quoted])) + b"\n")


def check_file(path: Path) -> None:
    """Refuse what is no file that can be read as one: nothing, a folder, a pipe.

    Raises
    ------
    UnreadableImage
    """
    if not path.is_file():
        is_there = path.exists()
        raise UnreadableImage("it is not a regular file" if is_there else "the file is missing")


def joined(parts: Iterable[str]) -> str:
    """Return a relative path of its parts, those that are empty left out."""
    return "/".join(part for part in parts if part)
