"""Whether annotations state the sizes that their images have: if not, boxes lie elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from core.audit.source import Source
from core.ingest.crop_pictures import stored_size
from core.ingest.files import UnreadableImage, path_inside
from core.text import counted

FILES_LOOKED_AT = 50
"""Their beginnings are read."""


class StatedSizes:
    """The sizes that annotations state of the first images.

    Parameters
    ----------
    source : Source
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self._stated: dict[str, tuple[int, int]] = {}

    def add(self, file: str, width: object, height: object) -> None:
        """Remember what is stated of a file, if it is a size."""
        if len(self._stated) < FILES_LOOKED_AT and file not in self._stated:
            try:
                size = int(str(width)), int(str(height))
            except ValueError:
                return
            if min(size) > 0:
                self._stated[file] = size

    def notes(self) -> list[str]:
        """Say how many of these images have another size, and what that may mean."""
        wrong = list(self._wrong())
        if not wrong:
            return []
        file, stated, stored = wrong[0]
        turned = all(size == real[::-1] for _, size, real in wrong)
        means = (
            "boxes are taken in the pixels as stored, before EXIF turns an image"
            if turned
            else "boxes may lie elsewhere than they should"
        )
        return [
            f"{len(wrong)} of the first {counted(len(self._stated), 'image')} have another size"
            f" than the annotations state, such as {file[-100:]}: {_text(stored)}, not"
            f" {_text(stated)}; {means}."
        ]

    def _wrong(self) -> Iterator[tuple[str, tuple[int, int], tuple[int, int]]]:
        for file, stated in self._stated.items():
            try:
                stored = stored_size(path_inside(self.source.path, file, self.source.roots))
            except UnreadableImage:
                continue
            if stored != stated:
                yield file, stated, stored


def _text(size: tuple[int, int]) -> str:
    return f"{size[0]:,} x {size[1]:,} pixels"
