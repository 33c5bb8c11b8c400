"""Safe decoding, content hashes, thumbnails and network inputs."""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

EXTENSIONS = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"})
"""File name endings that count as images when a folder is listed (lower case)."""

BROWSER_FORMATS = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
}
"""Formats that every browser shows, with their media types."""

MAX_PIXELS = 175_000_000
"""Below the size at which Pillow refuses to open an image, without telling its size."""

THUMBNAIL_SIZE = 256
VIEW_SIZE = 1600


class UnreadableImage(ValueError):
    """An image that cannot be used; the message is the reason in plain words."""


@dataclass(frozen=True)
class Picture:
    """A decoded image file.

    Attributes
    ----------
    image : PIL.Image.Image
        Upright (EXIF orientation applied), mode RGB, transparency on white.
    content_hash : str
        Hash of the file's bytes, 32 hexadecimal digits.
    format : str
        Pillow's name of the format found in the content, such as ``JPEG``.
    width, height : int
        Size of the upright image in pixels.
    """

    image: Image.Image
    content_hash: str
    format: str
    width: int
    height: int


def content_hash(data: bytes) -> str:
    """Return the BLAKE2b-128 hash of `data` as 32 hexadecimal digits."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def load(path: Path) -> Picture:
    """Read and decode the image file at `path`.

    Raises
    ------
    UnreadableImage
        When the file is missing, empty, damaged, not an image or larger
        than ``MAX_PIXELS``.
    """
    data = read_bytes(path)
    image = decode(data)
    return Picture(
        image=image,
        content_hash=content_hash(data),
        format=image.info["source_format"],
        width=image.width,
        height=image.height,
    )


def path_inside(source: Path, relative: str) -> Path:
    """Return the path of an item, refusing those that lead out of `source`.

    Raises
    ------
    UnreadableImage
        When the path, or the link that lies there, leads elsewhere.
    """
    path = (source / relative).resolve()
    if not path.is_relative_to(source.resolve()):
        raise UnreadableImage("the path leads out of the source folder")
    return path


def read_bytes(path: Path) -> bytes:
    """Return the bytes of the file at `path`.

    Raises
    ------
    UnreadableImage
        When the file is missing, empty or may not be read.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise UnreadableImage("the file is missing") from None
    except IsADirectoryError:
        raise UnreadableImage("it is a folder, not a file") from None
    except OSError as error:
        raise UnreadableImage(f"the file cannot be read ({error.strerror})") from None
    if not data:
        raise UnreadableImage("the file is empty")
    return data


def decode(data: bytes) -> Image.Image:
    """Decode image bytes to an upright RGB image.

    The format found in the content is kept in ``info["source_format"]``.

    Raises
    ------
    UnreadableImage
        When the bytes are no image, are cut off or damaged, or would decode
        to more than ``MAX_PIXELS`` pixels.
    """
    try:
        with warnings.catch_warnings():
            # Pillow warns of large images; MAX_PIXELS is the limit that counts here.
            warnings.simplefilter("ignore")
            file = Image.open(io.BytesIO(data))
            source_format = file.format or "unknown"
            if file.width * file.height > MAX_PIXELS:
                raise UnreadableImage(f"it is too large ({file.width:,} x {file.height:,} pixels)")
            file.load()
            image = _to_rgb(ImageOps.exif_transpose(file))
    except UnidentifiedImageError:
        raise UnreadableImage("it is not an image, or of an unknown format") from None
    except Image.DecompressionBombError:
        raise UnreadableImage("it is too large") from None
    except UnreadableImage:
        raise
    except Exception as error:  # Pillow's decoders raise many kinds for damaged files
        raise UnreadableImage(f"it is damaged ({str(error) or type(error).__name__})") from None
    image.info["source_format"] = source_format
    return image


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        return _stretch_to_bytes(image).convert("RGB")
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        background = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(background, rgba).convert("RGB")
    return image.convert("RGB")


def _stretch_to_bytes(image: Image.Image) -> Image.Image:
    """Map 16-bit and float grey values to 0..255; Pillow alone would clip them."""
    values = np.asarray(image, dtype=np.float32)
    if image.mode.startswith("I;16"):
        low, high = 0.0, 65535.0
    else:
        low, high = float(values.min()), float(values.max())
    scaled = (values - low) / max(high - low, 1e-12) * 255
    return Image.fromarray(scaled.round().astype(np.uint8))


def thumbnail(image: Image.Image, size: int = THUMBNAIL_SIZE) -> bytes:
    """Return `image`, shrunk to fit `size` pixels a side, as JPEG bytes."""
    small = image.copy()
    small.thumbnail((size, size), Image.Resampling.BICUBIC, reducing_gap=2.0)
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def network_input(image: Image.Image, size: int) -> np.ndarray:
    """Return `image` resized (bicubic, aspect not kept) as uint8 of (size, size, 3)."""
    resized = image.resize((size, size), Image.Resampling.BICUBIC, reducing_gap=2.0)
    return np.asarray(resized, dtype=np.uint8)
