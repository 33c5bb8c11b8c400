"""Masks that lie beside the images which they belong to: files of few gray levels, no items."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from core.ingest.files import UnreadableImage, path_inside, read_file
from core.ingest.images import opened

LOSSLESS = frozenset((".png", ".bmp", ".gif", ".tif", ".tiff", ".pgm", ".pbm", ".ppm"))
"""Endings of files whose gray levels are what somebody has drawn."""

WORDS = "masks?|segmentations?|seg|gt|ground[ _-]?truths?"
SUFFIX = re.compile(rf"[ _-]({WORDS})[ _-]?[0-9]*$", re.IGNORECASE)
FOLDER = re.compile(WORDS, re.IGNORECASE)

IMAGE_FOLDERS = ("images", "image", "imgs", "img")
"""Names of the tree of images beside one of masks."""

LEVELS = 32
"""The most colors of a mask; photographs have more."""

SAMPLE, SURE = 12, 0.9
"""Pairs that are opened, and the share of them that must be a mask and an image."""

PIXELS = 25_000_000


def mask_pairs(paths: Sequence[str]) -> dict[str, str]:
    """Return the image of each path that is, by its name, the mask of another.

    A mask has the stem of a JPEG, or that of an image and a word such as
    ``_mask``, or lies in a folder of that name beside the images.

    Examples
    --------
    >>> mask_pairs(["cat/1.jpg", "cat/1.png", "cat/2.png", "cat/2_mask.png"])
    {'cat/1.png': 'cat/1.jpg', 'cat/2_mask.png': 'cat/2.png'}
    """
    if not any(path.lower().endswith(tuple(LOSSLESS)) for path in paths):
        return {}
    known = [PurePosixPath(path) for path in paths]
    beside, across = defaultdict(list), defaultdict(list)
    for path in known:
        beside[(path.parent, path.stem)].append(path)
        across[(path.parent.parent, path.stem)].append(path)
    pairs = {}
    for path in known:
        if path.suffix.lower() not in LOSSLESS:
            continue
        image = _image_of(path, beside, across)
        if image is not None:
            pairs[str(path)] = str(image)
    return pairs


Index = Mapping[tuple[PurePosixPath, str], list[PurePosixPath]]


def _image_of(path: PurePosixPath, beside: Index, across: Index) -> PurePosixPath | None:
    lossy = [
        one
        for one in beside[(path.parent, path.stem)]
        if one != path and one.suffix.lower() not in LOSSLESS
    ]
    if lossy:
        return lossy[0]
    stem = SUFFIX.sub("", path.stem)
    if stem != path.stem and (found := beside.get((path.parent, stem))):
        return found[0]
    if FOLDER.fullmatch(path.parent.name):
        for one in across.get((path.parent.parent, stem), []):
            if one.parent != path.parent:
                return one
    return _mirrored(path, stem, beside)


def _mirrored(path: PurePosixPath, stem: str, beside: Index) -> PurePosixPath | None:
    """Return the image of a mask in a tree of masks: ``masks/cat/1.png`` of ``cat/1.png``."""
    parts = path.parent.parts
    for at, part in enumerate(parts):
        if FOLDER.fullmatch(part):
            for instead in ((), *((name,) for name in IMAGE_FOLDERS)):
                folder = PurePosixPath(*parts[:at], *instead, *parts[at + 1 :])
                if found := beside.get((folder, stem)):
                    return found[0]
    return None


def are_masks(root: Path, pairs: Mapping[str, str], roots: Sequence[Path] = ()) -> bool:
    """Tell, from a sample, whether what is called like masks holds few gray levels, unlike images.

    Parameters
    ----------
    root : Path
        The folder of the paths.
    pairs : mapping of str to str
        See `mask_pairs`.
    roots : sequence of Path
        Further folders that links may lead to.
    """
    masks = sorted(pairs)
    sample = masks[:: max(1, len(masks) // SAMPLE)][:SAMPLE]
    hits = [_has_few(root, mask, roots) is True and _has_few(root, pairs[mask], roots) is False
            for mask in sample]  # fmt: skip
    return bool(hits) and sum(hits) >= SURE * len(hits)


def _has_few(root: Path, path: str, roots: Sequence[Path]) -> bool | None:
    """Tell whether an image has few colors; None where it cannot be read."""
    try:
        with opened(read_file(path_inside(root, path, roots)).data) as image:
            if image.width * image.height > PIXELS:
                return None
            plain = image.convert("RGB") if image.mode not in ("1", "L", "P", "RGB") else image
            return plain.getcolors(LEVELS) is not None
    except (UnreadableImage, OSError, SyntaxError, ValueError):
        return None
