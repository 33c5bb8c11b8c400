"""The file of an item for formats that hold the images: its own, or one cut out of another."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from core.export.corrected import CorrectedItem
from core.export.crop_files import CropCutter, crop_name
from core.export.file_names import safe_name
from core.export.file_trees import check_file
from core.export.outgoing import Outgoing
from core.ingest.file_faults import JPEG, PNG
from core.ingest.files import UnreadableImage
from core.ingest.images import EXTENSIONS

BEGINNINGS = {JPEG: ".jpg", PNG: ".png", b"GIF8": ".gif", b"BM": ".bmp", b"II*\0": ".tif",
              b"MM\0*": ".tif"}  # fmt: skip
HEAD = 12


class ItemFile(NamedTuple):
    """The file of an item.

    Attributes
    ----------
    source : Path
        In the data set.
    name : str
        A safe name, like that of the item, which ends as pictures of its kind do.
    cut : bytes or None
        Of a crop, those of a file of its own.
    """

    source: Path
    name: str
    cut: bytes | None


class ItemFiles:
    """Finds the files of the items of an export; crops of one file are best asked for in a row."""

    def __init__(self, outgoing: Outgoing) -> None:
        self._outgoing = outgoing
        self._cutter = CropCutter()

    def find(self, item: CorrectedItem) -> ItemFile:
        """Return the file of an item.

        Raises
        ------
        UnreadableImage
            When there is none, or no crop can be cut out of it.
        """
        source = self._outgoing.file(item)
        check_file(source)
        cut = None if item.region is None else self._cutter.png(source, item)
        return ItemFile(source, file_name(item, source), cut)

    @contextmanager
    def opened(self, item: CorrectedItem) -> Iterator[tuple[IO[bytes], int, str]]:
        """Open the file of an item to be read; yield its size and its name, too."""
        source, name, cut = self.find(item)
        if cut is not None:
            yield io.BytesIO(cut), len(cut), name
            return
        try:
            file = source.open("rb")
        except OSError:
            raise UnreadableImage("the file may not be read") from None
        with file:
            yield file, source.stat().st_size, name


def file_name(item: CorrectedItem, source: Path) -> str:
    """Return a safe name for the file of an item, which ends as its kind of picture does."""
    if item.region is not None:
        return safe_name(crop_name(source.name, item))
    own = PurePosixPath(item.path).name
    if PurePosixPath(own).suffix.lower() not in EXTENSIONS:
        with source.open("rb") as file:
            head = file.read(HEAD)
        own += next((end for start, end in BEGINNINGS.items() if head.startswith(start)), "")
        own += ".webp" if head[:4] == b"RIFF" and head[8:] == b"WEBP" else ""
    return safe_name(own)
