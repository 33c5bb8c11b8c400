"""Edits some members of a tar and leaves every other byte of it as it is."""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, NamedTuple, cast

from core.export.choices import ExportError
from core.ingest.tar_stream import BLOCK, PACKED

CHUNK = 1 << 20
SIZE, CHECKSUM = slice(124, 136), slice(148, 156)
"""Where a header says the size of its member and the sum of its own bytes."""


class Member(NamedTuple):
    """A member of a tar, and its bytes there: headers, content, and padding."""

    info: tarfile.TarInfo
    end: int

    @property
    def start(self) -> int:
        """The first byte of its headers."""
        return self.info.offset


class TarEditor:
    """A tar that is read, and another that is written of its members.

    Parameters
    ----------
    file : binary file
        A tar that is not packed.
    target : binary file
    """

    def __init__(self, file: BinaryIO, target: IO[bytes]) -> None:
        self._file, self._target = file, target
        with tarfile.open(fileobj=file, mode="r:") as archive:
            infos = archive.getmembers()
            self._end = archive.offset
        ends = [*(info.offset for info in infos[1:]), self._end]
        self.members = [Member(info, end) for info, end in zip(infos, ends, strict=True)]

    def read(self, member: Member) -> bytes:
        """Return the content of a member."""
        self._file.seek(member.info.offset_data)
        return self._file.read(member.info.size)

    def copy(self, member: Member) -> None:
        """Write a member as it is."""
        self._copy(member.start, member.end)

    def replace(self, member: Member, data: bytes) -> None:
        """Write a member with another content."""
        if "size" in member.info.pax_headers:
            raise ExportError(f"{member.info.name} has an unusual header; export as WebDataset.")
        self._copy(member.start, member.info.offset_data - BLOCK)
        self._file.seek(member.info.offset_data - BLOCK)
        header = bytearray(self._file.read(BLOCK))
        header[SIZE] = b"%011o\0" % len(data)
        header[CHECKSUM] = b" " * 8
        header[CHECKSUM] = b"%06o\0 " % sum(header)
        self._target.write(header)
        self._write(data)

    def rename(self, member: Member, name: str) -> None:
        """Write a member under another name."""
        self.header_like(member, name, member.info.size)
        self._copy(member.info.offset_data, member.end)

    def add(self, like: Member, name: str, data: bytes) -> None:
        """Write a new member with the rights and times of another."""
        self.header_like(like, name, len(data))
        self._write(data)

    def header_like(self, member: Member, name: str, size: int) -> None:
        """Write the header of a member, the name and the size apart like that of another."""
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size, member.info.mode, int(member.info.mtime)
        info.uid, info.gid = member.info.uid, member.info.gid
        info.uname, info.gname = member.info.uname, member.info.gname
        self._target.write(info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape"))

    def finish(self) -> None:
        """Write the end."""
        self._file.seek(self._end)
        shutil.copyfileobj(self._file, self._target, CHUNK)

    def _write(self, data: bytes) -> None:
        self._target.write(data + bytes(-len(data) % BLOCK))

    def _copy(self, start: int, end: int) -> None:
        self._file.seek(start)
        while start < end and (chunk := self._file.read(min(CHUNK, end - start))):
            self._target.write(chunk)
            start += len(chunk)


@contextmanager
def tar_editor(source: Path, target: Path) -> Iterator[TarEditor]:
    """Open a tar to be written anew to `target`, packed as it was."""
    with source.open("rb") as file:
        start = file.read(6)
        magic = next((one for one in PACKED if start.startswith(one)), None)
        file.seek(0)
        if magic is None:
            with target.open("wb") as plain:
                yield TarEditor(file, plain)
            return
        opener: Any = PACKED[magic]
        unpacked = target.with_name(f"{target.name}.unpacked")
        try:
            with unpacked.open("w+b") as whole, opener(file, "rb") as packed:
                shutil.copyfileobj(packed, whole, CHUNK)
                whole.seek(0)
                with target.open("wb") as raw, _packed(opener, raw) as out:
                    yield TarEditor(cast(BinaryIO, whole), out)
        finally:
            unpacked.unlink(missing_ok=True)


def _packed(opener: Any, raw: BinaryIO) -> IO[bytes]:
    if opener is gzip.open:  # with no time in it: the same export has the same bytes
        return cast(IO[bytes], gzip.GzipFile("", "wb", fileobj=raw, mtime=0))
    return cast(IO[bytes], bz2.open(raw, "wb") if opener is bz2.open else lzma.open(raw, "wb"))
