"""Archives that somebody gives to the dashboard: unpacked within limits, and within one folder.

Names that lead elsewhere, links and devices are refused or left out; sizes are
counted as they are written, since an archive may lie about them.
"""

from __future__ import annotations

import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from core.ingest.linked_folders import IGNORED_FOLDERS
from core.ingest.records import SourceError
from core.text import counted

ENDINGS = (".zip", ".tar", ".tar.gz", ".tgz")
"""What archives are called that can be unpacked."""

MOST_FILES = 200_000
MOST_BYTES = 4 * 2**30
MOST_OF_A_NAME = 255
MOST_SHOWN = 60
"""Characters of a name that a sentence repeats."""

BLOCK = 1 << 20

DAMAGED = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, NotImplementedError, RuntimeError,
    UnicodeDecodeError, ValueError,
)  # fmt: skip


@dataclass(frozen=True)
class Unpacked:
    """What was unpacked.

    Attributes
    ----------
    folder : Path
        Where the data set lies: the only folder of the archive, or all of it.
    files : int
    left_out : int
        Links, hidden files, doubled names and what is no file.
    """

    folder: Path
    files: int
    left_out: int


@dataclass(frozen=True)
class _Member:
    name: str
    is_file: bool
    contents: IO[bytes] | None


def unpack(
    archive: BinaryIO, into: Path, most_files: int = MOST_FILES, most_bytes: int = MOST_BYTES
) -> Unpacked:
    """Unpack a zip or tar file into a new folder; on a mistake, nothing of it is left.

    Parameters
    ----------
    archive : binary file
        That can be rewound.
    into : Path
        A folder that does not exist; nothing is written outside of it.
    most_files, most_bytes : int
        Of more, the archive is refused.

    Raises
    ------
    SourceError
        When it is no archive, damaged, encrypted, too large, or leads out of the folder.
    """
    into.mkdir(parents=True)
    try:
        files, left_out = _write_all(archive, into, most_files, most_bytes)
        if not files:
            raise SourceError("There are no files in the archive.")
    except SourceError:
        shutil.rmtree(into, ignore_errors=True)
        raise
    except DAMAGED as error:
        shutil.rmtree(into, ignore_errors=True)
        reason = "it is encrypted" if "encrypted" in str(error) else "it is damaged, or none"
        raise SourceError(f"The archive cannot be read ({reason}).") from None
    except OSError as error:
        shutil.rmtree(into, ignore_errors=True)
        raise SourceError(f"The archive cannot be unpacked ({error.strerror or error}).") from None
    return Unpacked(_without_wrappers(into), files, left_out)


def _write_all(archive: BinaryIO, into: Path, most_files: int, most_bytes: int) -> tuple[int, int]:
    files = left_out = written = 0
    for member in _members(archive):
        name = _checked(member.name)
        if name is None or not member.is_file or member.contents is None:
            left_out += name is not None or member.is_file
            continue
        files += 1
        if files > most_files:
            raise SourceError(f"The archive holds more than {counted(most_files, 'file')}.")
        target = into / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            output = target.open("xb")
        except (FileExistsError, NotADirectoryError):  # the same name twice, or but for case
            files, left_out = files - 1, left_out + 1
            continue
        with output, closing(member.contents) as contents:
            while block := contents.read(BLOCK):
                written += len(block)
                if written > most_bytes:
                    size = f"{most_bytes / 2**30:,.1f} GiB"
                    raise SourceError(f"The archive holds more than {size} once it is unpacked.")
                output.write(block)
    return files, left_out


def _members(archive: BinaryIO) -> Iterator[_Member]:
    archive.seek(0)
    if zipfile.is_zipfile(archive):
        archive.seek(0)
        with zipfile.ZipFile(archive) as opened:
            for info in opened.infolist():
                kind = stat.S_IFMT(info.external_attr >> 16)
                if not info.is_dir():
                    is_file = kind in (0, stat.S_IFREG)
                    yield _Member(info.filename, is_file, opened.open(info) if is_file else None)
        return
    archive.seek(0)
    # A stream is read once from its beginning: nothing in it can point elsewhere.
    with tarfile.open(fileobj=archive, mode="r|*") as stream:
        for entry in stream:
            if not entry.isdir():
                is_file = entry.isreg()
                yield _Member(entry.name, is_file, stream.extractfile(entry) if is_file else None)


def _checked(name: str) -> PurePosixPath | None:
    """Return the relative path of a member; None for what is left out, such as hidden files.

    Raises
    ------
    SourceError
        When it leads out of the folder.
    """
    path = PurePosixPath(name.replace("\\", "/"))
    leads_out = path.is_absolute() or ".." in path.parts or name[1:2] == ":"
    if leads_out or "\0" in name or any(len(part) > MOST_OF_A_NAME for part in path.parts):
        shown = name if len(name) <= MOST_SHOWN else f"{name[:MOST_SHOWN]}…"
        raise SourceError(f"The archive holds a path that leads out of it: {shown}")
    hidden = any(part.startswith(".") or part in IGNORED_FOLDERS for part in path.parts)
    return None if hidden or not path.parts else path


def _without_wrappers(folder: Path) -> Path:
    """Return the innermost folder that is the only thing in those around it."""
    while True:
        entries = list(folder.iterdir())
        if len(entries) != 1 or not entries[0].is_dir():
            return folder
        if not any(one.is_dir() for one in entries[0].iterdir()):
            return folder  # it may be a class
        folder = entries[0]
