"""Tar archives as streams: each file once, in order; no links, no devices, no bombs."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import re
import tarfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from core.ingest.records import SourceError
from core.ingest.unpacker import LINK, SPECIAL, Remark, check_ratio

CHUNK = 1 << 20

LONGEST_HEADER = 1 << 20
"""Bytes of a single name or header; tarfile reads those at once."""

PACKED = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\x00": lzma.open}
BLOCK = 512

ENDINGS = r"\.(tar(\.\w+)?|t[gbx]z2?)$"


class _Bounded:
    """A file that is read forward only, whose packed form grows no faster than images do."""

    def __init__(self, unpacked: IO[bytes], packed: BinaryIO | None) -> None:
        self._unpacked = unpacked
        self._packed = packed
        self._at = 0
        self.last = b""  # what was read latest

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= LONGEST_HEADER + BLOCK:
            raise SourceError("it has a name or a header of more than a megabyte.")
        data = self._unpacked.read(size)
        self._at += len(data)
        self.last = data
        if self._packed is not None:
            check_ratio(self._at, self._packed.tell())
        return data

    def seek(self, to: int, whence: int = os.SEEK_SET) -> int:
        if whence != os.SEEK_SET or to < self._at:
            raise SourceError("it cannot be read in one go.")
        if self._packed is None:
            self._at = self._unpacked.seek(to)
        while self._at < to and self.read(min(CHUNK, to - self._at)):
            pass
        return self._at

    def tell(self) -> int:
        return self._at

    def end(self) -> None:
        """Make sure that the tar has ended as it should; what packs it checks its sum then."""
        if self.last != bytes(BLOCK):
            raise SourceError("it is cut off or damaged; its end is missing.")
        while self._packed is not None and self.read(CHUNK):
            pass


@contextmanager
def tar_stream(path: Path) -> Iterator[tarfile.TarFile]:
    """Open a tar, packed by gzip, bzip2 or xz or not at all; see `members`.

    Raises
    ------
    SourceError
        While it is read, when it is hostile.
    """
    with path.open("rb") as file, _unpacked(file) as unpacked:
        bounded = _Bounded(unpacked, None if unpacked is file else file)
        with tarfile.open(fileobj=cast(BinaryIO, bounded), mode="r:") as archive:
            yield archive


@contextmanager
def _unpacked(file: BinaryIO) -> Iterator[IO[bytes]]:
    start = file.read(6)
    file.seek(0)
    opener: Any = next((one for magic, one in PACKED.items() if start.startswith(magic)), None)
    if opener is None:
        yield file
        return
    with opener(file, "rb") as unpacked:
        yield unpacked


def members(
    archive: tarfile.TarFile, remarks: Counter[Remark] | None = None
) -> Iterator[tarfile.TarInfo]:
    """Yield the regular files of an archive; what else there is, is counted in `remarks`."""
    while (member := archive.next()) is not None:
        archive.members = []  # type: ignore[attr-defined]  # it would keep all of them
        if member.isreg() and not member.issparse():
            yield member
        elif not member.isdir() and remarks is not None:
            remarks[LINK if member.issym() or member.islnk() else SPECIAL] += 1
    # A tar that was cut off, or is damaged, ends without a word for tarfile.
    cast(_Bounded, archive.fileobj).end()


def chunks(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[bytes]:
    """Yield the bytes of a member.

    Raises
    ------
    SourceError
        When the archive ends before the member does.
    """
    file = archive.extractfile(member)
    assert file is not None
    left = member.size
    while left and (chunk := file.read(min(CHUNK, left))):
        left -= len(chunk)
        yield chunk
    if left:
        raise SourceError("it is cut off; its end is missing.")


def is_tar(path: Path) -> bool:
    """Tell whether a file begins like a tar, packed or not, or is called so."""
    if re.search(ENDINGS, path.name, re.IGNORECASE):
        return True
    try:
        with path.open("rb") as file, _unpacked(file) as unpacked:
            return _is_header(unpacked.read(BLOCK))
    except (OSError, EOFError, ValueError, lzma.LZMAError, zlib.error):
        return False


def _is_header(block: bytes) -> bool:
    try:
        tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True
