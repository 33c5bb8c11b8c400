"""Damaged and odd files with the exact verdict for each.

A verdict is what a person reads: the reason why a file cannot be used, or the note beside
one that can.
"""

import base64
import gzip
import io
import json
import os
import random
import sqlite3
import struct
import zipfile
import zlib
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

from tests.core.ingest.color_profiles import (
    ADOBE_RGB,
    DISPLAY_P3,
    cmyk_profile,
    gray_meant,
    gray_profile,
    meant,
    rgb_profile,
)
from tests.core.ingest.odd_images import (
    EXIF_IN_WORDS,
    PHOTOGRAPH,
    PHOTOGRAPH_SIZE,
    QUARTERS,
    STORED,
    array,
    avif,
    changed,
    chunk,
    encoded,
    exif,
    frames,
    gif,
    gray,
    jpeg,
    lab,
    later,
    line,
    link_out,
    link_to,
    link_within,
    mpo,
    noise,
    nothing,
    plain,
    png,
    png_of,
    png_with,
    refused,
    scene,
    share,
    sparse,
    tiff,
    tiff_of,
    turned,
    usable,
    webp,
    ycck,
)

CUT_OFF = "the file is cut off; its end is missing"
DAMAGED = "it begins like an image, but is damaged"
TOO_MANY = "it has too many pixels to be decoded"
TOO_MUCH_TEXT = "it holds too much text or too large a color profile; save it without"
OUT = "the path leads out of the source folder"
FRAMES = "it has several frames; the first is used"
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
START = 40  # after the signature and the header of a PNG or a JPEG


def npy():
    buffer = io.BytesIO()
    np.save(buffer, np.zeros((4, 4)))
    return buffer.getvalue()


def zip_archive():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.jpg", PHOTOGRAPH)
    return buffer.getvalue()


def database(path):
    with sqlite3.connect(path) as connection:
        connection.execute("create table images (path)")
    connection.close()


# -- what is no usual file ---------------------------------------------------------------------

FILES = [
    refused("missing.jpg", nothing, "the file is missing", listed=False),
    refused("empty.jpg", b"", "the file is empty"),
    refused("folder.jpg", Path.mkdir, "it is a folder, not a file", listed=False),
    refused("pipe.jpg", os.mkfifo, "it is not a regular file"),
    usable("link within the source.jpg", link_within, "JPEG"),
    refused("link out of the source.jpg", link_out, OUT),
    refused("link to itself.jpg", link_to("link to itself.jpg"), "the path leads nowhere"),
    refused("link to nothing.jpg", link_to("nothing.jpg"), "the file is missing"),
    refused("../../up.jpg", nothing, OUT, listed=False),
    refused("/etc/passwd", nothing, OUT, listed=False),
    refused(f"{'n' * 300}.jpg", nothing, "the file cannot be read (File name too long)",
            listed=False),
    refused("too large.jpg", sparse(1_100_000_000), "the file is too large (1.1 GB)"),
]  # fmt: skip

NAMES = [
    usable(path, jpeg(), "JPEG", listed=path[-1] != ".")
    for path in (
        "n" * 251 + ".jpg",
        "/".join(["a folder in a folder"] * 40) + "/deep.jpg",
        'it\'s a "quoted" name with spaces .jpg',
        "two\nlines.jpg",
        "back\\slash.jpg",
        "🦊🏳️‍🌈.jpg",
        "猫の写真.jpg",
        "صورة.jpg",
        "-rf.jpg",
        "100%20%.jpg",
        "#1?a=b&c.jpg",
        "trailing dot.jpg.",
        "UPPER.JPG",
        "an ending.jfif",
    )
] + [
    usable("composed caf\u00e9.jpg", jpeg(), "JPEG"),
    usable("decomposed cafe\u0301.png", png(), "PNG"),
]

# -- what is no image --------------------------------------------------------------------------

NO_IMAGES = [
    refused("web page.jpg", b"\n<!DOCTYPE html>\n<html><body>404</body></html>",
            "it is a web page, not an image; its download went wrong"),
    refused("json.jpg", json.dumps({"error": "forbidden"}).encode(), "it is text, not an image"),
    refused("text.jpg", "Grüße aus Köln\n".encode() * 50, "it is text, not an image"),
    refused("latin-1 text.jpg", "Grüße aus Köln\r\n".encode("latin-1"), "it is text, not an image"),
    refused("drawing.png", b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>',
            "it is an SVG drawing, which has no pixels; convert it to PNG"),
    refused("document.jpg", encoded(scene(), "PDF"), "it is a PDF document, not an image"),
    refused("postscript.jpg", encoded(scene(), "EPS"), "it is a PostScript document, not an image"),
    refused("archive.jpg", zip_archive(), "it is a ZIP archive, not an image"),
    refused("gzip.jpg", gzip.compress(PHOTOGRAPH), "it is a gzip archive, not an image"),
    refused("video.jpg", b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + bytes(99),
            "it is a video file, not an image"),
    refused("git lfs.jpg", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
            "it is a Git LFS pointer, not the image; run `git lfs pull`"),
    refused("zeros.jpg", bytes(5000), "it holds nothing but zero bytes; copy it again"),
    refused("random.jpg", random.Random(0).randbytes(5000),
            "it is not an image, or of an unknown format"),
    refused("array.png", npy(), "it is a NumPy array, not an image"),
    refused("database.png", database, "it is a database, not an image"),
    refused("jpeg 2000.jpg", encoded(scene(), "JPEG2000"),
            "it is a JPEG 2000 image, which is not read; convert it to PNG"),
]  # fmt: skip
if find_spec("pillow_heif") is None:
    NO_IMAGES += [
        refused("phone.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99),
                "it is a HEIF photograph; install the package pillow-heif to read those"),
    ]  # fmt: skip

# -- damage ------------------------------------------------------------------------------------

DAMAGE = [
    *(
        refused(f"jpeg of {part:.0%}.jpg", share(PHOTOGRAPH, part), CUT_OFF)
        for part in (0.02, 0.05, 0.5, 0.95)
    ),
    refused("jpeg of three bytes.jpg", PHOTOGRAPH[:3], CUT_OFF),
    refused("jpeg cut in its exif.jpg", jpeg(exif=exif(6))[:START], CUT_OFF),
    # Nothing but the end mark is gone, yet nobody can tell that from a lost last line.
    refused("jpeg without its last two bytes.jpg", PHOTOGRAPH[:-2], CUT_OFF),
    refused("jpeg of zeros from the middle.jpg",
            changed(PHOTOGRAPH, 5000, bytes(len(PHOTOGRAPH) - 5000)), CUT_OFF),
    refused("jpeg without a picture.jpg", b"\xff\xd8\xff\xd9", DAMAGED),
    refused("jpeg of no width.jpg", jpeg().replace(b"\x00\x20\x00\x30", bytes(4), 1), DAMAGED),
    refused("jpeg of a false kind.jpg", jpeg().replace(b"\xff\xc0\0\x11", b"\xff\xc3\0\x11"),
            "it is damaged (broken data stream when reading image file)"),
    usable("jpeg with garbage behind.jpg", PHOTOGRAPH + npy(), "JPEG", PHOTOGRAPH_SIZE),
    # JPEG has no checksums: wrong pixels, but no decoder knows.
    usable("jpeg with flipped bytes.jpg", changed(PHOTOGRAPH, 5000, b"\x55\xaa\x12"), "JPEG",
           PHOTOGRAPH_SIZE),
    refused("png of a half.png", share(png(noise()), 0.5), CUT_OFF),
    refused("png of a signature.png", png()[:8], CUT_OFF),
    refused("png of a header.png", png()[:33], CUT_OFF),
    refused("png with wrong pixels.png", changed(png(noise()), 2000, b"\0\xff\0\xff"),
            "it is damaged (broken data stream when reading image file)"),
    # The pixels have a checksum of their own, and it is right.
    usable("png with a wrong checksum of its pixels.png", changed(png(), -16, b"oops"), "PNG"),
    usable("png without its end.png", png()[:-12], "PNG"),
    refused("png with a wrong checksum of its header.png", png_of(1, 1, 8, 0, bytes(2), damage=1),
            DAMAGED),
    refused("png of no width.png", png_of(0, 2, 8, 0, bytes(2)), DAMAGED),
    refused("png without its palette.png", png_of(2, 2, 8, 3, bytes(6)), "it is damaged"),
    refused("gif of a half.gif", share(gif(), 0.5), CUT_OFF),
    refused("gif without frames.gif", b"GIF89a\4\0\4\0\0\0\0;", DAMAGED),
    usable("gif with its second frame cut.gif",
           (lambda data: data[: data.rindex(b",") + 4])(frames(gif)), "GIF", note=FRAMES),
    refused("bmp of a half.bmp", share(encoded(scene(), "BMP"), 0.5), CUT_OFF),
    refused("bmp of no width.bmp", changed(encoded(scene(), "BMP"), 18, bytes(4)), DAMAGED),
    refused("bmp of 20 bytes.bmp", encoded(scene(), "BMP")[:20], CUT_OFF),
    refused("webp of a half.webp", share(webp(noise()), 0.5), CUT_OFF),
    refused("webp of 10 bytes.webp", webp()[:10], "it is not an image, or of an unknown format"),
    refused("webp with wrong pixels.webp", changed(webp(noise()), START, b"\xff" * 500),
            "it is damaged (failed to read next frame)"),
    refused("tiff of a half.tif", share(tiff(), 0.5), CUT_OFF),
    refused("tiff with tags behind its end.tif",
            share(tiff(noise(), compression="tiff_lzw"), 0.5), CUT_OFF),
    refused("tiff of a billion columns.tif",
            tiff_of((256, 4, 1, 10**9), (257, 4, 1, 10**9), (258, 3, 1, 8), (262, 3, 1, 1)),
            DAMAGED),
    refused("tiff of 65535 bands.tif",
            tiff_of((256, 4, 1, 4), (257, 4, 1, 4), (258, 3, 1, 8), (262, 3, 1, 1),
                    (273, 4, 1, 8), (277, 3, 1, 65535)), DAMAGED),
    refused("tiff of pixels elsewhere.tif",
            tiff_of((256, 4, 1, 4), (257, 4, 1, 4), (258, 3, 1, 8), (262, 3, 1, 1),
                    (273, 4, 1, 2**31 - 1), (278, 4, 1, 4), (279, 4, 1, 16)), CUT_OFF),
    refused("avif of a half.avif", share(avif(noise()), 0.5), CUT_OFF),
    # Nor has AVIF any checksums.
    usable("avif with wrong pixels.avif", changed(avif(noise()), -500, bytes(500)), "AVIF",
           (64, 64)),
]  # fmt: skip

# -- too much ----------------------------------------------------------------------------------

BOMBS = [
    refused("bits of 20000 x 20000.png", png_of(20_000, 20_000, 1, 0, bytes(100)), TOO_MANY),
    refused("colors of 40000 x 40000.png", png_of(40_000, 40_000, 8, 2, bytes(100)), TOO_MANY),
    refused("colors of 14000 x 13000.png", png_of(14_000, 13_000, 8, 2, bytes(100)),
            "it has too many pixels (14,000 x 13,000)"),
    refused("gif of 65535 x 65535.gif", changed(gif(), 6, b"\xff" * 4), TOO_MANY),
    refused("bmp of 32767 x 32767.bmp",
            changed(encoded(scene(), "BMP"), 18, struct.pack("<ii", 32767, 32767)), TOO_MANY),
    refused("tiff of 60000 x 60000.tif",
            tiff_of((256, 4, 1, 60_000), (257, 4, 1, 60_000), (258, 3, 1, 8), (262, 3, 1, 1),
                    (273, 4, 1, 8)), TOO_MANY),
    refused("100 MB of text in a png.png",
            later(lambda: png_with(b"zTXt", b"k\0\0", bytes(10**8))), TOO_MUCH_TEXT),
    refused("100 MB of foreign text in a png.png",
            later(lambda: png_with(b"iTXt", b"k\0\1\0\0\0", bytes(10**8))), TOO_MUCH_TEXT),
    usable("2 MB of color profile in a png.png",
           png_with(b"iCCP", b"k\0\0", PROFILE + bytes(2 * 10**6)), "PNG"),
    usable("200 million pixels.jpg", later(lambda: jpeg(plain((16_320, 12_240), "L", 128))), "JPEG",
           (16_320, 12_240), colors={(9, 9): (128,) * 3}),
    refused("400 million pixels.jpg",
            later(lambda: jpeg().replace(b"\x00\x20\x00\x30", struct.pack(">HH", 20_000, 20_000))),
            TOO_MANY),
]  # fmt: skip

# -- more than one picture, and names that mislead ---------------------------------------------

NOTED = [
    usable("animated.gif", frames(gif), "GIF", note=FRAMES),
    usable("animated.webp", frames(webp), "WEBP", note=FRAMES),
    usable("animated.png", frames(png), "PNG", note=FRAMES),
    usable("animated.avif", frames(avif), "AVIF", note=FRAMES),
    usable("pages.tif", frames(tiff), "TIFF", note="it has several pages; the first is used"),
    usable("with a preview behind.jpg", frames(mpo), "JPEG"),
    usable("a png.jpg", png(), "PNG", note="it is a PNG file, though its name ends in .jpg"),
    usable("a jpeg.png", jpeg(), "JPEG", note="it is a JPEG file, though its name ends in .png"),
    usable("a webp.JPEG", webp(), "WEBP", note="it is a WEBP file, though its name ends in .jpeg"),
    usable("a tiff.bmp", tiff(), "TIFF", note="it is a TIFF file, though its name ends in .bmp"),
    usable("a bitmap.gif", encoded(scene(), "BMP"), "BMP",
           note="it is a BMP file, though its name ends in .gif"),
    usable("animated gif.png", frames(gif), "GIF",
           note="it is a GIF file, though its name ends in .png; " + FRAMES),
    usable("a pixmap.ppm", encoded(scene(), "PPM"), "PPM"),
    usable("a graymap.pgm", encoded(scene("L"), "PPM"), "PPM", colors=gray()),
    usable("netpbm.png", encoded(scene(), "PPM"), "PPM",
           note="it is a PPM file, though its name ends in .png"),
    usable("no known ending.picture", png(), "PNG", listed=False),
]  # fmt: skip

# -- kinds of pixels ---------------------------------------------------------------------------

# Nobody here can write a JPEG with arithmetic coding; this one is of 8 by 8 orange pixels.
ARITHMETIC = zlib.decompress(base64.b64decode(
    "eNqVjMsNwjAQRGdjL0lsJ3iDHdINBwQSnOiQBuiACpAogM8F0cjilMC8dxvN6EM/iMf9YQ8igArQN7YwVTVbYovcMFvL"
    "rq4XTXAheOd91w+x66X3Po5RVinnHJbraUzTkHKaT8iUjeWWuU2d79Lf0RukQcGQoBIyQnqHQ4xMUVhfCIZKYQQbKK6n"
    "8+570ecPwBAdTg=="
))  # fmt: skip
EDGES = np.float32([-3e38, 0, 3e38])
PALETTE = chunk(b"PLTE", bytes([10, 20, 30, 200, 40, 40, 1, 2, 3]))

PIXELS = [
    usable("progressive.jpg", jpeg(progressive=True), "JPEG"),
    usable("gray.jpg", jpeg(scene("L")), "JPEG", colors=gray()),
    usable("colors by the pair.jpg", jpeg(subsampling="4:2:0"), "JPEG"),
    usable("colors by the four.jpg", jpeg(subsampling="4:1:1"), "JPEG"),
    usable("cmyk.jpg", jpeg(scene("CMYK")), "JPEG"),
    usable("ycck.jpg", ycck(), "JPEG"),
    usable("arithmetic.jpg", ARITHMETIC, "JPEG", (8, 8), colors={(4, 4): (200, 60, 20)}),
    usable("color profile.jpg", jpeg(icc_profile=PROFILE), "JPEG"),
    usable("damaged color profile.jpg", jpeg(icc_profile=b"no profile"), "JPEG"),
    usable("bits.png", png_of(8, 1, 1, 0, b"\0\x50"), "PNG", (8, 1),
           colors=line(0, 255, 0, 255, 0)),
    usable("two bits.png", png_of(4, 1, 2, 0, b"\0\x1b"), "PNG", (4, 1),
           colors=line(0, 85, 170, 255)),
    usable("16 bits of gray.png", png(array([0, 32768, 65535], np.uint16)), "PNG", (3, 1),
           colors=line(0, 128, 255)),
    usable("16 bits of color.png",
           png_of(2, 1, 16, 2, b"\0" + struct.pack(">6H", 65535, 32768, 0, 2570, 5140, 7710)),
           "PNG", (2, 1), colors=line((255, 128, 0), (10, 20, 30))),
    usable("16 bits of gray and transparency.png",
           png_of(2, 1, 16, 4, b"\0" + struct.pack(">4H", 0, 65535, 0, 0)), "PNG", (2, 1),
           colors=line(0, 255)),
    usable("interlaced.png", png_of(2, 2, 8, 0, b"\0\x0a\0\x14\0\x1e\x28", interlaced=True), "PNG",
           (2, 2), colors={(0, 0): (10,) * 3, (1, 0): (20,) * 3, (1, 1): (40,) * 3}),
    usable("palette.png", png_of(3, 1, 8, 3, b"\0\0\1\2", PALETTE), "PNG", (3, 1),
           colors=line((10, 20, 30), (200, 40, 40), (1, 2, 3))),
    usable("transparent palette.png",
           png_of(3, 1, 8, 3, b"\0\0\1\2", PALETTE, chunk(b"tRNS", b"\x00\x80")), "PNG", (3, 1),
           colors=line(255, (227, 147, 147), (1, 2, 3))),
    usable("one transparent color.png",
           png_of(2, 1, 8, 2, b"\0\1\2\3\4\5\6", chunk(b"tRNS", b"\0\1\0\2\0\3")), "PNG", (2, 1),
           colors=line(255, (4, 5, 6))),
    usable("transparency.png", png_of(2, 1, 8, 6, b"\0\xc8\x28\x28\0\xc8\x28\x28\xff"), "PNG",
           (2, 1), colors=line(255, (200, 40, 40))),
    usable("transparency of gray.png", png_of(2, 1, 8, 4, b"\0\0\x80\x50\xff"), "PNG", (2, 1),
           colors=line(127, 80)),
    usable("transparency.webp", webp(plain((9, 9), "RGBA", (0, 0, 0, 0))), "WEBP", (9, 9),
           colors=line(255)),
    usable("transparent.gif", encoded(plain((9, 9), "P"), "GIF", transparency=0), "GIF", (9, 9),
           colors=line(255)),
    usable("16 bits.tif", tiff(array([0, 32768, 65535], np.uint16)), "TIFF", (3, 1),
           colors=line(0, 128, 255)),
    usable("16 bits, high byte first.tif",
           tiff(Image.frombytes("I;16B", (3, 1), b"\0\0\x80\0\xff\xff")), "TIFF", (3, 1),
           colors=line(0, 128, 255)),
    # Beyond 16 bits a value has no agreed meaning: the smallest is black, the largest white.
    usable("32 bits.tif", tiff(array([-50_000, 0, 50_000], np.int32)), "TIFF", (3, 1),
           colors=line(0, 128, 255)),
    usable("floats, some of them none.tif",
           tiff(array([0, 0.5, 1, np.nan, np.inf, -np.inf], np.float32)), "TIFF", (6, 1),
           colors=line(0, 128, 255, 0, 255, 0)),
    usable("largest floats.tif", tiff(array(EDGES, np.float32)), "TIFF", (3, 1),
           colors=line(0, 128, 255)),
    usable("nothing but nan.tif", tiff(array([np.nan] * 2, np.float32)), "TIFF", (2, 1),
           colors=line(0, 0)),
    usable("cmyk.tif", tiff(scene("CMYK")), "TIFF"),
    usable("ycbcr.tif", tiff(scene("YCbCr")), "TIFF", near=3),
    usable("lab.tif", tiff(lab()), "TIFF", near=8),
    usable("lossy.tif", tiff(scene("YCbCr"), compression="jpeg", quality=95), "TIFF", near=8),
    usable("an ordinary one.avif", avif(), "AVIF"),
    usable("an ordinary one.gif", gif(), "GIF"),
    usable("an ordinary one.bmp", encoded(scene(), "BMP"), "BMP"),
    usable("lossy.webp", encoded(scene(), "WEBP", quality=90), "WEBP", near=8),
    usable("lossy photograph.webp", encoded(Image.open(io.BytesIO(PHOTOGRAPH)), "WEBP"), "WEBP",
           PHOTOGRAPH_SIZE),
    usable("an ordinary one.jpg", PHOTOGRAPH, "JPEG", PHOTOGRAPH_SIZE),
]  # fmt: skip

# -- color profiles ------------------------------------------------------------------------------


def meant_by(primaries):
    """The colors of the scene as a profile of those primaries means them."""
    return {place: meant(color, primaries) for place, color in QUARTERS.items()}


GRAY_1 = gray_profile(1.0)
HALF_GRAY = png_of(
    2, 1, 8, 4, b"\0\x40\xff\x40\x80", chunk(b"iCCP", b"k\0\0" + zlib.compress(GRAY_1))
)
P3, ADOBE = rgb_profile(DISPLAY_P3), rgb_profile(ADOBE_RGB)
INKS = (0, 0, 0, 128)

COLORS = [
    *(
        usable(f"{name} as {save.__name__}.{ending}", save(icc_profile=profile), format,
               colors=meant_by(primaries), near=8 if format in ("JPEG", "AVIF") else 1)
        for name, profile, primaries in (
            ("display p3", P3, DISPLAY_P3), ("adobe rgb", ADOBE, ADOBE_RGB),
        )
        for save, format, ending in (
            (jpeg, "JPEG", "jpg"), (png, "PNG", "png"), (webp, "WEBP", "webp"),
            (tiff, "TIFF", "tif"), (avif, "AVIF", "avif"),
        )
    ),
    usable("srgb by hand.png", png(icc_profile=PROFILE), "PNG"),
    usable("display p3, turned.jpg",
           jpeg(scene().transpose(STORED[6]), exif=exif(6), icc_profile=P3), "JPEG",
           colors=meant_by(DISPLAY_P3)),
    usable("display p3 palette.png",
           png(scene().quantize(4), icc_profile=P3), "PNG", colors=meant_by(DISPLAY_P3), near=2),
    usable("display p3 with transparency.png",
           png(scene("RGBA"), icc_profile=P3), "PNG", colors=meant_by(DISPLAY_P3), near=1),
    usable("gray with a profile.png", png(plain((9, 9), "L", 64), icc_profile=GRAY_1), "PNG",
           (9, 9), colors=line(gray_meant(64, 1)), near=1),
    usable("gray with a profile.jpg", jpeg(plain((9, 9), "L", 64), icc_profile=GRAY_1), "JPEG",
           (9, 9), colors=line(gray_meant(64, 1)), near=2),
    usable("gray with a profile and transparency.png", HALF_GRAY, "PNG", (2, 1), near=1,
           colors=line(gray_meant(64, 1), (gray_meant(64, 1) * 128 + 255 * 127) // 255)),
    usable("16 bits of gray with a profile.png",
           png(array([0, 64 * 257, 65535], np.uint16), icc_profile=GRAY_1), "PNG", (3, 1),
           colors=line(0, gray_meant(64, 1), 255), near=1),
    # Half of one ink of four: a lightness of 87.6, hence a luminance of .7117 and a level of 219.
    usable("cmyk with a profile.jpg", jpeg(plain((9, 9), "CMYK", INKS), icc_profile=cmyk_profile()),
           "JPEG", (9, 9), colors=line(219), near=3),
    usable("cmyk with a profile.tif", tiff(plain((9, 9), "CMYK", INKS), icc_profile=cmyk_profile()),
           "TIFF", (9, 9), colors=line(219), near=3),
    usable("profile of inks on colors.jpg", jpeg(icc_profile=cmyk_profile()), "JPEG"),
    usable("profile of gray on colors.png", png(icc_profile=GRAY_1), "PNG"),
    # What a PNG says of its brightness is not followed: most of those that say it are wrong.
    *(
        usable(name, png()[:33] + chunk(kind, data) + png()[33:], "PNG")
        for name, kind, data in (
            ("brightness.png", b"gAMA", struct.pack(">I", 100_000)),
            ("primaries.png", b"cHRM", struct.pack(">8I", *[31_270, 32_900] * 4)),
            ("high dynamic range.png", b"cICP", bytes([9, 16, 0, 1])),
        )
    ),
    usable("colors as they are.jpg", jpeg(keep_rgb=True), "JPEG"),
]  # fmt: skip

# -- EXIF data ---------------------------------------------------------------------------------

XMP = b'<rdf:Description tiff:Orientation="6"/>'
EXIF = [
    *(usable(f"turned by {n}.jpg", turned(jpeg, n), "JPEG") for n in range(1, 9)),
    *(usable(f"turned by {n}.png", turned(png, n), "PNG") for n in range(1, 9)),
    *(usable(f"turned by {n}.webp", turned(webp, n), "WEBP") for n in range(1, 9)),
    *(usable(f"turned by {n}.tif", turned(tiff, n), "TIFF") for n in range(1, 9)),
    *(usable(f"turned by {n}.avif", turned(avif, n), "AVIF") for n in range(1, 9)),
    usable("turned by 0.jpg", jpeg(exif=exif(0)), "JPEG"),
    usable("turned by 9.jpg", jpeg(exif=exif(9)), "JPEG"),
    usable("turned by a word.jpg", jpeg(exif=EXIF_IN_WORDS), "JPEG"),
    usable("turned by xmp.jpg", jpeg(scene().transpose(STORED[6]), xmp=XMP), "JPEG"),
    usable("damaged exif.jpg", jpeg(exif=b"Exif\0\0MM\0*\0\0\0\x08" + b"\xff" * 42), "JPEG"),
    usable("no exif in exif.png", png(exif=b"garbage"), "PNG"),
]  # fmt: skip

# -- sizes -------------------------------------------------------------------------------------

SIZES = [
    *(
        usable(f"{size[0]} x {size[1]}.{ending}", make(plain(size)), format, size)
        for size in ((1, 1), (1, 300), (300, 1), (30_000, 1), (1, 30_000))
        for make, format, ending in ((jpeg, "JPEG", "jpg"), (png, "PNG", "png"))
    ),
    usable("25 million pixels.jpg",
           later(lambda: jpeg(scene().resize((5000, 5000), Image.Resampling.NEAREST))), "JPEG",
           (5000, 5000), colors={(200, 200): QUARTERS[10, 8], (1000, 1000): QUARTERS[38, 24]}),
]  # fmt: skip

CASES = FILES + NAMES + NO_IMAGES + DAMAGE + BOMBS + NOTED + PIXELS + COLORS + EXIF + SIZES
