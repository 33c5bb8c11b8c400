"""WebDataset shards: tars of samples, ``000123.jpg`` beside ``000123.cls`` or ``000123.json``."""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Iterator, Mapping
from itertools import groupby, islice
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from core.ingest.images import EXTENSIONS
from core.ingest.linked_folders import subfolders
from core.ingest.readers.reader import Reader, read_after_unpacking
from core.ingest.readers.split_folders import holds_images
from core.ingest.records import Labels, as_labels
from core.ingest.splits import is_split_name, normalized_split
from core.ingest.tar_stream import chunks, is_tar, members, tar_stream
from core.ingest.unpacker import Unpacker, checked_name, is_hidden

LABELS = ("label", "class", "category", "class_name", "label_name", "target", "cls")
"""Keys of a sample's JSON that may hold its label, in this order."""

SEVERAL = ("labels", "classes", "categories", "tags")
"""Keys that may hold several labels, where none of those does."""

LONGEST_TEXT = 1 << 20
LONGEST_FIELD = 1000
LOOKED_AT = 64
"""Members of a tar that are looked at, to tell whether it holds samples."""

SHARDS_LOOKED_AT = 8
"""The first may hold what has no label."""

NO_IMAGE = ("{:,} sample has no image.", "{:,} samples have no image.")

SHARDS = "*.tar*"


class _Part(NamedTuple):
    """A member of a shard: the key of its sample, what it is of it, and where it lies."""

    key: str
    ending: str
    member: tarfile.TarInfo


def split_of(name: str) -> str | None:
    """Return the split that the name of a file says.

    Examples
    --------
    >>> split_of("imagenet-val-000001.tar"), split_of("train-00000-of-00004.parquet")
    ('val', 'train')
    """
    words = re.split("[-_.]", name)
    return next((normalized_split(word) for word in words if is_split_name(word)), None)


def _recognizes(path: Path, options: Mapping[str, str]) -> bool:
    if path.is_file():
        return is_tar(path) and _holds_samples(path)
    folders = [path, *(path / name for name in subfolders(path))]
    if any(map(holds_images, folders)):
        return False
    found = shards(path)
    return any(map(_holds_samples, found[:SHARDS_LOOKED_AT]))


def shards(path: Path) -> list[Path]:
    """Return the tars in a folder, sorted, or the one that `path` is."""
    if path.is_file():
        return [path]
    return sorted(one for one in path.glob(SHARDS) if one.is_file() and is_tar(one))


def shard_folder(shard: Path) -> str:
    """Return the folder that the samples of a shard are unpacked into."""
    return shard.name.split(".tar")[0]


def _holds_samples(path: Path) -> bool:
    try:
        with tar_stream(path) as archive:
            parts = islice(_parts(archive), LOOKED_AT)
            for _, sample in groupby(parts, lambda part: part.key):
                has_image = has_label = False
                for part in sample:
                    has_image |= _is_image(part)
                    has_label |= _label(archive, part)[0] is not None
                if has_image and has_label:
                    return True
    except Exception:  # damaged archives raise many kinds; whoever unpacks one says so
        return False
    return False


def _parts(archive: tarfile.TarFile, unpacker: Unpacker | None = None) -> Iterator[_Part]:
    for member in members(archive, unpacker.remarks if unpacker else None):
        name = PurePosixPath(checked_name(member.name))
        stem, dot, ending = name.name.partition(".")
        if dot and not is_hidden(str(name)):
            yield _Part(str(name.with_name(stem)), ending.lower(), member)


def _is_image(part: _Part) -> bool:
    return f".{part.ending.rpartition('.')[2]}" in EXTENSIONS


def _unpack(path: Path, unpacker: Unpacker) -> None:
    for shard in shards(path):
        folder = shard_folder(shard)
        with tar_stream(shard) as archive:
            for key, sample in groupby(_parts(archive, unpacker), lambda part: part.key):
                _unpack_sample(archive, unpacker, f"{folder}/{key}", sample)


def _unpack_sample(
    archive: tarfile.TarFile, unpacker: Unpacker, name: str, parts: Iterator[_Part]
) -> None:
    """Write the first image of a sample, and record what its other parts say of it."""
    image: str | None = None
    label: Labels = None
    fields: dict[str, str] = {}
    for part in parts:  # each is read in its turn, since a tar is read in one go
        if not _is_image(part):
            found, more = _label(archive, part)
            label = found if label is None else label
            fields |= more
        elif image is None:
            unpacker.expect_more(part.member.size)
            image = unpacker.add(f"{name}.{part.ending}", chunks(archive, part.member))
    if image is None:
        unpacker.remarks[NO_IMAGE] += 1
    else:
        said = fields.pop("split", None)
        unpacker.record(image, label, split_of(name.partition("/")[0]) or said, **fields)


def _label(archive: tarfile.TarFile, part: _Part) -> tuple[Labels, dict[str, str]]:
    """Return the label and the other fields that a part of a sample says."""
    if part.ending not in ("cls", "json", "txt") or part.member.size > LONGEST_TEXT:
        return None, {}
    text = b"".join(chunks(archive, part.member)).decode("utf-8", errors="replace")
    if part.ending == "cls":
        return text.strip() or None, {}
    return (None, {"text": text[:LONGEST_FIELD]}) if part.ending == "txt" else _from_json(text)


def _from_json(text: str) -> tuple[Labels, dict[str, str]]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None, {}
    if not isinstance(found, dict):
        return None, {}
    scalars = {
        str(key): str(value)[:LONGEST_FIELD]
        for key, value in found.items()
        if isinstance(value, (str, int, float))
    }
    lists = {
        key: as_labels(str(one) for one in value if isinstance(one, (str, int, float)))
        for key, value in found.items()
        if isinstance(value, list)
    }
    given = {key: value for key, value in scalars.items() if value.strip()} | lists
    named = next((given[key] for key in (*LABELS, *SEVERAL) if given.get(key)), None)
    own = ("path", *LABELS, *SEVERAL)
    return named, {key: value for key, value in scalars.items() if key not in own}


READER = Reader(
    name="webdataset",
    order=15,
    title="WebDataset shards",
    about="Tars of samples: an image, and its label in a .cls or .json of the same name.",
    recognizes=_recognizes,
    read=read_after_unpacking,
    unpack=_unpack,
)
