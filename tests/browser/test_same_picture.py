"""What is seen in full, seen small and embedded is one and the same picture."""

import base64

import numpy as np
import pytest
from PIL import Image

from core.ingest import browser_pictures, images
from tests.core.ingest.odd_cases import COLORS, DAMAGE, EXIF, NOTED, PIXELS

SHOWN = [case for case in PIXELS + COLORS + EXIF + NOTED + DAMAGE if case.reason is None]
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")

NEAR = 3
"""Levels of 255 by which two decoders of JPEG, or two sums with a color profile, may differ."""

# What a page paints of a picture: its size and its pixels, as they cover a red ground.
PAINTED = """async (source) => {
  const image = new Image()
  image.src = source
  await image.decode()
  const { naturalWidth: width, naturalHeight: height } = image
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  const paint = canvas.getContext('2d')
  paint.fillStyle = 'red'
  paint.fillRect(0, 0, width, height)
  paint.drawImage(image, 0, 0)
  const bytes = paint.getImageData(0, 0, width, height).data
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return [height, width, btoa(text)]
}"""


@pytest.fixture(scope="module")
def blank(chromium):
    page = chromium().new_page()
    yield page
    page.close()


def painted(page, data, media_type):
    source = f"data:{media_type};base64,{base64.b64encode(data).decode()}"
    height, width, pixels = page.evaluate(PAINTED, source)
    rgba = np.frombuffer(base64.b64decode(pixels), np.uint8).reshape(height, width, 4)
    return rgba[..., :3].astype(np.int16)


def full(data):
    """What the image route sends for the large picture."""
    media_type = browser_pictures.type_as_it_lies(data)
    if media_type:
        return data, media_type
    view = browser_pictures.view(data)
    return view, browser_pictures.view_type(view)


@pytest.mark.parametrize("case", SHOWN, ids=lambda case: case.path)
def test_large_picture_is_the_one_that_was_embedded(blank, tmp_path, case):
    case.write(tmp_path)
    data = (tmp_path / case.path).read_bytes()
    embedded = np.asarray(images.decode(data), dtype=np.int16)
    shown = painted(blank, *full(data))
    assert shown.shape == embedded.shape
    assert np.abs(shown - embedded).max() <= NEAR


@pytest.mark.parametrize("case", [c for c in SHOWN if c not in DAMAGE], ids=lambda case: case.path)
def test_thumbnail_is_the_picture_that_was_embedded(blank, tmp_path, case):
    case.write(tmp_path)
    picture = images.load((tmp_path / case.path).read_bytes(), case.path)
    small = painted(blank, picture.thumbnail, browser_pictures.JPEG)
    height, width = small.shape[:2]
    embedded = picture.image.resize((width, height), Image.Resampling.BICUBIC)
    difference = np.abs(small - np.asarray(embedded, dtype=np.int16)).mean()
    # A thumbnail is a JPEG, which blurs the colors of pixels beside each other.
    assert difference <= (8 if min(width, height) > 8 else 50)
