"""How damaged and odd image files are made, and how their verdicts are written down."""

import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image, ImageCms

from core.demo import DEMO

PHOTOGRAPH = (DEMO / "images" / "0000.jpg").read_bytes()
PHOTOGRAPH_SIZE = (195, 300)

# The scene: four colored quarters, so that a wrong turn or wrong colors show.
SIZE = (48, 32)
QUARTERS = {
    (10, 8): (200, 40, 40),
    (38, 8): (40, 160, 60),
    (10, 24): (30, 60, 200),
    (38, 24): (230, 210, 70),
}

# How a camera stores an upright scene, by the orientation that it notes.
STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@dataclass(frozen=True)
class Odd:
    """A file and its verdict: usable, unless there is a reason why not.

    Attributes
    ----------
    path : str
        Within the source.
    content : bytes or callable
        What the file holds, or what makes it, given its path.
    reason, note : str or None
    format : str
    size : tuple
        Width and height that are recorded.
    colors : dict
        Colors by their place in the decoded image; `near` is how far off they may be.
    listed : bool
        Whether it is found when the folder is listed; otherwise only a table can name it.
    """

    path: str
    content: bytes | Callable[[Path], object]
    reason: str | None = None
    format: str = ""
    size: tuple[int, int] = SIZE
    note: str | None = None
    colors: dict = field(default_factory=dict)
    near: int = 0
    listed: bool = True

    def write(self, source):
        path = source / self.path
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(self.content, bytes):
            path.write_bytes(self.content)
        else:
            self.content(path)


def in_class(path):
    return str(PurePosixPath("odd") / path)


def refused(path, content, reason, listed=True):
    return Odd(in_class(path), content, reason, listed=listed)


def usable(path, content, format, size=SIZE, note=None, colors=None, near=None, listed=True):
    """A usable file, by default of the scene."""
    if colors is None:
        colors = QUARTERS if size == SIZE else {}
    if near is None:
        near = 8 if format in ("JPEG", "AVIF") else 0
    return Odd(in_class(path), content, None, format, size, note, colors, near, listed)


# -- pictures ----------------------------------------------------------------------------------


def scene(mode="RGB"):
    image = Image.new("RGB", SIZE)
    for (x, y), color in QUARTERS.items():
        left, top = x // 24 * 24, y // 16 * 16
        image.paste(color, (left, top, left + 24, top + 16))
    return image.convert(mode)


def gray(mode="L"):
    """The colors of the scene without color."""
    return {place: (scene("L").getpixel(place),) * 3 for place in QUARTERS}


def plain(size, mode="RGB", color=0):
    return Image.new(mode, size, color)


def noise():
    """A picture that no format makes small."""
    return Image.fromarray(np.random.default_rng(0).integers(256, size=(64, 64), dtype=np.uint8))


def array(values, dtype):
    return Image.fromarray(np.array([values], dtype=dtype))


def line(*colors):
    """Colors along a picture that is one line; a number stands for a gray."""
    return {
        (x, 0): color if isinstance(color, tuple) else (color,) * 3
        for x, color in enumerate(colors)
    }


def lab():
    profiles = [ImageCms.createProfile(name) for name in ("sRGB", "LAB")]
    return ImageCms.applyTransform(scene(), ImageCms.buildTransform(*profiles, "RGB", "LAB"))


# -- files in a format -------------------------------------------------------------------------


def encoded(image, format, **options):
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def jpeg(image=None, **options):
    return encoded(image or scene(), "JPEG", **{"quality": 95, "subsampling": 0} | options)


def png(image=None, **options):
    return encoded(image or scene(), "PNG", **options)


def tiff(image=None, **options):
    return encoded(image or scene(), "TIFF", **options)


def webp(image=None, **options):
    return encoded(image or scene(), "WEBP", lossless=True, **options)


def avif(image=None, **options):
    return encoded(image or scene(), "AVIF", quality=100, **options)


def frames(save, **options):
    """The scene, followed by a blue picture."""
    return save(save_all=True, append_images=[plain(SIZE, color="blue")], **options)


def gif(**options):
    return encoded(scene(), "GIF", **options)


def mpo(**options):
    return encoded(scene(), "MPO", quality=95, subsampling=0, **options)


def turned(save, orientation):
    image = scene().transpose(STORED[orientation]) if orientation in STORED else scene()
    return save(image, exif=exif(orientation))


def exif(orientation):
    data = Image.Exif()
    data[0x0112] = orientation
    return data


def ycck():
    """A JPEG of brightness, color and black, as some print shops make them."""
    inverse = scene().point(lambda value: 255 - value).convert("YCbCr").split()
    inks = [band.point(lambda value: 255 - value) for band in inverse]
    data = jpeg(Image.merge("CMYK", [*inks, plain(SIZE, "L")]))
    return changed(data, data.index(b"Adobe") + 11, b"\2")


# -- files put together by hand ----------------------------------------------------------------


def chunk(kind, data, damage=0):
    """A part of a PNG; with `damage`, its checksum is wrong."""
    checksum = zlib.crc32(kind + data) ^ damage
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", checksum)


def png_of(width, height, bits, colors, pixels, *chunks, damage=0, interlaced=False):
    """A PNG; `colors` is 0 for gray, 2 for RGB, 3 for a palette, 4 and 6 with transparency."""
    header = struct.pack(">IIBBBBB", width, height, bits, colors, 0, 0, interlaced)
    parts = [chunk(b"IHDR", header, damage), *chunks]
    parts += [chunk(b"IDAT", zlib.compress(pixels)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def png_with(kind, start, text):
    """The scene as PNG with compressed text or a color profile before its pixels."""
    data = png()
    return data[:33] + chunk(kind, start + zlib.compress(text, 9)) + data[33:]


def tiff_of(*tags):
    """A TIFF of nothing but tags: number, type, count and value of each."""
    parts = [struct.pack("<HHII", *tag) for tag in tags]
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + b"".join(parts) + bytes(4)


EXIF_IN_WORDS = (
    b"Exif\0\0II*\0\x08\0\0\0\1\0" + struct.pack("<HHI4s", 0x112, 2, 4, b"six") + bytes(4)
)


# -- damage ------------------------------------------------------------------------------------


def share(data, part):
    return data[: int(len(data) * part)]


def changed(data, start, new):
    return data[:start] + new + data[start + len(new) :]


# -- what is no usual file ---------------------------------------------------------------------


def nothing(path):
    """Leave the path as it is: there is no such file."""


def link_to(target):
    return lambda path: path.symlink_to(target)


def link_within(path):
    path.with_name("target of the link").write_bytes(jpeg())
    path.symlink_to("target of the link")


def link_out(path):
    outside = path.parents[2] / "outside.jpg"
    outside.write_bytes(PHOTOGRAPH)
    path.symlink_to(outside)


def sparse(size):
    """A file that takes no place on the disk, whatever its size."""

    def make(path):
        with path.open("wb") as file:
            file.truncate(size)

    return make


def later(make):
    """What is made only when it is needed, as it takes a while."""
    return lambda path: path.write_bytes(make())
