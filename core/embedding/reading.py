"""Reads the files of an audit some images ahead, and writes their thumbnails."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, TypeVar

from core.arrays.atomic import atomic_write
from core.audit import Audit
from core.ingest import images
from core.ingest.files import UnreadableImage, path_inside, read_file
from core.ingest.images import Picture
from core.store import Row

T = TypeVar("T")


class FileRead(NamedTuple):
    """The result of reading a file: what to record of it, and the picture or the failure.

    Attributes
    ----------
    found : dict
        What to record of it: ``id`` and, as far as they are known, ``size``,
        ``mtime_ns``, ``content_hash``, ``format``, ``width``, ``height``, ``note``.
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
        status = (source / file["path"]).stat()
    except (OSError, ValueError):
        return file["size"] is not None
    return (status.st_size, status.st_mtime_ns) != (file["size"], file["mtime_ns"])


def read_item(audit: Audit, file: Row, size: int = images.INPUT_SIZE) -> FileRead:
    """Read the file of one item and make sure that its thumbnail is on disk.

    Parameters
    ----------
    audit : Audit
    file : dict
        A row of `Store.listed_files`.
    size : int
        See `images.load`.
    """
    found: Row = {"id": file["id"]}
    source = audit.contents
    try:
        contents = read_file(path_inside(source.path, file["path"], source.roots))
        found |= {
            "size": contents.size,
            "mtime_ns": contents.mtime_ns,
            "content_hash": contents.hash,
        }
        picture = images.load(contents.data, file["path"], size)
    except UnreadableImage as error:
        return FileRead(found, None, str(error))
    thumbnail = audit.thumbnail_file(contents.hash)
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
    }
    return FileRead(found, picture, None)


def map_ahead(
    work: Callable[[Row], T], files: Iterable[Row], threads: int, ahead: int
) -> Iterator[T]:
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
