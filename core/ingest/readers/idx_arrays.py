"""Arrays in MNIST's own format: ``train-images-idx3-ubyte.gz`` beside its labels."""

from __future__ import annotations

import gzip
import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import numpy as np

from core.ingest.array_images import ArrayImages, check_end, class_names, read_exactly, write_items
from core.ingest.linked_folders import subfolders
from core.ingest.readers.reader import Reader, read_after_unpacking
from core.ingest.records import SourceError
from core.ingest.splits import is_split_name, normalized_split
from core.ingest.unpacker import Unpacker

IMAGES = re.compile(r"(?P<split>.*?)[-_.]?images[-_.]idx(?P<axes>[34])[-_.]ubyte(\.gz)?", re.I)
TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
DEPTH = 2
"""Folders below that of the source in which the files may lie: ``MNIST/raw``."""

FEW_FOLDERS = 4
"""Of more folders, none is looked into: they are classes."""

MOST_AXES = 4


def _recognizes(path: Path, options: Mapping[str, str]) -> bool:
    return bool(idx_pairs(path))


def idx_pairs(path: Path) -> list[tuple[str, Path, Path]]:
    """Return the name of each split, its images and its labels."""
    if path.is_file():
        files = [path]
    else:
        depths = range(DEPTH + 1 if len(subfolders(path)) <= FEW_FOLDERS else 1)
        files = [one for depth in depths for one in path.glob("*/" * depth + "*idx*")]
    found: dict[str, tuple[str, Path, Path]] = {}
    for file in sorted(files):  # where both are there, x comes before x.gz
        match = IMAGES.fullmatch(file.name)
        if match is None or not file.is_file():
            continue
        plain = file.name.removesuffix(".gz")
        plain = re.sub("images", "labels", plain, flags=re.I)
        plain = re.sub("idx[34]", "idx1", plain, flags=re.I)
        labels = next((one for one in (file.with_name(plain), file.with_name(f"{plain}.gz"))
                       if one.is_file()), None)  # fmt: skip
        if labels is not None:
            found.setdefault(str(file.parent / match["split"]), (match["split"], file, labels))
    return [*found.values()]


def split_named(name: str) -> str | None:
    """Return the split that the name of an array says; MNIST's test images are the 10,000.

    Examples
    --------
    >>> [split_named(name) for name in ("train", "t10k", "emnist-letters-test", "")]
    ['train', 'test', 'test', None]
    """
    words = re.split("[-_.]", name)
    if "t10k" in words:
        return "test"
    return next((normalized_split(word) for word in words if is_split_name(word)), None)


def _unpack(path: Path, unpacker: Unpacker) -> None:
    pairs = idx_pairs(path)
    arrays = []
    for name, images, labels in pairs:
        with idx_opened(images) as file:
            shape, dtype = idx_header(file, images)
        pictures = ArrayImages(images.name, shape, dtype)
        arrays.append((name or "images", split_named(name), images, labels, pictures))
    size = sum(one[-1].count * one[-1].item_bytes for one in arrays)
    packed = sum(images.stat().st_size for _, images, _ in pairs)
    unpacker.expect(sum(one[-1].count for one in arrays), size, packed)
    for folder, split, images, labels, pictures in arrays:
        given = class_names(labels.name, _labels(labels, pictures.count, images), [])
        with idx_opened(images) as file:
            idx_header(file, images)
            write_items(unpacker, folder, pictures.read(file), given, split)


def _labels(path: Path, count: int, images: Path) -> np.ndarray:
    with idx_opened(path) as file:
        shape, dtype = idx_header(file, path)
        if shape != (count,):
            raise SourceError(
                f"{path.name} holds {shape[0]:,} labels for {count:,} images in {images.name}."
            )
        values = np.frombuffer(read_exactly(file, count * dtype.itemsize), dtype)
        check_end(file)
        return values


def idx_header(file: IO[bytes], path: Path) -> tuple[tuple[int, ...], np.dtype]:
    """Read shape and dtype of an array, up to where its values begin.

    Raises
    ------
    SourceError
        When it is no array of this format, or of another size than it says.
    """
    start = read_exactly(file, 4)
    if start[:2] != b"\0\0" or start[2] not in TYPES or not 0 < start[3] <= MOST_AXES:
        raise SourceError(f"{path.name} is no idx file.")
    sizes = np.frombuffer(read_exactly(file, 4 * start[3]), ">u4")
    shape = tuple(int(size) for size in sizes)
    dtype = np.dtype(TYPES[start[2]])
    if path.suffix.lower() != ".gz":
        there = path.stat().st_size - 4 - 4 * start[3]
        if math.prod(shape) * dtype.itemsize != there:
            raise SourceError(f"{path.name} holds {there:,} bytes, not an array of shape {shape}.")
    return shape, dtype


@contextmanager
def idx_opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file to be read, packed or not."""
    if path.suffix.lower() == ".gz":
        with gzip.open(path, "rb") as file:
            yield cast(IO[bytes], file)
    else:
        with path.open("rb") as plain:
            yield plain


READER = Reader(
    name="idx",
    order=11,
    title="idx arrays",
    about="Arrays of MNIST's format: *images-idx3-ubyte, packed or not, and its labels-idx1.",
    recognizes=_recognizes,
    read=read_after_unpacking,
    unpack=_unpack,
)
