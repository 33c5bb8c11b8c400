"""Arrays of images and labels in one npz: ``x_train, y_train, x_test, y_test``."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from core.ingest.array_images import ArrayImages, class_names, write_items
from core.ingest.readers.reader import Reader, read_after_unpacking
from core.ingest.records import SourceError
from core.ingest.splits import normalized_split
from core.ingest.unpacker import Unpacker

IMAGES = ("x", "images", "image", "imgs", "data")
LABELS = ("y", "labels", "label", "targets", "target")
NAMES = ("classes", "class_names", "label_names", "target_names")
UNNAMED = ("arr_0", "arr_1")
"""What numpy calls arrays that nobody gave a name."""

MOST_LABEL_BYTES = 1_000_000_000
HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


def _recognizes(path: Path, options: Mapping[str, str]) -> bool:
    return path.suffix.lower() == ".npz" and path.is_file() and zipfile.is_zipfile(path)


def pairs(names: list[str]) -> list[tuple[str, str, str]]:
    """Return split, images and labels, by the names of arrays.

    Examples
    --------
    >>> pairs(["x_train", "y_train", "test_images", "test_labels", "meta"])
    [('train', 'x_train', 'y_train'), ('test', 'test_images', 'test_labels')]
    >>> pairs(["X", "y"])
    [('', 'X', 'y')]
    """
    images: dict[str, str] = {}
    labels: dict[str, str] = {}
    for name in names:
        words = name.lower().split("_")
        for kinds, found in ((IMAGES, images), (LABELS, labels)):
            kind = next((word for word in words if word in kinds), None)
            if kind is not None:
                words.remove(kind)
                found.setdefault("_".join(words), name)
                break
    if not images and set(UNNAMED) <= set(names):
        return [("", *UNNAMED)]
    return [(split, name, labels[split]) for split, name in images.items() if split in labels]


def _unpack(path: Path, unpacker: Unpacker) -> None:
    with zipfile.ZipFile(path) as archive:
        names = [one.removesuffix(".npy") for one in archive.namelist() if one.endswith(".npy")]
        found = pairs(names)
        if not found:
            held = ", ".join(names[:10]) or "nothing else"
            raise SourceError(
                f"it has no arrays x_train and y_train, or x and y; it has {held}; save them by"
                " such names."
            )
        pictures = {x: ArrayImages(x, *_header(archive, x)) for _, x, _ in found}
        unpacker.expect(
            sum(one.count for one in pictures.values()),
            sum(one.count * one.item_bytes for one in pictures.values()),
            path.stat().st_size,
        )
        _, known = names_array(archive, names)
        for split, x, y in found:
            labels = class_names(y, small_array(archive, y), known)
            if len(labels) != pictures[x].count:
                raise SourceError(
                    f"{y} holds {len(labels):,} labels for {pictures[x].count:,} images in {x}."
                )
            with archive.open(f"{x}.npy") as file:
                _read_header(file, x)
                write_items(
                    unpacker,
                    split or "images",
                    pictures[x].read(file),
                    labels,
                    normalized_split(split),
                )


def _header(archive: zipfile.ZipFile, name: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Return shape and dtype of an array, which must be all that its file holds."""
    with archive.open(f"{name}.npy") as file:
        shape, dtype = _read_header(file, name)
        there = archive.getinfo(f"{name}.npy").file_size - file.tell()
    if math.prod(shape) * dtype.itemsize != there:
        raise SourceError(f"{name} holds {there:,} bytes, not an array of shape {shape}.")
    return shape, dtype


def _read_header(file: IO[bytes], name: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    version = npy.read_magic(file)
    if version not in HEADERS:
        raise SourceError(f"{name} is an array of an unknown version.")
    shape, by_columns, dtype = HEADERS[version](file)
    if dtype.hasobject:
        raise SourceError(f"{name} holds Python objects, which are never loaded.")
    if by_columns and len(shape) > 1:
        raise SourceError(f"{name} is stored by columns; save np.ascontiguousarray of it.")
    if not shape:
        raise SourceError(f"{name} is a single value.")
    return shape, dtype


def small_array(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    """Return an array that fits memory easily."""
    shape, dtype = _header(archive, name)
    if math.prod(shape) * dtype.itemsize > MOST_LABEL_BYTES:
        raise SourceError(f"{name} of shape {shape} is too large for labels.")
    with archive.open(f"{name}.npy") as file:
        found: NDArray[Any] = npy.read_array(file, allow_pickle=False)
        return found


def names_array(archive: zipfile.ZipFile, names: list[str]) -> tuple[str | None, list[str]]:
    """Return the array of the names of classes, and these by number; None where there is none."""
    for name in names:
        if name.lower() in NAMES:
            shape, dtype = _header(archive, name)
            if len(shape) == 1 and dtype.kind in "US":
                found = class_names(name, small_array(archive, name), [])
                return name, [str(one) for one in found]
    return None, []


READER = Reader(
    name="npz",
    order=12,
    title="npz arrays",
    about="A .npz with arrays of images and labels: x_train and y_train, or x and y.",
    recognizes=_recognizes,
    read=read_after_unpacking,
    unpack=_unpack,
)
