"""Says what is wrong with a file that cannot be decoded, so that a person can act on it."""

from __future__ import annotations

HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
AVIF_BRANDS = (b"avif", b"avis")

BEGINNINGS = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"ID3", "a sound file"),
    (b"OggS", "a sound or video file"),
    (b"\x1aE\xdf\xa3", "a video file"),
    (b"SQLite format 3", "a database"),
    (b"%!PS", "a PostScript document"),
)
OTHER_IMAGES = (
    (b"8BPS", "a Photoshop file"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 image"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 image"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL image"),
    (b"\xff\x0a", "a JPEG XL image"),
    (b"\x00\x00\x01\x00", "an icon"),
)
JPEG = b"\xff\xd8\xff"
PNG = b"\x89PNG"
TIFF = (b"II*\x00", b"MM\x00*")
IMAGES = (JPEG, PNG, *TIFF, b"GIF8", b"BM")

CUT_OFF = "the file is cut off; its end is missing"
CONTROL_CHARACTERS = bytes(code for code in range(32) if code not in b"\t\n\f\r\x1b")


def described_kind(data: bytes) -> str:
    """Return the reason why `data`, which no decoder knows, is not a usable image."""
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if data[4:8] == b"ftyp":
        return _described_container(data)
    for beginning, kind in BEGINNINGS:
        if data.startswith(beginning):
            return f"it is {kind}, not an image"
    for beginning, kind in OTHER_IMAGES:
        if data.startswith(beginning):
            return f"it is {kind}, which is not read; convert it to PNG"
    if start.startswith((b"<!doctype html", b"<html")):
        return "it is a web page, not an image; its download went wrong"
    if b"<svg" in start:
        return "it is an SVG drawing, which has no pixels; convert it to PNG"
    if start.startswith(b"version https://git-lfs"):
        return "it is a Git LFS pointer, not the image; run `git lfs pull`"
    if not data.strip(b"\0"):
        return "it holds nothing but zero bytes; copy it again"
    if data.startswith(IMAGES) or _is_webp(data):
        return CUT_OFF if _is_cut_off(data) else "it begins like an image, but is damaged"
    if start.translate(None, CONTROL_CHARACTERS) == start:
        return "it is text, not an image"
    return "it is not an image, or of an unknown format"


def described_damage(error: Exception, data: bytes) -> str:
    """Return the reason why decoding `data` failed with `error`."""
    message = str(error)
    signs = ("truncated", "cut off", "unexpected end", "end of")
    if _is_cut_off(data) or any(sign in message.lower() for sign in signs):
        return CUT_OFF
    if "MAX_TEXT" in message:
        return "it holds too much text or too large a color profile; save it without"
    return f"it is damaged ({message})" if message else "it is damaged"


def _is_cut_off(data: bytes) -> bool:
    """Tell whether an image file that cannot be decoded says that there should be more of it."""
    if data.startswith(JPEG):
        return b"\xff\xd9" not in data
    if data.startswith(PNG):
        return b"IEND" not in data
    if data.startswith(TIFF):
        return int.from_bytes(data[4:8], "little" if data[:1] == b"I" else "big") >= len(data)
    if _is_webp(data):
        return len(data) < 8 + int.from_bytes(data[4:8], "little")
    return data[4:8] == b"ftyp" and _ends_within_a_box(data)


def _is_webp(data: bytes) -> bool:
    return (data[:4], data[8:12]) == (b"RIFF", b"WEBP")


def _ends_within_a_box(data: bytes) -> bool:
    """Walk the boxes of an AVIF or HEIF file, each of which begins with its length."""
    position = 0
    while position < len(data):
        length = int.from_bytes(data[position : position + 4])
        if length < 8:  # the last one, or one with a longer field for its length
            return False
        position += length
    return position > len(data)


def _described_container(data: bytes) -> str:
    brand = data[8:12]
    if brand in HEIF_BRANDS:
        return "it is a HEIF photograph; install the package pillow-heif to read those"
    if brand in AVIF_BRANDS:
        return CUT_OFF if _is_cut_off(data) else "it is an AVIF image that cannot be decoded"
    return "it is a video file, not an image"
