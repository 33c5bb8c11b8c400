"""Which files browsers are sent as they lie, and what is made of the others."""

import io

import numpy as np
import pytest
from PIL import Image

from core.ingest import browser_pictures, images
from tests.core.ingest.odd_cases import COLORS, EXIF, NOTED, PIXELS
from tests.core.ingest.odd_images import (
    PHOTOGRAPH,
    STORED,
    encoded,
    exif,
    jpeg,
    png,
    scene,
    webp,
)

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")

CASES = {case.path.removeprefix("odd/"): case.content for case in PIXELS + COLORS + EXIF + NOTED}
AS_THEY_LIE = [
    *(f"turned by {orientation}.jpg" for orientation in range(1, 9)),
    "gray.jpg", "progressive.jpg", "display p3 as jpeg.jpg", "display p3, turned.jpg",
    "adobe rgb as jpeg.jpg", "color profile.jpg", "colors as they are.jpg", "palette.png",
    "16 bits of gray.png", "interlaced.png", "turned by 1.png", "turned by 1.webp",
    "with a preview behind.jpg", "a webp.JPEG",
]  # fmt: skip
NOT_AS_THEY_LIE = [
    *(f"turned by {orientation}.webp" for orientation in range(2, 9)),
    *(f"turned by {orientation}.png" for orientation in range(2, 9)),
    "turned by xmp.jpg", "cmyk.jpg", "ycck.jpg", "cmyk with a profile.jpg", "arithmetic.jpg",
    "damaged color profile.jpg", "gray with a profile.jpg", "display p3 as png.png",
    "brightness.png", "primaries.png", "high dynamic range.png", "transparency.png",
    "transparent palette.png", "one transparent color.png", "transparency.webp",
    "transparent.gif", "animated.gif", "animated.png", "animated.webp", "16 bits.tif",
    "an ordinary one.avif",
]  # fmt: skip


@pytest.mark.parametrize("name", AS_THEY_LIE)
def test_what_every_browser_shows_alike_is_sent_as_it_lies(name):
    data = CASES[name]
    assert browser_pictures.type_as_it_lies(data) == {
        "JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp",
    }[images.load(data, name).format]  # fmt: skip


@pytest.mark.parametrize("name", NOT_AS_THEY_LIE)
def test_what_browsers_show_by_rules_of_their_own_is_made_anew(name):
    assert browser_pictures.type_as_it_lies(CASES[name]) is None


def test_bytes_that_are_no_image_are_refused():
    for take in (browser_pictures.type_as_it_lies, browser_pictures.view):
        with pytest.raises(images.UnreadableImage, match="it is text"):
            take(b"no image at all")


def test_small_picture_keeps_every_pixel():
    data = webp(scene().transpose(STORED[6]), exif=exif(6))
    view = browser_pictures.view(data)
    assert browser_pictures.view_type(view) == "image/png"
    assert images.decode(view).tobytes() == images.decode(data).tobytes()


def test_larger_picture_hardly_differs():
    with Image.open(io.BytesIO(PHOTOGRAPH)) as image:
        photograph = image.resize((1000, 1500), Image.Resampling.BICUBIC)
    view = browser_pictures.view(encoded(photograph, "TIFF"))
    assert browser_pictures.view_type(view) == "image/jpeg"
    difference = np.asarray(images.decode(view), np.int16) - np.asarray(photograph, np.int16)
    assert np.abs(difference).mean() < 1.5


def test_very_large_picture_is_bounded_and_upright():
    side = 2 * browser_pictures.VIEW_SIZE
    stored = scene().transpose(STORED[6]).resize((side * 2 // 3, side), Image.Resampling.NEAREST)
    data = webp(stored, exif=exif(6))
    shown = images.decode(browser_pictures.view(data))
    assert max(shown.size) == browser_pictures.VIEW_SIZE
    expected = images.decode(data).resize(shown.size)
    assert np.abs(np.asarray(shown, np.int16) - np.asarray(expected, np.int16)).mean() < 1


def test_marker_of_arithmetic_coding_is_looked_for_in_the_head_alone():
    # Such bytes among the pixels, or in a comment, mean nothing.
    data = jpeg(comment=b"\xff\xc9\x00\x0b")
    assert browser_pictures.type_as_it_lies(data) == "image/jpeg"
    assert browser_pictures.type_as_it_lies(png()) == "image/png"
