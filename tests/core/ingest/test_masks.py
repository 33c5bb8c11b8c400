"""Masks beside images are told by name and by their gray levels, and left out."""

import io

import numpy as np
import pytest
from PIL import Image

from core.ingest.inspection import inspect
from core.ingest.masks import are_masks, mask_pairs
from core.ingest.questions import answered, questions
from core.ingest.readers import read_source, source_of
from tests.core.ingest.packing import picture, put


def mask(levels=2):
    values = np.arange(64).reshape(8, 8) % levels * (255 // levels)
    buffer = io.BytesIO()
    Image.fromarray(values.astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


LAYOUTS = {
    "same stem": ("{c}/Imgs/{n}.jpg", "{c}/Imgs/{n}.png"),
    "suffix": ("{c}/{c} ({n}).png", "{c}/{c} ({n})_mask.png"),
    "folder beside": ("{c}/images/{n}.png", "{c}/masks/{n}.png"),
    "tree beside": ("{c}/{n}.png", "masks/{c}/{n}.png"),
    "trees": ("images/{c}/{n}.png", "masks/{c}/{n}_mask.png"),
}


@pytest.fixture(params=LAYOUTS)
def source(request, tmp_path):
    files = {}
    for kind in ("cat", "dog"):
        for n in range(3):
            image, of_it = (name.format(c=kind, n=n) for name in LAYOUTS[request.param])
            files |= {image: picture(n, "PNG" if image.endswith("png") else "JPEG"), of_it: mask()}
    return put(tmp_path / "source", files)


def test_masks_are_left_out_and_said(source):
    """Layout 10."""
    found = inspect(source_of(source))
    assert (found.items, found.classes) == (6, {"cat": 3, "dog": 3})
    (note,) = [note for note in found.notes if "mask" in note]
    assert note.startswith("6 masks beside images (same name, few gray levels) left out, such as")
    assert found.left_out == {".png": 6}
    (question,) = [one for one in found.questions if one.name == "masks"]
    assert (question.proposed, question.needed) == ("leave-out", False)


def test_masks_are_images_where_somebody_says_so(source):
    given = source_of(source, answers={"masks": "read"})
    assert "masks" not in {question.name for question in questions(given)}
    assert len(read_source(given).records) == 12


def test_pairs_of_photographs_are_no_masks(tmp_path):
    files = {f"cat/{n}.{ending}": picture(n, kind) for n in range(3)
             for ending, kind in (("jpg", "JPEG"), ("png", "PNG"))}  # fmt: skip
    folder = put(tmp_path / "source", files | {"dog/1.jpg": picture()})
    assert len(mask_pairs([*files])) == 3
    assert not are_masks(folder, mask_pairs([*files]))
    assert len(read_source(answered(source_of(folder))).records) == 7


def test_drawings_of_few_colors_are_no_masks_of_each_other(tmp_path):
    files = {f"cat/{n}{ending}": mask() for n in range(3) for ending in (".png", "_mask.png")}
    folder = put(tmp_path / "source", files)
    assert not are_masks(folder, mask_pairs([*files]))


def test_photographs_in_jpeg_are_never_masks():
    assert mask_pairs(["cat/1.png", "cat/1_mask.jpg", "cat/1.jpeg", "cat/2.jpg"]) == {
        "cat/1.png": "cat/1.jpeg"
    }


def test_files_that_cannot_be_read_are_no_masks(tmp_path):
    folder = put(tmp_path / "source", {"cat/1.jpg": b"x", "cat/1.png": b"x"})
    assert not are_masks(folder, {"cat/1.png": "cat/1.jpg"})
