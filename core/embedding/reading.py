"""Reads the files of an audit some images ahead, and writes their thumbnails."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, TypeVar

from core.arrays.atomic import atomic_write
from core.arrays.blocks import slices
from core.audit import Audit
from core.ingest import images
from core.ingest.crop_pictures import load_pictures
from core.ingest.crops import crop_hash, file_of
from core.ingest.files import Contents, UnreadableImage, path_inside, read_file
from core.ingest.images import Picture
from core.ingest.pixel_measures import measured
from core.store import Row

G = TypeVar("G")
T = TypeVar("T")

CROPS_AT_ONCE = 32
"""Of one file, how many are held in memory together."""


class FileRead(NamedTuple):
    """The result of reading a file: what to record of it, and the picture or the failure.

    Attributes
    ----------
    found : dict
        What to record of it: ``id`` and, as far as they are known, ``size``,
        ``mtime_ns``, ``content_hash``, ``format``, ``width``, ``height``, ``note``,
        ``box``, ``pixels``.
    picture : Picture or None
        None when it could not be used.
    failure : str or None
        Why not.
    """

    found: Row
    picture: Picture | None
    failure: str | None


def workers() -> int:
    """Return the number of processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def needs_reading(source: Path, file: Row) -> bool:
    """Tell whether a listed file is new, was unreadable, or looks changed since it was read."""
    if file["embedded_hash"] is None or file["quarantined"]:
        return True
    try:
        status = (source / file_of(file)).stat()
    except (OSError, ValueError):
        return file["size"] is not None
    return (status.st_size, status.st_mtime_ns) != (file["size"], file["mtime_ns"])


def by_file(items: Iterable[Row], at_most: int = CROPS_AT_ONCE) -> list[list[Row]]:
    """Return items in groups that lie in one file, so that it is decoded once for all of them.

    Parameters
    ----------
    items : iterable of dict
        Rows of `Store.listed_files`.
    at_most : int
        A file with more crops makes several groups, so that memory stays bounded.
    """
    groups: dict[tuple[str, bool], list[Row]] = {}
    for item in items:
        groups.setdefault((file_of(item), item["region"] is None), []).append(item)
    return [group[part] for group in groups.values() for part in slices(len(group), at_most)]


def read_items(audit: Audit, items: Sequence[Row], size: int = images.INPUT_SIZE) -> list[FileRead]:
    """Read the file of some items once, and make sure that their thumbnails are on disk.

    Parameters
    ----------
    audit : Audit
    items : sequence of dict
        Rows of `Store.listed_files`, of one file.
    size : int
        See `images.load`.
    """
    source, path = audit.contents, file_of(items[0])
    try:
        contents = read_file(path_inside(source.path, path, source.roots))
    except UnreadableImage as error:
        return [FileRead({"id": item["id"]}, None, str(error)) for item in items]
    regions = [item["region"] for item in items]
    pictures = load_pictures(contents.data, path, regions, size)
    return [
        _file_read(audit, item, contents, picture)
        for item, picture in zip(items, pictures, strict=True)
    ]


def _file_read(
    audit: Audit, item: Row, contents: Contents, picture: Picture | UnreadableImage
) -> FileRead:
    content_hash = crop_hash(contents.hash, item["region"])
    found: Row = {
        "id": item["id"],
        "size": contents.size,
        "mtime_ns": contents.mtime_ns,
        "content_hash": content_hash,
    }
    if isinstance(picture, UnreadableImage):
        return FileRead(found, None, str(picture))
    thumbnail = audit.thumbnail_file(content_hash)
    if not thumbnail.exists():
        # Never the audit's folder: one that was deleted meanwhile stays so.
        thumbnail.parent.parent.mkdir(exist_ok=True)
        thumbnail.parent.mkdir(exist_ok=True)
        with atomic_write(thumbnail) as partial:
            partial.write_bytes(picture.thumbnail)
    found |= {
        "format": picture.format,
        "width": picture.width,
        "height": picture.height,
        "note": picture.note,
        "box": picture.box,
        "pixels": measured(picture.image),
    }
    return FileRead(found, picture, None)


def map_ahead(work: Callable[[G], T], files: Iterable[G], threads: int, ahead: int) -> Iterator[T]:
    """Yield ``work(file)`` in order, computed by threads at most `ahead` files ahead."""
    with ThreadPoolExecutor(max_workers=threads) as pool:
        coming: deque[Future[T]] = deque()
        try:
            for file in files:
                coming.append(pool.submit(work, file))
                if len(coming) > ahead:
                    yield coming.popleft().result()
            while coming:
                yield coming.popleft().result()
        finally:
            for future in coming:
                future.cancel()
