import io

import numpy as np
import pytest
from PIL import Image

from core.demo import DEMO
from core.embedding.backbone import load_backbone
from core.ingest import images
from core.ingest.images import UnreadableImage
from tests.core.ingest.odd_images import (
    PHOTOGRAPH,
    QUARTERS,
    SIZE,
    STORED,
    encoded,
    exif,
    jpeg,
    mpo,
    noise,
    plain,
    png,
    png_of,
    scene,
)

# -- files that cannot be used -----------------------------------------------------------------


def test_text_is_told():
    with pytest.raises(UnreadableImage, match="it is text, not an image"):
        images.load(b"no image at all", "a.jpg")


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_truncated_photograph_is_told(share):
    with pytest.raises(UnreadableImage, match="the file is cut off; its end is missing"):
        images.load(PHOTOGRAPH[: int(len(PHOTOGRAPH) * share)], "a.jpg")


def test_damaged_png_is_told():
    data = bytearray(png(noise()))
    data[len(data) // 2] ^= 0xFF
    with pytest.raises(UnreadableImage, match="it is damaged"):
        images.decode(bytes(data))


def test_image_too_large_to_decode_is_told():
    with pytest.raises(UnreadableImage, match="it has too many pixels"):
        images.decode(png_of(20_000, 20_000, 1, 0, b""))


# -- what comes out of a decoder ---------------------------------------------------------------


def test_photograph_is_loaded_with_what_is_known_of_it():
    picture = images.load(PHOTOGRAPH, "a.jpg")
    assert picture.image.mode == "RGB"
    assert picture.format == "JPEG"
    assert (picture.width, picture.height) == picture.image.size
    assert picture.note is None


def test_format_is_that_of_the_content_and_not_of_the_name():
    picture = images.load(png(), "folder.png/a.JPG")
    assert picture.format == "PNG"
    assert picture.note == "it is a PNG file, though its name ends in .jpg"


@pytest.mark.parametrize("name", ["a", "a.picture", "a.jpg.", "folder.jpg/a"])
def test_name_without_an_ending_of_images_belies_nothing(name):
    assert images.load(png(), name).note is None


def test_every_ending_of_a_format_suits_it():
    for ending in (".jpg", ".jpeg", ".jpe", ".jfif", ".JPG"):
        assert images.load(jpeg(), f"a{ending}").note is None


def test_transparency_is_laid_on_white():
    image = plain((2, 1), "RGBA", (255, 0, 0, 0))
    image.putpixel((1, 0), (255, 0, 0, 255))
    decoded = images.decode(png(image))
    assert [decoded.getpixel((x, 0)) for x in (0, 1)] == [(255, 255, 255), (255, 0, 0)]


def test_half_transparent_black_on_white_is_gray():
    decoded = images.decode(png(plain((1, 1), "RGBA", (0, 0, 0, 128))))
    assert decoded.getpixel((0, 0)) == (127, 127, 127)


def test_gray_with_transparency_is_laid_on_white():
    decoded = images.decode(png(plain((1, 1), "LA", (0, 0))))
    assert decoded.getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize(("options", "color"), [({}, (9, 8, 7)), ({"transparency": 0}, (255,) * 3)])
def test_palette_becomes_its_colors(options, color):
    image = plain((1, 1), "P")
    image.putpalette([9, 8, 7])
    assert images.decode(png(image, **options)).getpixel((0, 0)) == color


def test_cmyk_becomes_rgb():
    decoded = images.decode(jpeg(plain((8, 8), "CMYK", (0, 0, 0, 0))))
    assert decoded.mode == "RGB"
    assert min(decoded.getpixel((0, 0))) > 250


def test_black_and_white_becomes_rgb():
    assert images.decode(png(plain((1, 1), "1", 1))).getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("values", "format"),
    [
        (np.array([[0, 32768, 65535]], dtype=np.uint16), "PNG"),
        (np.array([[0.0, 0.5, 1.0]], dtype=np.float32), "TIFF"),
    ],
)
def test_deep_gray_keeps_its_shades(values, format):
    decoded = images.decode(encoded(Image.fromarray(values), format))
    assert [decoded.getpixel((x, 0)) for x in range(3)] == [(0,) * 3, (128,) * 3, (255,) * 3]


def test_first_frame_of_an_animation_is_taken():
    frames = [plain((2, 2), color=color) for color in ("red", "blue")]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert images.decode(data).getpixel((0, 0)) == (255, 0, 0)
    assert images.load(data, "a.gif").note == "it has several frames; the first is used"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photograph_is_turned_upright(orientation):
    upright = Image.fromarray(
        np.random.default_rng(0).integers(256, size=(8, 12, 3), dtype=np.uint8)
    )
    stored = upright.transpose(STORED[orientation]) if orientation in STORED else upright
    data = png(stored, exif=exif(orientation))
    np.testing.assert_array_equal(np.asarray(images.decode(data)), np.asarray(upright))
    picture = images.load(data, "a.png")
    np.testing.assert_array_equal(np.asarray(picture.image), np.asarray(upright))
    assert (picture.width, picture.height) == (12, 8)


# -- large photographs -------------------------------------------------------------------------

SOME = ("0000", "0320", "0960", "1120")
"""Photographs; of those looked at, they differ most when they are reduced."""


def enlarged(name, least):
    """A photograph from a camera with many pixels: JPEG bytes, the shorter side `least` long."""
    with Image.open(DEMO / "images" / f"{name}.jpg") as image:
        scale = least / min(image.size)
        size = [round(side * scale) for side in image.size]
        large = image.convert("RGB").resize(size, Image.Resampling.BICUBIC)
    return encoded(large, "JPEG", quality=90)


@pytest.fixture(scope="module")
def inputs():
    """Inputs of the bundled network: of photographs decoded at a reduced scale, and in full."""
    data = [enlarged(name, least) for name in SOME for least in (1400, 2600, 3001)]
    reduced = [images.load(one, "a.jpg").image for one in data]
    full = [images.decode(one) for one in data]
    assert all(few.width * 2 <= many.width + 1 for few, many in zip(reduced, full, strict=True))
    return [np.stack([images.network_input(i, 224, 224) for i in some]) for some in (reduced, full)]


def test_reduced_scale_hardly_changes_the_input_of_a_network(inputs):
    reduced, full = inputs
    differences = np.abs(reduced.astype(np.int16) - full).mean(axis=(1, 2, 3))
    assert differences.max() < 0.6


def test_reduced_scale_hardly_changes_an_embedding(inputs):
    engine = load_backbone().engine
    reduced, full = (
        np.stack([engine.run(pixels[None]).embeddings[0] for pixels in some]).astype(np.float64)
        for some in inputs
    )
    cosines = (reduced * full).sum(axis=1)
    cosines /= np.linalg.norm(reduced, axis=1) * np.linalg.norm(full, axis=1)
    assert cosines.min() > 0.999


@pytest.mark.parametrize("format", ["JPEG", "MPO"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_size_of_a_large_photograph_is_that_of_the_file(format, orientation):
    large = scene().resize((2402, 1602), Image.Resampling.NEAREST)
    stored = large.transpose(STORED[orientation]) if orientation in STORED else large
    options = {"save_all": True, "append_images": [plain((9, 9))]} if format == "MPO" else {}
    data = encoded(stored, format, exif=exif(orientation), **options)
    picture = images.load(data, "a.jpg")
    assert (picture.width, picture.height) == (2402, 1602)
    assert picture.image.size == (1201, 801)
    assert (picture.format, picture.note) == ("JPEG", None)
    for (x, y), color in QUARTERS.items():
        found = picture.image.getpixel((x * 25, y * 25))
        np.testing.assert_allclose(found, color, atol=8)


def test_both_sides_of_a_reduced_photograph_suffice():
    picture = images.load(jpeg(plain((9000, 1400))), "a.jpg")
    assert picture.image.size == (4500, 700)


# -- what is made of it ------------------------------------------------------------------------


def opened(thumbnail):
    with Image.open(io.BytesIO(thumbnail)) as image:
        image.load()
        return image


@pytest.mark.parametrize("size", [(1000, 10), (10, 1000), (300, 300), (5000, 1)])
def test_thumbnail_fits(size):
    small = opened(images.thumbnail(plain(size)))
    assert (small.format, small.mode) == ("JPEG", "RGB")
    assert max(small.size) == images.THUMBNAIL_SIZE
    assert min(small.size) >= 1


def test_thumbnail_of_a_small_image_is_not_enlarged():
    assert opened(images.thumbnail(plain((20, 10)))).size == (20, 10)


def test_thumbnail_leaves_the_image_as_it_was():
    image = plain((1000, 1000))
    images.thumbnail(image)
    assert image.size == (1000, 1000)


@pytest.mark.parametrize("data", [PHOTOGRAPH, jpeg(), jpeg(scene("L")), jpeg(plain((384, 384)))])
def test_small_plain_jpeg_is_its_own_thumbnail(data):
    assert images.load(data, "a.jpg").thumbnail == data


XMP = b'<rdf:Description tiff:Orientation="6"/>'
NOT_PLAIN = {
    "more pixels": jpeg(plain((385, 20))),
    "more bytes": jpeg(plain((300, 300))) + bytes(images.SMALL_BYTES),
    "EXIF data": jpeg(exif=exif(1)),
    "turned": jpeg(scene().transpose(STORED[6]), exif=exif(6)),
    "turned by XMP": jpeg(scene().transpose(STORED[6]), xmp=XMP),
    "CMYK": jpeg(scene("CMYK")),
    "two pictures": mpo(save_all=True, append_images=[plain(SIZE)]),
    "PNG": png(),
    "GIF": encoded(scene(), "GIF"),
}


@pytest.mark.parametrize("data", NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_any_other_file_gets_a_thumbnail_of_its_own(data):
    picture = images.load(data, "a.jpg")
    small = opened(picture.thumbnail)
    assert picture.thumbnail != data
    assert (small.format, small.mode) == ("JPEG", "RGB")
    assert max(small.size) <= images.THUMBNAIL_SIZE
    assert not small.getexif()
    if small.size == SIZE:
        for place, color in QUARTERS.items():
            np.testing.assert_allclose(small.getpixel(place), color, atol=12)


@pytest.mark.parametrize("size", [(640, 480), (1, 1), (200, 300), (3, 900)])
def test_network_input_is_bytes_of_the_size_wanted(size):
    pixels = images.network_input(plain(size, color=(10, 20, 30)), 200, 300)
    assert (pixels.shape, pixels.dtype) == ((200, 300, 3), np.uint8)
    assert (pixels == [10, 20, 30]).all()
