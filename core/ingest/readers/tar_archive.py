"""A tar of a data set in any layout: unpacked once, then read as the folder that it holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from core.ingest.readers.reader import Reader, read_after_unpacking
from core.ingest.tar_stream import chunks, is_tar, members, tar_stream
from core.ingest.unpacker import Unpacker


def _recognizes(path: Path, options: Mapping[str, str]) -> bool:
    return path.is_file() and is_tar(path)


def _unpack(path: Path, unpacker: Unpacker) -> None:
    with tar_stream(path) as archive:
        for member in members(archive, unpacker.remarks):
            unpacker.expect_more(member.size)
            unpacker.add(member.name, chunks(archive, member))


READER = Reader(
    name="tar",
    order=21,
    title="a tar",
    about="A tar of a data set, packed or not, which is unpacked and read like a folder.",
    recognizes=_recognizes,
    read=read_after_unpacking,
    unpack=_unpack,
)
