import io

import numpy as np
import pytest
from PIL import Image

from core import images
from core.demo import DEMO
from core.images import UnreadableImage

PHOTOGRAPH = DEMO / "images" / "0000.jpg"


def encoded(image, format="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def pixel(image, x=0, y=0):
    return image.getpixel((x, y))


# -- files that cannot be used -----------------------------------------------------------------


def test_missing_file_is_told(tmp_path):
    with pytest.raises(UnreadableImage, match="the file is missing"):
        images.load(tmp_path / "missing.jpg")


def test_empty_file_is_told(tmp_path):
    (tmp_path / "a.jpg").touch()
    with pytest.raises(UnreadableImage, match="the file is empty"):
        images.load(tmp_path / "a.jpg")


def test_folder_is_told(tmp_path):
    with pytest.raises(UnreadableImage, match="it is a folder"):
        images.load(tmp_path)


def test_text_is_told(tmp_path):
    (tmp_path / "a.jpg").write_text("no image at all")
    with pytest.raises(UnreadableImage, match="it is not an image"):
        images.load(tmp_path / "a.jpg")


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_truncated_photograph_is_told(tmp_path, share):
    data = PHOTOGRAPH.read_bytes()
    (tmp_path / "a.jpg").write_bytes(data[: int(len(data) * share)])
    with pytest.raises(UnreadableImage, match=r"damaged|not an image"):
        images.load(tmp_path / "a.jpg")


def test_damaged_png_is_told():
    data = bytearray(encoded(Image.effect_noise((64, 64), 50)))
    data[len(data) // 2] ^= 0xFF
    with pytest.raises(UnreadableImage, match="it is damaged"):
        images.decode(bytes(data))


def test_image_too_large_to_decode_is_told():
    header = encoded(Image.new("1", (20_000, 20_000)))
    with pytest.raises(UnreadableImage, match="it is too large"):
        images.decode(header)


# -- what comes out of a decoder ---------------------------------------------------------------


def test_photograph_is_loaded_with_what_is_known_of_it():
    picture = images.load(PHOTOGRAPH)
    assert picture.image.mode == "RGB"
    assert picture.format == "JPEG"
    assert (picture.width, picture.height) == picture.image.size
    assert picture.content_hash == images.content_hash(PHOTOGRAPH.read_bytes())
    assert len(picture.content_hash) == 32


def test_format_is_that_of_the_content_and_not_of_the_name(tmp_path):
    (tmp_path / "a.jpg").write_bytes(encoded(Image.new("RGB", (2, 2))))
    assert images.load(tmp_path / "a.jpg").format == "PNG"


def test_transparency_is_laid_on_white():
    image = Image.new("RGBA", (2, 1), (255, 0, 0, 0))
    image.putpixel((1, 0), (255, 0, 0, 255))
    decoded = images.decode(encoded(image))
    assert [pixel(decoded, x) for x in (0, 1)] == [(255, 255, 255), (255, 0, 0)]


def test_half_transparent_black_on_white_is_grey():
    decoded = images.decode(encoded(Image.new("RGBA", (1, 1), (0, 0, 0, 128))))
    assert pixel(decoded) == (127, 127, 127)


def test_grey_with_transparency_is_laid_on_white():
    assert pixel(images.decode(encoded(Image.new("LA", (1, 1), (0, 0))))) == (255, 255, 255)


def test_palette_becomes_its_colours():
    image = Image.new("P", (1, 1))
    image.putpalette([10, 20, 30])
    assert pixel(images.decode(encoded(image))) == (10, 20, 30)


def test_transparent_palette_colour_is_white():
    image = Image.new("P", (1, 1))
    image.putpalette([10, 20, 30])
    assert pixel(images.decode(encoded(image, transparency=0))) == (255, 255, 255)


def test_cmyk_becomes_rgb():
    decoded = images.decode(encoded(Image.new("CMYK", (8, 8), (0, 0, 0, 0)), "JPEG"))
    assert decoded.mode == "RGB"
    assert min(pixel(decoded)) > 250


def test_black_and_white_becomes_rgb():
    assert pixel(images.decode(encoded(Image.new("1", (1, 1), 1)))) == (255, 255, 255)


def test_sixteen_bit_grey_keeps_its_shades():
    values = np.array([[0, 32768, 65535]], dtype=np.uint16)
    decoded = images.decode(encoded(Image.fromarray(values)))
    assert [pixel(decoded, x) for x in range(3)] == [(0,) * 3, (128,) * 3, (255,) * 3]


def test_float_grey_keeps_its_shades():
    values = np.array([[0.0, 0.5, 1.0]], dtype=np.float32)
    decoded = images.decode(encoded(Image.fromarray(values), "TIFF"))
    assert [pixel(decoded, x)[0] for x in range(3)] == [0, 128, 255]


def test_first_frame_of_an_animation_is_taken():
    frames = [Image.new("RGB", (2, 2), colour) for colour in ("red", "blue")]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert pixel(images.decode(data)) == (255, 0, 0)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photograph_is_turned_upright(orientation):
    upright = Image.effect_noise((12, 8), 50).convert("RGB")
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(undo[orientation]) if orientation in undo else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    decoded = images.decode(encoded(stored, exif=exif))
    np.testing.assert_array_equal(np.asarray(decoded), np.asarray(upright))


# -- what is made of it ------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(1000, 10), (10, 1000), (300, 300), (5000, 1)])
def test_thumbnail_fits(size):
    data = images.thumbnail(Image.new("RGB", size))
    with Image.open(io.BytesIO(data)) as small:
        assert small.format == "JPEG"
        assert max(small.size) == images.THUMBNAIL_SIZE
        assert min(small.size) >= 1


def test_thumbnail_of_a_small_image_is_not_enlarged():
    with Image.open(io.BytesIO(images.thumbnail(Image.new("RGB", (20, 10))))) as small:
        assert small.size == (20, 10)


def test_thumbnail_leaves_the_image_as_it_was():
    image = Image.new("RGB", (1000, 1000))
    images.thumbnail(image)
    assert image.size == (1000, 1000)


@pytest.mark.parametrize("size", [(640, 480), (1, 1), (224, 224), (3, 900)])
def test_network_input_is_a_square_of_bytes(size):
    pixels = images.network_input(Image.new("RGB", size, (10, 20, 30)), 224)
    assert (pixels.shape, pixels.dtype) == ((224, 224, 3), np.uint8)
    assert (pixels == [10, 20, 30]).all()


def test_same_bytes_have_the_same_hash_and_others_another():
    assert images.content_hash(b"a") == images.content_hash(b"a") != images.content_hash(b"b")
