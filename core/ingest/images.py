"""Safe decoding, thumbnails and network inputs."""

from __future__ import annotations

import functools
import io
import logging
import threading
import warnings
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
from PIL import ExifTags, Image, JpegImagePlugin, PngImagePlugin, UnidentifiedImageError

from core.ingest.colors import color_mode, in_srgb, profile_of
from core.ingest.file_faults import described_damage, described_kind
from core.ingest.files import UnreadableImage

ENDINGS = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "PNG": (".png", ".apng"),
    "WEBP": (".webp",),
    "GIF": (".gif",),
    "BMP": (".bmp", ".dib"),
    "TIFF": (".tif", ".tiff"),
    "AVIF": (".avif",),
    "HEIF": (".heic", ".heif"),
    "PPM": (".ppm", ".pgm", ".pbm", ".pnm"),
}
"""Pillow's names of the formats that are read, with the file name endings they go by."""

EXTENSIONS = frozenset(ending for endings in ENDINGS.values() for ending in endings)
"""File name endings that count as images when a folder is listed (lower case)."""

MAX_PIXELS = 175_000_000
"""The most pixels that are decoded at once; large JPEGs are decoded at a reduced scale."""

THUMBNAIL_SIZE = 256
REDUCTION = 3
"""A large JPEG is decoded at the reduced scale that leaves both sides at least this many times
as long as a network needs: embeddings then differ by no more than by another way to resize."""

INPUT_SIZE = 224
"""Side that most networks need."""

# What passes for a thumbnail as it is: a small JPEG that carries nothing but pixels.
SMALL_SIDE = 384
SMALL_BYTES = 40_000

# Pillow warns above this and refuses above twice as much, also for what a frame adds later;
# MAX_PIXELS is the limit that is told. What Pillow says of damaged files on the terminal does
# not name the file; what is wrong with a picture is told with it.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
logging.getLogger("PIL").addHandler(logging.NullHandler())

# Texts and color profiles of a PNG may be compressed; Pillow's own limit of 1 MiB refuses
# pictures for the large profiles of printers.
PngImagePlugin.MAX_TEXT_CHUNK = 16 * 2**20

# Pictures of this size and more are decoded one at a time, so that memory stays bounded
# however many threads read.
LARGE_PIXELS = 25_000_000
_one_large = threading.Lock()

Box = tuple[float, float, float, float]

# What turns an image upright, by its EXIF orientation.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDES_SWAPPED = (5, 6, 7, 8)


@dataclass(frozen=True)
class Picture:
    """A decoded image file.

    Attributes
    ----------
    image : PIL.Image.Image
        Upright (EXIF orientation applied), mode RGB, transparency on white,
        in sRGB (color profile applied); of a large JPEG, a smaller version.
    format : str
        Pillow's name of the format found in the content, such as ``JPEG``.
    width, height : int
        Size in pixels of the upright image as it lies in the file.
    note : str or None
        What a person should know of it, though it can be used.
    thumbnail : bytes
        A small JPEG of it.
    box : tuple of float or None
        Of a crop: left, top, width and height in the upright image, as shares of its sides.
        The width and height above are the box's then.
    """

    image: Image.Image
    format: str
    width: int
    height: int
    note: str | None
    thumbnail: bytes
    box: tuple[float, ...] | None = None


def load(data: bytes, name: str, size: int = INPUT_SIZE) -> Picture:
    """Decode the bytes of an image file for its thumbnail and for a network.

    Parameters
    ----------
    data : bytes
    name : str
        The file's name or path, to tell when its ending belies the content.
    size : int
        The longer side of what a network needs of it, in pixels.

    Raises
    ------
    UnreadableImage
        See `decode`.
    """
    with opened(data) as file:
        width, height = file.size
        small = _is_small(file, data)
        reduced = None
        if isinstance(file, JpegImagePlugin.JpegImageFile):
            # Decodes a large photograph at 1/2, 1/4 or 1/8 of its size, several times faster.
            reduced = file.draft(None, (REDUCTION * size, REDUCTION * size))
        image = upright_rgb(file, data, width * height, reduced[1] if reduced else None)
        if orientation(file) in SIDES_SWAPPED:
            width, height = height, width
        return Picture(
            image=image,
            format=format_of(file),
            width=width,
            height=height,
            note=note_of(file, name),
            thumbnail=data if small else thumbnail(image),
        )


def decode(data: bytes) -> Image.Image:
    """Decode image bytes to an upright RGB image of full size.

    Raises
    ------
    UnreadableImage
        When the bytes are no image, are cut off or damaged, or would decode
        to more than ``MAX_PIXELS`` pixels.
    """
    with opened(data) as file:
        return upright_rgb(file, data, file.width * file.height)


def opened(data: bytes) -> Image.Image:
    """Open an image file without decoding its pixels.

    Raises
    ------
    UnreadableImage
        See `decode`.
    """
    try:
        return Image.open(io.BytesIO(data), formats=known_formats())
    except UnidentifiedImageError:
        raise UnreadableImage(described_kind(data)) from None
    except Image.DecompressionBombError:
        raise UnreadableImage("it has too many pixels to be decoded") from None
    except Exception as error:  # Pillow's plugins raise many kinds for damaged files
        raise UnreadableImage(described_damage(error, data)) from None


@functools.cache
def known_formats() -> tuple[str, ...]:
    """Return Pillow's names of the formats to try; HEIF needs the optional package pillow-heif.

    No others that Pillow knows: some of them run programs or hold no pictures.
    """
    formats = tuple(format for format in ENDINGS if format != "HEIF")
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return formats
    register_heif_opener()
    return (*formats, "HEIF")


def upright_rgb(file: Image.Image, data: bytes, pixels: int, box: Box | None = None) -> Image.Image:
    """Decode the part of an opened file, which holds `pixels`, within `box`; or all of it.

    Raises
    ------
    UnreadableImage
        See `decode`.
    """
    if file.width * file.height > MAX_PIXELS:
        raise UnreadableImage(f"it has too many pixels ({file.width:,} x {file.height:,})")
    if pixels < LARGE_PIXELS:
        return _decoded(file, data, box)
    with _one_large:
        return _decoded(file, data, box)


def _decoded(file: Image.Image, data: bytes, box: Box | None) -> Image.Image:
    try:
        file.load()
        image = _to_rgb(file)
        if box and box[2:] != image.size:
            # The sides of a reduced image are rounded up, which would stretch what it shows.
            image = image.resize(image.size, Image.Resampling.BILINEAR, box)
        turn = TURNS.get(orientation(file))
        return image if turn is None else image.transpose(turn)
    except Image.DecompressionBombError:
        raise UnreadableImage("it has too many pixels to be decoded") from None
    except MemoryError:
        raise UnreadableImage("it needs more memory than there is") from None
    except Exception as error:  # Pillow's decoders raise many kinds for damaged files
        raise UnreadableImage(described_damage(error, data)) from None


def orientation(file: Image.Image) -> int:
    """Return the EXIF orientation; 1, upright, where there is none or it cannot be read."""
    try:
        return int(file.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # damaged EXIF data are no reason to lose the picture
        return 1


def _is_small(file: Image.Image, data: bytes) -> bool:
    return (
        file.format == "JPEG"
        and file.mode in ("RGB", "L")
        and not has_other_colors(file)
        and max(file.size) <= SMALL_SIDE
        and len(data) <= SMALL_BYTES
        and not file.info.get("exif")
        and orientation(file) == 1  # XMP data can tell it as well
    )


def format_of(file: Image.Image) -> str:
    """Return Pillow's name of the format of an opened file."""
    # Phones append a second picture to a JPEG; to everybody else the file is a JPEG.
    return "JPEG" if file.format == "MPO" else file.format or "unknown"


def note_of(file: Image.Image, name: str) -> str | None:
    """Say what is odd about a file that can be used."""
    format = format_of(file)
    ending = PurePosixPath(name).suffix.lower()
    notes = []
    if ending in EXTENSIONS and ending not in ENDINGS.get(format, ()):
        notes.append(f"it is a {format} file, though its name ends in {ending}")
    if file.format != "MPO" and has_more(file):
        pages = "pages; the first" if format == "TIFF" else "frames; the first"
        notes.append(f"it has several {pages} is used")
    return "; ".join(notes) or None


def has_more(file: Image.Image) -> bool:
    """Tell whether an opened file has more frames or pages than the first."""
    try:
        return bool(getattr(file, "is_animated", False))
    except Exception:  # a second frame that is damaged is one nevertheless
        return True


def has_other_colors(file: Image.Image) -> bool:
    """Tell whether the colors of `file` are changed by its profile."""
    profile = profile_of(file)
    return profile is not None and not profile.is_srgb


def _to_rgb(image: Image.Image) -> Image.Image:
    profile = profile_of(image)
    if image.mode == "RGB" and not image.has_transparency_data:
        return in_srgb(image, profile)
    if image.mode.startswith("I") or image.mode == "F":
        return in_srgb(_stretch_to_bytes(image), profile).convert("RGB")
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        if profile is not None and not profile.is_srgb:
            colors = in_srgb(rgba.convert(profile.mode), profile).convert("RGBA")
            colors.putalpha(rgba.getchannel("A"))
            rgba = colors
        background = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(background, rgba).convert("RGB")
    if profile is None or profile.is_srgb:
        return image.convert("RGB")
    return in_srgb(image.convert(color_mode(image)), profile).convert("RGB")


def _stretch_to_bytes(image: Image.Image) -> Image.Image:
    """Map 16-bit and float gray values to 0..255; Pillow alone would clip them."""
    values = np.array(image, dtype=np.float32)
    low, high = 0.0, 65535.0
    if not image.mode.startswith("I;16"):
        finite = np.isfinite(values)
        low = float(values.min(where=finite, initial=np.inf))
        high = float(values.max(where=finite, initial=-np.inf))
        if low > high:  # there is no number among them
            low = high = 0.0
        np.nan_to_num(values, copy=False, nan=low, posinf=high, neginf=low)
    # In place, as it may be many; halves, as the difference of the largest would be infinite.
    values /= 2
    values -= low / 2
    values *= 255 / max(high / 2 - low / 2, 1e-12)
    return Image.fromarray(values.round(out=values).astype(np.uint8))


def thumbnail(image: Image.Image, size: int = THUMBNAIL_SIZE) -> bytes:
    """Return `image`, shrunk to fit `size` pixels a side, as JPEG bytes."""
    scale = min(size / image.width, size / image.height, 1.0)
    if scale < 1:
        shape = [max(1, round(side * scale)) for side in image.size]
        image = image.resize(shape, Image.Resampling.BICUBIC, reducing_gap=2.0)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def network_input(image: Image.Image, height: int, width: int) -> np.ndarray:
    """Return `image` resized (bicubic, aspect not kept) as uint8 of (height, width, 3)."""
    resized = image.resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(resized, dtype=np.uint8)
