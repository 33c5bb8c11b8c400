"""Copies are told by their pixels; where there are none, by nearly identical embeddings."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from core.findings import FINDINGS, examine
from core.findings.alignment import agreement, contrast, refine, search
from core.findings.pixel_table import PixelTable
from core.findings.verified_copies import find_copies
from core.ingest.images import thumbnail
from core.ingest.pixel_measures import measured
from core.neighbors import nearest
from tests.core.findings.making import items, scattered, with_copies
from tests.core.findings.test_pixel_findings import photograph


def jpeg(image: Image.Image, quality: int) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(io.BytesIO(file.getvalue())).convert("RGB")


def cut(image: Image.Image, left: float, top: float, share: float) -> Image.Image:
    width, height = image.size
    box = (left * width, top * height, (left + share) * width, (top + share) * height)
    return image.crop(tuple(round(edge) for edge in box))


ORIGINALS = [photograph(seed, (240, 180)) for seed in range(60)]
CHANGES = {
    "JPEG": lambda image: jpeg(image, 15),
    "half": lambda image: image.resize((120, 90)),
    "gray": lambda image: image.convert("L").convert("RGB"),
    "mirrored": ImageOps.mirror,
    "brighter": lambda image: image.point(lambda level: min(255, level * 5 // 4)),
    "crop": lambda image: cut(image, 0.1, 0.15, 0.8),
    "mirrored crop": lambda image: ImageOps.mirror(cut(image, 0.0, 0.1, 0.85)),
}


def table_of(images) -> PixelTable:
    rows = [
        {"width": image.width, "height": image.height} | measured(image)._asdict()
        for image in images
    ]
    return PixelTable.of(rows, len(rows))


def copies_among(images, rows):
    thumbnails = [thumbnail(image) for image in images]
    return find_copies(nearest(rows), table_of(images), thumbnails.__getitem__)


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_copy_is_verified(change: str) -> None:
    images = [*ORIGINALS, CHANGES[change](ORIGINALS[7])]
    # Farther than its embedding alone would tell.
    rows = with_copies(60, [7], noise=0.08)
    copies = copies_among(images, rows)
    assert copies.pairs.tolist() == [[7, 60]]
    assert copies.is_verified.all()


def test_nearly_identical_embeddings_of_other_pictures_are_no_copies() -> None:
    images = [*ORIGINALS, photograph(99, (240, 180))]
    rows = with_copies(60, [7])
    assert len(find_copies(nearest(rows), PixelTable.empty(61), lambda row: None).pairs) == 1
    assert len(copies_among(images, rows).pairs) == 0


def test_another_color_is_another_picture() -> None:
    red, blue = (ImageOps.colorize(ORIGINALS[7].convert("L"), "black", c) for c in ("red", "blue"))
    images = [*ORIGINALS[:7], red, *ORIGINALS[8:], blue]
    assert len(copies_among(images, with_copies(60, [7])).pairs) == 0
    images[60] = red
    assert len(copies_among(images, with_copies(60, [7])).pairs) == 1


def test_a_copy_is_found_though_its_embedding_is_no_neighbor() -> None:
    images = [*ORIGINALS, jpeg(ORIGINALS[7], 30)]
    assert copies_among(images, scattered(61)).pairs.tolist() == [[7, 60]]


def test_findings_say_what_tells_a_copy() -> None:
    images = [*ORIGINALS, jpeg(ORIGINALS[7], 30), ORIGINALS[8]]
    graph = nearest(with_copies(60, [7, 8]))
    thumbnails = [thumbnail(image) for image in images]
    seen = examine(items(62), graph, table_of(images), thumbnails.__getitem__)
    unseen = examine(items(62), graph)
    for examined, is_similar in ((seen, False), (unseen, True)):
        found = FINDINGS["duplicates"].find(examined)
        assert sorted(finding.rows.tolist() for finding in found) == [[7, 60], [8, 61]]
        assert all((finding.is_similar == is_similar).all() for finding in found)


def test_items_that_were_measured_and_lost_their_thumbnails_are_told_by_embeddings() -> None:
    images = [*ORIGINALS, jpeg(ORIGINALS[7], 30)]
    copies = find_copies(nearest(with_copies(60, [7])), table_of(images), lambda row: None)
    assert copies.pairs.tolist() == [[7, 60]]
    assert not copies.is_verified.any()


# -- alignment ---------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 50), st.floats(0.65, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_crop_is_placed_where_it_was_cut(seed, share, across, down) -> None:
    whole = np.asarray(photograph(seed, (240, 240)).convert("L"), np.float32)
    left, top = round(across * (1 - share) * 240), round(down * (1 - share) * 240)
    side = round(share * 240)
    part = whole[top : top + side, left : left + side]
    small, cropped = (
        np.asarray(Image.fromarray(one).resize((64, 64), Image.Resampling.BOX))[None]
        for one in (whole, part)
    )
    coarse = [contrast(one.reshape(1, 16, 4, 16, 4).mean((2, 4)), 3) for one in (small, cropped)]
    placed = search(*coarse)
    placed = refine(small, cropped, placed.windows, 16)
    placed = refine(small, cropped, placed.windows, 32)
    assert placed.scores[0] > 0.9
    truth = np.array([side, top, side, left]) / 240
    assert placed.windows[0] == pytest.approx(truth, abs=0.02)


@given(st.integers(0, 30), st.floats(0.3, 1), st.integers(-40, 40))
def test_agreement_knows_no_brightness(seed: int, factor: float, shift: int) -> None:
    levels = np.random.default_rng(seed).uniform(0, 255, (1, 16, 16)).astype(np.float32)
    other = (factor * levels + shift).astype(np.float32)
    assert agreement(contrast(levels), contrast(other))[0] > 0.99


def test_flat_pictures_agree_with_nothing() -> None:
    flat = np.random.default_rng(0).normal(128, 0.1, (2, 16, 16)).astype(np.float32)
    assert agreement(contrast(flat[:1]), contrast(flat[:1]))[0] < 0.1
