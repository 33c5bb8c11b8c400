"""Items of an array as pictures: which axis is what, and what values stand for black and white."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.ingest.records import Labels, SourceError, as_labels
from core.ingest.unpacker import Unpacker

LARGEST_ITEM = 200_000_000
"""Bytes of one item of an array."""

SAMPLE = 256
"""Items whose values tell what is black and what is white."""

CHANNELS = (1, 3, 4)
SQUARE_PLANES = (1, 3)


class ArrayImages:
    """Makes PNG files of the items of one array.

    Parameters
    ----------
    name : str
        Of the array, for errors.
    shape : tuple of int
        (n, h, w), (n, h, w, c), (n, c, h, w), or (n, c * s * s) of square images.
    dtype : numpy.dtype
        Numbers or truth values.

    Raises
    ------
    SourceError
        When these are no images.
    """

    def __init__(self, name: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        if dtype.hasobject:
            raise SourceError(f"{name} holds Python objects, which are never loaded.")
        if dtype.kind not in "buif" or math.prod(shape[1:]) * dtype.itemsize > LARGEST_ITEM:
            raise SourceError(f"{name} of {dtype} and shape {shape} holds no images.")
        self.count, self.dtype = shape[0], dtype
        self.item_shape = shape[1:]
        self._planes = _planes(name, shape)
        self._low, self._high = 0.0, 255.0

    @property
    def item_bytes(self) -> int:
        """Bytes of one item."""
        return math.prod(self.item_shape) * self.dtype.itemsize

    def read(self, file: IO[bytes]) -> Iterator[bytes]:
        """Yield a PNG of each item of the array, whose items follow in `file`."""
        left = self.count
        first = True
        while left:
            data = read_exactly(file, min(left, self._at_once()) * self.item_bytes)
            items = np.frombuffer(data, self.dtype).reshape(-1, *self.item_shape)
            if first:
                self._low, self._high = _range(items)
                first = False
            left -= len(items)
            for item in items:
                yield self._png(item)
        check_end(file)

    def _at_once(self) -> int:
        return max(1, min(SAMPLE, LARGEST_ITEM // max(1, self.item_bytes)))

    def _png(self, item: NDArray[Any]) -> bytes:
        pixels = item.reshape(self._planes[0]).transpose(self._planes[1])
        if pixels.shape[2] == 1:
            pixels = pixels[:, :, 0]
        if pixels.dtype != np.uint8:
            scaled = (pixels.astype(np.float64) - self._low) * (255 / (self._high - self._low))
            pixels = np.nan_to_num(scaled).round().clip(0, 255).astype(np.uint8)
        buffer = io.BytesIO()
        Image.fromarray(np.ascontiguousarray(pixels)).save(buffer, "PNG", compress_level=3)
        return buffer.getvalue()


def _planes(name: str, shape: tuple[int, ...]) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Return the shape that an item is read in, and the order of its axes as h, w, channels."""
    rows_first, planes_first = (0, 1, 2), (1, 2, 0)
    item = shape[1:]
    if len(item) == 2:
        return (item[0], item[1], 1), rows_first
    if len(item) == 3 and item[2] in CHANNELS:
        return (item[0], item[1], item[2]), rows_first
    if len(item) == 3 and item[0] in CHANNELS:
        return (item[0], item[1], item[2]), planes_first
    if len(item) == 1:
        for planes in SQUARE_PLANES:
            side = math.isqrt(item[0] // planes)
            if side > 1 and planes * side * side == item[0]:
                return (planes, side, side), planes_first
    raise SourceError(f"{name} of shape {shape} holds no images.")


def _range(items: NDArray[Any]) -> tuple[float, float]:
    """Return the values that are black and white."""
    if items.dtype == np.bool_:
        return 0.0, 1.0
    finite = items[np.isfinite(items)] if items.dtype.kind == "f" else items
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if items.dtype.kind == "f" and low >= -1 and high <= 1:
        return (-1.0 if low < 0 else 0.0), 1.0
    if low >= 0 and high <= 255:
        return 0.0, 255.0
    return low, max(high, low + 1)


def read_exactly(file: IO[bytes], size: int) -> bytes:
    """Read so many bytes.

    Raises
    ------
    SourceError
        When there are fewer.
    """
    parts, left = [], size
    while left and (part := file.read(min(left, 1 << 24))):
        parts.append(part)
        left -= len(part)
    if left:
        raise SourceError("it is cut off; its end is missing.")
    return b"".join(parts)


def check_end(file: IO[bytes]) -> None:
    """Refuse what goes on behind an array; what packs a file checks its sum at the end."""
    if file.read(1):
        raise SourceError("it holds more than it says.")


def class_names(name: str, values: NDArray[Any], known: list[str]) -> list[Labels]:
    """Return the label of each item; several, or none, where its row says so.

    Parameters
    ----------
    name : str
        Of the array, for errors.
    values : array of shape (n,), (n, 1) or, of truth values one-hot, (n, k)
        Numbers of classes, or their names.
    known : list of str
        Names by number; empty where there are none.

    Raises
    ------
    SourceError
        When these are no labels.
    """
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim == 2 and values.dtype.kind in "buif":
        if not ((values == 0) | (values == 1)).all():
            raise SourceError(f"{name} has several numbers an image, other than 0 and 1.")
        names = known if len(known) >= values.shape[1] else range(values.shape[1])
        return [as_labels(str(names[one]) for one in np.flatnonzero(row)) for row in values]
    if values.ndim != 1 or values.dtype.kind not in "buifUS":
        raise SourceError(f"{name} of {values.dtype} and shape {values.shape} holds no labels.")
    if values.dtype.kind == "S":
        return [one.decode(errors="replace") for one in values.tolist()]
    if values.dtype.kind == "f" and np.isfinite(values).all() and (values == values.round()).all():
        values = values.astype(np.int64)
    is_number = values.dtype.kind in "ui" and len(values) > 0
    if known and is_number and values.min() >= 0 and values.max() < len(known):
        return [known[value] for value in values.tolist()]
    return [str(value) for value in values.tolist()]


def write_items(
    unpacker: Unpacker,
    folder: str,
    pictures: Iterator[bytes],
    labels: list[Labels],
    split: str | None,
) -> None:
    """Hand the items of an array to an unpacker, as ``train/00000.png`` by their index."""
    digits = max(5, len(str(len(labels) - 1)))
    for index, (picture, label) in enumerate(zip(pictures, labels, strict=True)):
        path = unpacker.add(f"{folder}/{index:0{digits}}.png", [picture])
        assert path is not None
        unpacker.record(path, label if label != "" else None, split, index=str(index))
