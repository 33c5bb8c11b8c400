"""Crops as files of their own: cut from the upright picture, without a margin, nothing lost."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from core.export.corrected import CorrectedItem
from core.ingest import images
from core.ingest.crops import inside, turned
from core.ingest.files import UnreadableImage, read_file


class CropCutter:
    """Cuts crops from files, each of which is decoded once for all its crops in a row."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._whole = Image.new("RGB", (1, 1))
        self._stored, self._orientation = (1, 1), 1

    def png(self, path: Path, item: CorrectedItem) -> bytes:
        """Return the part of a file that an item is, as the bytes of a PNG.

        Raises
        ------
        UnreadableImage
            When the file cannot be read, or the box lies outside of the image.
        """
        assert item.region is not None
        if path != self._path:
            self._open(path)
        part = inside(item.region, self._stored)
        if part is None:
            raise UnreadableImage("its box lies outside the image")
        left, top, width, height = turned(part, self._stored, self._orientation)
        buffer = io.BytesIO()
        crop = self._whole.crop((left, top, left + width, top + height))
        crop.save(buffer, "PNG", compress_level=3)
        return buffer.getvalue()

    def _open(self, path: Path) -> None:
        self._path = None
        data = read_file(path).data
        with images.opened(data) as file:
            self._stored, self._orientation = file.size, images.orientation(file)
            self._whole = images.upright_rgb(file, data, file.width * file.height)
        self._path = path


def crop_name(name: str, item: CorrectedItem) -> str:
    """Return the name of a crop's own file: that of its file, and where in it the crop lies.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> crop_name("1.jpg", SimpleNamespace(region=(12, 40, 200, 120)))
    '1_12-40-200x120.png'
    """
    assert item.region is not None
    left, top, width, height = item.region
    return f"{Path(name).stem}_{left}-{top}-{width}x{height}.png"
