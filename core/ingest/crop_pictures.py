"""The pictures of the items of one file: the whole of it, or the crops that lie in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from core.ingest import images
from core.ingest.crops import inside, turned, with_margin
from core.ingest.files import UnreadableImage
from core.ingest.images import SIDES_SWAPPED, Picture

NEARLY = 1
"""Pixels by which boxes reach beyond the image without a word: formats count differently."""

BEYOND = "its box reaches beyond the image; the part inside is used"
AS_STORED = "its box is taken in the pixels as stored, before EXIF turns the image upright"


def load_pictures(
    data: bytes, name: str, regions: Sequence[Sequence[int] | None], size: int = images.INPUT_SIZE
) -> list[Picture | UnreadableImage]:
    """Decode a file once for the items that lie in it.

    A crop is cut from the file in full, with `core.ingest.crops.MARGIN` around it, whatever
    other crops there are.

    Parameters
    ----------
    data : bytes
    name : str
        The file's name or path.
    regions : sequence of (sequence of int or None)
        Of each item; None for the whole file.
    size : int
        See `core.ingest.images.load`.

    Returns
    -------
    list of Picture or UnreadableImage
        For each of `regions`, its picture or why there is none.
    """
    try:
        if all(region is None for region in regions):
            whole = images.load(data, name, size)
            return [whole for _ in regions]
        return _crops(data, name, [region for region in regions if region is not None])
    except UnreadableImage as error:
        return [error for _ in regions]


def _crops(
    data: bytes, name: str, regions: Sequence[Sequence[int]]
) -> list[Picture | UnreadableImage]:
    with images.opened(data) as file:
        stored, orientation = file.size, images.orientation(file)
        whole = Picture(
            image=images.upright_rgb(file, data, file.width * file.height),
            format=images.format_of(file),
            width=stored[orientation in SIDES_SWAPPED],
            height=stored[orientation not in SIDES_SWAPPED],
            note=images.note_of(file, name),
            thumbnail=b"",
        )
        return [_crop(whole, region, stored, orientation) for region in regions]


def _crop(
    whole: Picture, region: Sequence[int], stored: tuple[int, int], orientation: int
) -> Picture | UnreadableImage:
    part = inside(region, stored)
    if part is None:
        return UnreadableImage(
            f"its box lies outside the image ({stored[0]:,} x {stored[1]:,} pixels)"
        )
    is_cut = any(
        abs(now - was) > NEARLY for now, was in zip(_edges(part), _edges(region), strict=True)
    )
    notes = [whole.note, BEYOND if is_cut else None, AS_STORED if orientation != 1 else None]
    size = whole.width, whole.height
    part = turned(part, stored, orientation)
    left, top, right, bottom = _edges(with_margin(part, size))
    image = whole.image.crop((left, top, right, bottom))
    return Picture(
        image=image,
        format=whole.format,
        width=part[2],
        height=part[3],
        note="; ".join(filter(None, notes)) or None,
        thumbnail=images.thumbnail(image),
        box=tuple(round(at / size[axis % 2], 6) for axis, at in enumerate(part)),
    )


def _edges(region: Sequence[int]) -> tuple[int, int, int, int]:
    left, top, width, height = region
    return left, top, left + width, top + height


def stored_size(path: Path) -> tuple[int, int]:
    """Return the width and height of an image file as stored, from its beginning alone.

    Raises
    ------
    UnreadableImage
        When there is no file, or it is no image that is read.
    """
    try:
        if not path.is_file():
            raise UnreadableImage("the file is missing")
        with Image.open(path, formats=images.known_formats()) as file:
            return file.size
    except UnreadableImage:
        raise
    except Exception:  # Pillow's plugins raise many kinds for damaged files
        raise UnreadableImage("it cannot be opened as an image") from None
