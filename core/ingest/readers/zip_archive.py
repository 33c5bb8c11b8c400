"""A zip of a data set in any layout: unpacked once, then read as the folder that it holds."""

from __future__ import annotations

import os
import struct
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from core.ingest.readers.reader import Reader, read_after_unpacking
from core.ingest.records import SourceError
from core.ingest.unpacker import LINK, MOST_ENTRIES, Unpacker, check_names

CHUNK = 1 << 20

END, END_64 = b"PK\5\6", b"PK\6\6"
END_SIZE, END_64_SIZE, LOCATOR_SIZE = 22, 56, 20
LONGEST_COMMENT = 65_535
LONGEST_ENTRY = 512
"""Bytes of the directory that an entry takes on average, at most."""

ENCRYPTED, UTF_8 = 0x1, 0x800

KIND, REGULAR, DIRECTORY = 0o170000, 0o100000, 0o040000


def _recognizes(path: Path, options: Mapping[str, str]) -> bool:
    if path.suffix.lower() == ".zip":
        return path.is_file()
    try:
        with path.open("rb") as file:
            return file.read(4) in (b"PK\3\4", END) and path.suffix.lower() != ".npz"
    except OSError:
        return False


def _unpack(path: Path, unpacker: Unpacker) -> None:
    with path.open("rb") as file:
        _check_directory(file)
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            names = _names(entries)
            files = [(n, e) for n, e in zip(names, entries, strict=True) if not e.is_dir()]
            check_names(
                (name for name, _ in files), [n for n in names if n.endswith("/") and n != "/"]
            )
            regular = [(name, entry) for name, entry in files if _is_regular(entry)]
            if len(regular) < len(files):
                unpacker.remarks[LINK] += len(files) - len(regular)
            if any(entry.flag_bits & ENCRYPTED for _, entry in regular):
                raise SourceError("it is encrypted; unpack it yourself and give the folder.")
            size = sum(entry.file_size for _, entry in regular)
            unpacker.expect(len(regular), size, path.stat().st_size)
            for name, entry in regular:
                unpacker.add(name, _chunks(archive, entry))


def _check_directory(file: BinaryIO) -> None:
    """Refuse a directory of very many entries by its own count, before it is read."""
    file.seek(0, os.SEEK_END)
    length = file.tell()
    start = max(0, length - END_SIZE - LONGEST_COMMENT - LOCATOR_SIZE - END_64_SIZE)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < END_SIZE:
        raise SourceError("it is a damaged or cut off zip.")
    count, size = struct.unpack("<HL", tail[at + 10 : at + 16])
    at_64 = tail.rfind(END_64, 0, at)
    if at_64 >= 0 and at - at_64 >= END_64_SIZE:
        count, size = struct.unpack("<QQ", tail[at_64 + 32 : at_64 + 48])
    if count > MOST_ENTRIES:
        raise SourceError(f"it holds {count:,} files; no more than {MOST_ENTRIES:,} are unpacked.")
    if size > LONGEST_ENTRY * (count + 128):
        raise SourceError("its directory holds other files than it counts.")


def entry_names(path: Path) -> list[str]:
    """Return the names of the entries of a zip as they were meant, in their order."""
    with zipfile.ZipFile(path) as archive:
        return _names(archive.infolist())


def _names(entries: list[zipfile.ZipInfo]) -> list[str]:
    """Return names as they were meant: of old programs, UTF-8 unmarked or with backslashes."""
    names = [entry.filename for entry in entries]
    for i, entry in enumerate(entries):
        if entry.flag_bits & UTF_8 or names[i].isascii():
            continue
        try:
            names[i] = names[i].encode("cp437").decode("utf-8")
        except UnicodeError:
            continue
    if not any("/" in name for name in names):
        return [name.replace("\\", "/") for name in names]
    return names


def _is_regular(entry: zipfile.ZipInfo) -> bool:
    mode = entry.external_attr >> 16
    return mode & KIND in (0, REGULAR)


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(entry) as member:
        while chunk := member.read(CHUNK):
            yield chunk


READER = Reader(
    name="zip",
    order=20,
    title="a zip",
    about="A zip of a data set, which is unpacked and read like a folder.",
    recognizes=_recognizes,
    read=read_after_unpacking,
    unpack=_unpack,
)
