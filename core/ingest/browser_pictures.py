"""What a browser shows of an image in full: the file itself, or a picture made from it.

Whatever is shown must be the picture that was decoded for the network and the
thumbnail. Browsers turn and color files by rules of their own, so a file is sent
as it lies only where those rules are known to give the same pixels;
``tests/browser/test_same_picture.py`` compares them in Chromium.
"""

from __future__ import annotations

import io
import struct

from PIL import ExifTags, Image, ImageOps

from core.ingest import images
from core.ingest.colors import profile_of

BROWSER_FORMATS = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
}
"""Formats of files that may be sent as they lie, with their media types."""

VIEW_SIZE = 2560
"""The longer side that a picture made from a file has at most, in pixels."""

LOSSLESS_PIXELS = 1_000_000
"""A picture of so many pixels is a PNG; a larger one is a JPEG of high quality."""

PNG, JPEG = "image/png", "image/jpeg"

ARITHMETIC = (0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF)
"""Markers of the frames of a JPEG with arithmetic coding."""
START_OF_SCAN = 0xDA


def type_as_it_lies(data: bytes) -> str | None:
    """Return the media type of a file that a browser shows as it is decoded here.

    Returns
    -------
    str or None
        None where a browser may show other pixels, or none at all: see `view`.

    Raises
    ------
    UnreadableImage
        When the bytes are no image.
    """
    with images.opened(data) as file:
        media_type = BROWSER_FORMATS.get(images.format_of(file))
        return media_type if media_type and _is_shown_alike(file, data) else None


def view(data: bytes) -> bytes:
    """Return a PNG or JPEG of what an image file shows, see `images.decode`.

    Raises
    ------
    UnreadableImage
        See `images.decode`.
    """
    return encoded(images.decode(data))


def encoded(image: Image.Image) -> bytes:
    """Return a decoded image as a PNG or, of many pixels, as a JPEG; `VIEW_SIZE` at most."""
    if max(image.size) > VIEW_SIZE:
        image = ImageOps.contain(image, (VIEW_SIZE, VIEW_SIZE))
    buffer = io.BytesIO()
    if image.width * image.height <= LOSSLESS_PIXELS:
        image.save(buffer, "PNG", compress_level=3)
    else:
        image.save(buffer, "JPEG", quality=92, subsampling=0)
    return buffer.getvalue()


def view_type(picture: bytes) -> str:
    """Return the media type of what `encoded` has returned."""
    return PNG if picture.startswith(b"\x89PNG") else JPEG


def _is_shown_alike(file: Image.Image, data: bytes) -> bool:
    if images.format_of(file) == "JPEG":
        return (
            file.mode in ("RGB", "L")
            and _is_turned_by_exif(file)
            and _has_known_colors(file)
            and not _is_arithmetic(data)
        )
    return (
        file.mode in ("1", "L", "P", "RGB", "I;16")
        and images.orientation(file) == 1
        and not images.has_more(file)
        and not file.has_transparency_data
        and not _has_colors_of_its_own(file, data)
    )


def _is_turned_by_exif(file: Image.Image) -> bool:
    """Tell whether EXIF data alone turn the picture: browsers do not look into XMP."""
    exif = Image.Exif()
    try:
        exif.load(file.info.get("exif", b""))
        own = int(exif.get(ExifTags.Base.Orientation, 1))
    except Exception:  # damaged EXIF data
        own = 1
    return own == images.orientation(file)


def _has_known_colors(file: Image.Image) -> bool:
    if not file.info.get("icc_profile"):
        return True
    profile = profile_of(file)
    return profile is not None and profile.is_matrix and (profile.is_srgb or profile.mode == "RGB")


def _has_colors_of_its_own(file: Image.Image, data: bytes) -> bool:
    """Tell whether a file says what its colors mean, which browsers follow to the letter."""
    if "icc_profile" in file.info or b"cICP" in data[: 2**16]:
        return True
    return "srgb" not in file.info and ("gamma" in file.info or "chromaticity" in file.info)


def _is_arithmetic(data: bytes) -> bool:
    """Tell whether a JPEG is coded in a way that browsers do not know."""
    position = 2
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker, length = data[position + 1], struct.unpack_from(">H", data, position + 2)[0]
        if marker == 0xFF:  # fill bytes between segments
            position += 1
        elif marker in ARITHMETIC:
            return True
        elif marker == START_OF_SCAN:
            return False
        else:
            position += 2 + length
    return False
