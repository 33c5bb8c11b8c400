"""Items that are crops of a file: how they are named, where they lie, what their content is.

A crop's path is that of its file, ``#``, and its region: ``img/1.jpg#12,40,200,120``. So its id
depends on nothing but the file's path and the box: it stays whatever annotations are added,
removed, renumbered or relabeled. Boxes of one image that have the same region, under different
labels, are told apart by their order: ``img/1.jpg#12,40,200,120,2``.

Regions are in pixels as they are stored in the file, before its EXIF orientation is applied: that
is what annotation formats state the size of an image in, and what most training code reads.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import Any

Region = tuple[int, int, int, int]
"""Left, top, width and height in pixels."""

MARGIN = 0.1
"""The share of a box's width and height that is shown and embedded beyond each side of it."""

SEPARATOR = "#"
MOST_PIXELS = 10**9


class BoxFault(ValueError):
    """A box that is none; the message is the reason."""


def region_of(left: float, top: float, right: float, bottom: float) -> Region:
    """Return the region between edges, to whole pixels; a thin box keeps one pixel.

    Parameters
    ----------
    left, top, right, bottom : float
        Edges in pixels, from the image's left upper corner.

    Raises
    ------
    BoxFault
        When they are no numbers, or leave nothing between them.

    Examples
    --------
    >>> region_of(10.2, 20, 110.1, 50.7)
    (10, 20, 100, 31)
    >>> region_of(0, 0, 5, 0)
    Traceback (most recent call last):
    core.ingest.crops.BoxFault: no width or height
    """
    if not all(abs(edge) < MOST_PIXELS for edge in (left, top, right, bottom)):  # NaN is not
        raise BoxFault("no numbers of pixels")
    if right <= left or bottom <= top:
        raise BoxFault("no width or height")
    x, y, beyond, below = (math.floor(edge + 0.5) for edge in (left, top, right, bottom))
    return x, y, max(beyond - x, 1), max(below - y, 1)


def crop_path(file: str, region: Region, nth: int = 1) -> str:
    """Return the path of the item that is the region of a file, the nth of that region.

    Examples
    --------
    >>> crop_path("img/1.jpg", (12, 40, 200, 120))
    'img/1.jpg#12,40,200,120'
    """
    return f"{file}{SEPARATOR}{','.join(map(str, region if nth == 1 else (*region, nth)))}"


def file_path(path: str, region: Sequence[int] | None) -> str:
    """Return the path of the file that an item lies in; only here is it taken from the item's.

    Parameters
    ----------
    path : str
        The item's.
    region : sequence of int or None
        None where the item is the whole file.

    Examples
    --------
    >>> file_path("a#1.jpg#12,40,200,120", (12, 40, 200, 120))
    'a#1.jpg'
    >>> file_path("a#1.jpg", None)
    'a#1.jpg'
    """
    return path if region is None else path.rpartition(SEPARATOR)[0]


def file_of(item: Mapping[str, Any]) -> str:
    """Return the path of the file of a row of the store that has ``path`` and ``region``."""
    return file_path(item["path"], item["region"])


def crop_hash(file_hash: str, region: Sequence[int] | None) -> str:
    """Return the content hash of an item: of the file's bytes and the region, where it has one.

    Parameters
    ----------
    file_hash : str
        Of the file's bytes.
    region : sequence of int or None
    """
    if region is None:
        return file_hash
    text = crop_path(file_hash, (region[0], region[1], region[2], region[3]))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def inside(region: Sequence[int], size: tuple[int, int]) -> Region | None:
    """Return the part of a region that lies in an image of `size`; None where none does.

    Examples
    --------
    >>> inside((-5, 10, 20, 200), (100, 80))
    (0, 10, 15, 70)
    """
    left, top = max(region[0], 0), max(region[1], 0)
    right, bottom = min(region[0] + region[2], size[0]), min(region[1] + region[3], size[1])
    return (left, top, right - left, bottom - top) if right > left and bottom > top else None


def with_margin(region: Region, size: tuple[int, int]) -> Region:
    """Return a region of an image of `size` with `MARGIN` around it, as far as there is image.

    Examples
    --------
    >>> with_margin((10, 0, 50, 40), (63, 100))
    (5, 0, 58, 44)
    """
    left, top, width, height = region
    beside, above = round(MARGIN * width), round(MARGIN * height)
    wider = inside(
        (left - beside, top - above, width + 2 * beside, height + 2 * above),
        size,
    )
    assert wider is not None
    return wider


def turned(region: Region, size: tuple[int, int], orientation: int) -> Region:
    """Return where a region of the stored pixels lies once the image is upright.

    Parameters
    ----------
    region : tuple of int
    size : tuple of int
        Width and height as stored.
    orientation : int
        By EXIF, 1 to 8; others turn nothing.

    Examples
    --------
    >>> turned((10, 20, 30, 40), (100, 200), 6)  # its left upper corner becomes the right upper one
    (140, 10, 40, 30)
    """
    left, top, width, height = region
    right, below = size[0] - left - width, size[1] - top - height
    return {
        2: (right, top, width, height),
        3: (right, below, width, height),
        4: (left, below, width, height),
        5: (top, left, height, width),
        6: (below, left, height, width),
        7: (below, right, height, width),
        8: (top, right, height, width),
    }.get(orientation, region)
