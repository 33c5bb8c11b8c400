"""Writes what is unpacked of a file into one folder: nothing outside it, nothing without a limit.

Whoever unpacks, an archive or arrays, hands each file to an `Unpacker`. Names, sizes
and numbers are checked here, so that no format can forget it.
"""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path, PurePosixPath

from core.ingest.linked_folders import IGNORED_FOLDERS
from core.ingest.records import Labels, SourceError
from core.text import counted, sentence

MOST_ENTRIES = 2_000_000
"""Files that are unpacked of one source."""

DEFAULT_LIMIT = 50
"""Gigabytes that are unpacked of one source where nobody allows more."""

GIGABYTE = 1_000_000_000

BOMB_FLOOR, BOMB_RATIO = 100_000_000, 200
"""What unpacks to so many bytes and to so many times its size holds no images."""

HOLLOW_ENTRIES, HOLLOW_BYTES = 20_000, 4
"""So many files of so few bytes each, on average, are no data set either."""

RECORDS = ".records.jsonl"
"""The table of what was unpacked, where its names say nothing: a line of JSON an item."""

Remark = tuple[str, str]

LINK = ("{:,} link in it was left out.", "{:,} links in it were left out.")
SPECIAL = ("{:,} special file in it was left out.", "{:,} special files in it were left out.")

PARTIAL = ".partial"
DRIVE = re.compile("[A-Za-z]:[/\\\\]")


class Checked(Exception):
    """All that can be checked of a file before it is unpacked was checked."""


class Unpacker:
    """Takes files by name and writes them below a folder.

    A file appears whole or not at all; one that is there already, as an earlier
    run was cut off, is not written again.

    Parameters
    ----------
    folder : Path or None
        Where to; None only to check, which ends in `Checked`.
    gigabytes : float
        The most that is written.
    update : callable
        Called with files done and files in all, as far as they are known.
    comes_to : str
        What a sentence says that it does before its size.

    Attributes
    ----------
    remarks : Counter of (str, str)
        What is to be said: a sentence of one case and one of several, and how many.
    """

    def __init__(
        self,
        folder: Path | None,
        gigabytes: float = DEFAULT_LIMIT,
        update: Callable[[int, int], None] = lambda done, total: None,
        comes_to: str = "unpacks to",
    ) -> None:
        self.folder = folder
        self.comes_to = comes_to
        self.limit = int(gigabytes * GIGABYTE)
        self.remarks: Counter[Remark] = Counter()
        self._update = update
        self._entries = self._total = self._bytes = 0
        self._names: set[str] = set()
        self._folders: set[Path] = set()
        self._records: list[str] = []
        self._folds = folder is not None and is_case_insensitive(folder)

    # -- what is declared ----------------------------------------------------------------

    def expect(self, entries: int, size: int, packed: int | None = None) -> None:
        """Refuse what a source says it holds, before anything is written.

        Parameters
        ----------
        entries, size : int
            Files, and their bytes in all.
        packed : int or None
            Bytes that hold them.

        Raises
        ------
        SourceError
            When there are too many, or they are too large for the limit or the disk.
        """
        self._total = entries
        if entries > MOST_ENTRIES:
            raise SourceError(
                f"it holds {entries:,} files; no more than {MOST_ENTRIES:,} are unpacked."
            )
        if packed is not None:
            check_ratio(size, packed)
        self.check_size(size)
        free = shutil.disk_usage(self.folder).free if self.folder is not None else None
        if free is not None and size > free:
            raise SourceError(
                f"it {self.comes_to} {_gigabytes(size)}, and there are {_gigabytes(free)} free on"
                " the disk."
            )

    def expect_more(self, size: int) -> None:
        """Refuse one more file of so many bytes where the limit does not hold it."""
        self.check_size(self._bytes + size)

    def check_size(self, size: int) -> None:
        """Refuse so many bytes in all where the limit does not hold them."""
        if size > self.limit:
            raise SourceError(
                f"it {self.comes_to} more than {_gigabytes(self.limit)};"
                " --unpack-limit GB allows more."
            )

    # -- what is written -----------------------------------------------------------------

    def add(self, name: str, chunks: Iterable[bytes]) -> str | None:
        """Write one file; return its path, None where it is hidden or a system's.

        Parameters
        ----------
        name : str
            A relative path with forward slashes.
        chunks : iterable of bytes
            Read only where the file is not there yet.

        Raises
        ------
        SourceError
            When the name leads out of the folder or comes twice, or a limit is reached.
        """
        path = checked_name(name)
        self._entries += 1
        if self._entries > MOST_ENTRIES:
            raise SourceError(f"it holds more than {MOST_ENTRIES:,} files.")
        if is_hidden(path):
            return None
        self._register(path)
        if self.folder is None:
            raise Checked
        self._bytes += self._write(self.folder, path, chunks)
        self.check_size(self._bytes)
        if self._entries >= HOLLOW_ENTRIES and self._bytes < HOLLOW_BYTES * self._entries:
            raise SourceError(
                f"it holds {counted(self._entries, 'file')} with nearly nothing in them."
            )
        self._update(self._entries, max(self._total, self._entries))
        return path

    def _register(self, path: str) -> None:
        key = path.casefold() if self._folds else path
        if key in self._names:
            raise SourceError(f"it holds {shown(path)} twice.")
        self._names.add(key)

    def _write(self, folder: Path, path: str, chunks: Iterable[bytes]) -> int:
        target, partial = folder / path, folder / PARTIAL
        try:
            if target.is_file():
                return target.stat().st_size
            self._make(target.parent)
            written = 0
            with partial.open("wb") as file:
                for chunk in chunks:
                    written += len(chunk)
                    self.check_size(self._bytes + written)
                    file.write(chunk)
            partial.replace(target)
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            raise SourceError(f"it holds {shown(path)} as a file and as a folder.") from None
        except (OSError, UnicodeError) as error:
            if isinstance(error, OSError) and error.errno not in UNUSABLE_NAMES:
                raise
            raise SourceError(
                f"the name of {shown(path)} cannot be a file's on this machine."
            ) from None
        return written

    def _make(self, folder: Path) -> None:
        if folder not in self._folders:
            folder.mkdir(parents=True, exist_ok=True)
            self._folders.add(folder)

    def record(self, path: str, label: Labels, split: str | None, **fields: str) -> None:
        """Say what a file is, where its path does not: see `core.ingest.readers.unpacked`."""
        row = {"path": path, "label": label, "split": split, "fields": fields}
        self._records.append(json.dumps(row, ensure_ascii=True))

    def finish(self) -> None:
        """Write the table of records, where there are any.

        Raises
        ------
        SourceError
            When nothing was unpacked.
        """
        if self.folder is None:
            raise Checked
        if not self._names:
            raise SourceError("it holds no files.")
        (self.folder / PARTIAL).unlink(missing_ok=True)
        if self._records:
            (self.folder / RECORDS).write_text("\n".join(self._records) + "\n", encoding="ascii")

    def notes(self) -> list[str]:
        """Return the remarks as sentences."""
        return [(one if count == 1 else several).format(count)
                for (one, several), count in sorted(self.remarks.items())]  # fmt: skip


UNUSABLE_NAMES = (36, 63, 84, 92, 22)
"""Error numbers of names that are too long or no text, on Linux and macOS."""


def checked_name(name: str) -> str:
    """Return the name of a file in an archive as a plain relative path.

    Raises
    ------
    SourceError
        When it is absolute, leads out of the folder, or is none.

    Examples
    --------
    >>> checked_name("./cat//1.jpg")
    'cat/1.jpg'
    """
    if name.startswith(("/", "\\")) or DRIVE.match(name):
        raise SourceError(f"it holds the absolute name {shown(name)}; such archives are refused.")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts or "..\\" in name or "\\.." in name:
        raise SourceError(f"the name {shown(name)} in it leads out of its folder.")
    if not parts or "\0" in name:
        raise SourceError(f"it holds a file with the unusable name {shown(name)!r}.")
    return "/".join(parts)


def is_hidden(path: str) -> bool:
    """Tell whether a path is hidden or a system's own, which no reader reads."""
    return any(part.startswith(".") or part in IGNORED_FOLDERS for part in path.split("/"))


def check_names(names: Iterable[str], folders: Sequence[str] = ()) -> None:
    """Refuse names that lead out of their folder or come twice, before anything is written."""
    found: set[str] = set()
    for name in names:
        path = checked_name(name)
        if path in found:
            raise SourceError(f"it holds {shown(path)} twice.")
        found.add(path)
    for name in folders:
        checked_name(name)
    for path in found:
        above = next((str(one) for one in PurePosixPath(path).parents if str(one) in found), None)
        if above is not None:
            raise SourceError(f"it holds {shown(above)} as a file and as a folder.")


def check_ratio(size: int, packed: int) -> None:
    """Refuse what is many times as large as its packed form, as no images are."""
    if size > BOMB_FLOOR and size > BOMB_RATIO * max(packed, 1):
        raise SourceError(
            f"it unpacks to {size // max(packed, 1):,} times its size, as no images do;"
            " unpack it yourself if you trust it."
        )


def shown(name: str) -> str:
    """Return a name, which may be long and hold anything, as part of a sentence."""
    return sentence(name.encode(errors="replace").decode(), 80)


def _gigabytes(size: int) -> str:
    return f"{size / GIGABYTE:,.4g} GB"


def is_case_insensitive(folder: Path) -> bool:
    """Tell whether a folder takes names for the same that differ by case."""
    probe = folder / ".Probe"
    probe.touch()
    try:
        return (folder / ".pROBE").exists()
    finally:
        probe.unlink()
