"""Odd pictures: what is found of each kind, and that what all pictures have is odd in none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from core.findings import FINDINGS, examine
from core.findings.pixel_table import PixelTable
from core.ingest.pixel_measures import measured
from core.neighbors import nearest
from tests.core.findings.making import items, scattered

PIXEL_KINDS = [
    "blanks", "too-dark", "too-bright", "blurs", "uninformative",
    "odd-shapes", "odd-sizes", "grays",
]  # fmt: skip


def photograph(seed: int, size: tuple[int, int] = (120, 90)) -> Image.Image:
    """Something with the colors, the contrast and the edges of a photograph."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (9, 12, 3), dtype=np.uint8))
    image = coarse.resize(size, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(image)
    for _ in range(6):
        x, y = rng.integers(0, size[0] - 20), rng.integers(0, size[1] - 20)
        color = tuple(int(level) for level in rng.integers(0, 256, 3))
        draw.rectangle((x, y, x + 20, y + 15), fill=color)
    return image


PHOTOGRAPHS = [photograph(seed) for seed in range(40)]


def looked_at(images, labels=None):
    rows = [
        {"width": image.width, "height": image.height} | measured(image)._asdict()
        for image in images
    ]
    graph = nearest(scattered(len(images)), 5)
    return examine(items(len(images), labels), graph, PixelTable.of(rows, len(rows)))


def found(kind: str, images, labels=None) -> set[int]:
    findings = FINDINGS[kind].find(looked_at(images, labels))
    return {int(row) for finding in findings for row in finding.rows}


def card(_: Image.Image) -> Image.Image:
    image = Image.new("RGB", (120, 90), (238, 238, 238))
    ImageDraw.Draw(image).text((20, 40), "Image not found", fill=(110, 110, 110))
    return image


def stripe(_: Image.Image) -> Image.Image:
    image = Image.new("RGB", (120, 90), (90, 90, 90))
    ImageDraw.Draw(image).rectangle((0, 0, 40, 90), fill=(120, 110, 100))
    return image


CHANGES = {
    "blanks": card,
    "too-dark": lambda image: ImageEnhance.Brightness(image).enhance(0.2),
    "too-bright": lambda image: image.point(lambda level: 205 + level // 5),
    "blurs": lambda image: image.filter(ImageFilter.GaussianBlur(8)),
    "uninformative": stripe,
    "odd-shapes": lambda image: image.resize((400, 30)),
    "odd-sizes": lambda image: image.resize((16, 12)),
    "grays": lambda image: image.convert("L").convert("RGB"),
}


@pytest.mark.parametrize("kind", PIXEL_KINDS)
def test_the_odd_picture_is_found_and_no_other(kind: str) -> None:
    assert found(kind, [*PHOTOGRAPHS, CHANGES[kind](photograph(99))]) == {40}
    assert found(kind, PHOTOGRAPHS) == set()


@pytest.mark.parametrize("kind", PIXEL_KINDS)
def test_what_all_pictures_have_is_odd_in_none(kind: str) -> None:
    assert found(kind, [CHANGES[kind](image) for image in PHOTOGRAPHS]) == set()


def test_of_what_an_earlier_version_has_read_nothing_is_said() -> None:
    examined = examine(items(30), nearest(scattered(30)))
    names = [*PIXEL_KINDS, "class-marks"]
    assert [FINDINGS[name].find(examined) for name in names] == [[]] * len(names)


# -- marks of one class ------------------------------------------------------------------------

LABELS = [0] * 20 + [1] * 20


def marked(image: Image.Image) -> Image.Image:
    image = image.copy()
    ImageDraw.Draw(image).rectangle((84, 76, 114, 86), fill="white", outline="black")
    return image


MARKS = {
    "white border": lambda image: ImageOps.expand(image, 6, "white"),
    "111 x 83 pixels": lambda image: image.resize((111, 83)),
    "the same mark at the bottom right": marked,
}


@pytest.mark.parametrize("note", MARKS)
def test_a_mark_of_one_class_is_found_with_its_name(note: str) -> None:
    sizes = np.random.default_rng(0).integers(0, 30, (40, 2)) + np.array([120, 90])
    varied = [im.resize(tuple(size)) for im, size in zip(PHOTOGRAPHS, sizes.tolist(), strict=True)]
    images = PHOTOGRAPHS if "mark" in note else varied
    images = [MARKS[note](im) if label else im for im, label in zip(images, LABELS, strict=True)]
    (finding,) = FINDINGS["class-marks"].find(looked_at(images, LABELS))
    assert set(finding.rows.tolist()) <= set(range(20, 40))
    assert len(finding.rows) >= 15
    assert finding.note.startswith(note)


@pytest.mark.parametrize("note", MARKS)
def test_what_two_classes_have_gives_no_label_away(note: str) -> None:
    images = [MARKS[note](image) for image in PHOTOGRAPHS]
    assert found("class-marks", images, LABELS) == set()


# -- measures ----------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 900), st.integers(1, 900), st.integers(0, 99))
def test_pictures_of_any_size_are_measured(width: int, height: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    image = Image.fromarray(rng.integers(0, 256, (height, width, 3), dtype=np.uint8))
    measures = measured(image)
    assert len(measures.sketch) == 288
    assert measures.p01 <= measures.p05 <= measures.p95 <= measures.p99
    assert 0 <= measures.entropy <= 8
    assert 0 < measures.flat <= 1
    assert all(0 <= side <= 1 for side in (measures.top, measures.bottom, measures.left))


def test_a_border_is_measured_on_each_side() -> None:
    image = ImageOps.expand(photograph(0), (12, 9, 6, 3), "black")
    measures = measured(image)
    sides = (measures.left, measures.top, measures.right, measures.bottom)
    shares = (12 / image.width, 9 / image.height, 6 / image.width, 3 / image.height)
    assert sides == pytest.approx(shares, abs=0.02)
    assert measures.edge < 12
