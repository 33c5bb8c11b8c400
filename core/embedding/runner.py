"""Reads, checks, shrinks and embeds the images of an audit, in one pass."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.format import open_memmap

from core import images
from core.audit import Audit
from core.embedding.backbone import Backbone, load_backbone
from core.store import Row

BATCH = 32
BATCHES_AHEAD = 3
BATCHES_PER_COMMIT = 4


class Prepared(NamedTuple):
    """A file that was read: what to record of it, its embedding's row, the network's input."""

    item: Row
    row: int
    pixels: np.ndarray | None
    failure: str | None


def embed_images(audit: Audit, backbone_name: str, update: Callable[[int, int], None]) -> bool:
    """Embed every listed image whose content has no embedding yet.

    A file is read when its size or time of change differs from what is
    recorded, or when it has no embedding; files that could not be read are
    tried again. Rows are on disk before the database says so, hence a run
    that is cut off goes on where it stopped.

    Parameters
    ----------
    audit : Audit
    backbone_name : str
    update : callable
        Called with images done and images in all.

    Returns
    -------
    bool
        False when there was nothing to do.
    """
    store = audit.store
    if store.fingerprint("embeddings") != backbone_name:
        store.forget_embeddings()
        audit.embeddings_file.unlink(missing_ok=True)
        store.set_fingerprint("embeddings", backbone_name)
    elif not audit.embeddings_file.exists():
        store.forget_embeddings()
    files = store.listed_files()
    pending = [file for file in files if _needs_reading(audit.source, file)]
    if not pending:
        return False
    embedded_before = {file["id"] for file in pending if file["embedded_hash"]}
    update(len(files) - len(pending), len(files))
    backbone = load_backbone(backbone_name)
    rows = _open_rows(audit.embeddings_file, store.row_count(), backbone.dimension)
    done = len(files) - len(pending)
    for batches in _grouped(_prepared_batches(audit, pending, backbone.input_size)):
        prepared = [one for batch in batches for one in batch]
        done += len(prepared)
        fresh = {one.item["id"] for one in prepared if one.pixels is not None}
        # Cut off after this, a row must not pass for the embedding of what the file was before.
        store.forget_embeddings(sorted(fresh & embedded_before))
        for batch in batches:
            _embed_batch(backbone, batch, rows)
        rows.flush()
        store.record_files(
            [one.item for one in prepared if one.failure is None],
            {one.item["id"]: one.failure for one in prepared if one.failure is not None},
        )
        update(done, len(files))
    return True


def _needs_reading(source: Path, file: Row) -> bool:
    if file["embedded_hash"] is None or file["quarantined"]:
        return True
    try:
        status = (source / file["path"]).stat()
    except OSError:
        return True
    return (status.st_size, status.st_mtime_ns) != (file["size"], file["mtime_ns"])


def _open_rows(path: Path, count: int, dimension: int) -> np.memmap[Any, Any]:
    """Open the float16 memory map (count, dimension), grown when it is too short."""
    if path.exists():
        rows = open_memmap(path, mode="r+")
        if len(rows) >= count:
            return rows
    partial = path.with_suffix(".partial.npy")
    grown = open_memmap(partial, mode="w+", dtype=np.float16, shape=(count, dimension))
    if path.exists():
        old = open_memmap(path, mode="r")
        grown[: len(old)] = old
    grown.flush()
    partial.replace(path)
    return open_memmap(path, mode="r+")


def _prepared_batches(audit: Audit, files: Sequence[Row], size: int) -> Iterator[list[Prepared]]:
    """Yield batches in order, decoded some batches ahead by a pool of threads."""

    def prepare(file: Row) -> Prepared:
        return _prepare(audit, file, size)

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        ahead: deque[list[Future[Prepared]]] = deque()
        for start in range(0, len(files), BATCH):
            ahead.append([pool.submit(prepare, file) for file in files[start : start + BATCH]])
            if len(ahead) > BATCHES_AHEAD:
                yield [future.result() for future in ahead.popleft()]
        while ahead:
            yield [future.result() for future in ahead.popleft()]


def _prepare(audit: Audit, file: Row, size: int) -> Prepared:
    """Read one file, write its thumbnail and return the network's input."""
    try:
        path = images.path_inside(audit.source, file["path"])
        picture = images.load(path)
        status = path.stat()
    except (images.UnreadableImage, OSError) as error:
        return Prepared({"id": file["id"]}, file["row"], None, str(error))
    thumbnail = audit.thumbnail_file(picture.content_hash)
    if not thumbnail.exists():
        _write_atomically(thumbnail, images.thumbnail(picture.image))
    item = {
        "id": file["id"],
        "size": status.st_size,
        "mtime_ns": status.st_mtime_ns,
        "content_hash": picture.content_hash,
        "format": picture.format,
        "width": picture.width,
        "height": picture.height,
    }
    known = file["embedded_hash"] == picture.content_hash
    pixels = None if known else images.network_input(picture.image, size)
    return Prepared(item, file["row"], pixels, None)


def _write_atomically(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Two identical images may be written at the same time by two threads.
    partial = path.with_suffix(f".{os.getpid()}.{id(data)}.partial")
    partial.write_bytes(data)
    partial.replace(path)


def _embed_batch(backbone: Backbone, batch: list[Prepared], rows: np.ndarray) -> None:
    fresh = {one.row: one.pixels for one in batch if one.pixels is not None}
    if fresh:
        rows[list(fresh)] = backbone.embed(np.stack(list(fresh.values()))).astype(np.float16)


def _grouped(batches: Iterator[list[Prepared]]) -> Iterator[list[list[Prepared]]]:
    """Yield a single batch first, to show progress early, then groups for each commit."""
    group: list[list[Prepared]] = []
    wanted = 1
    for batch in batches:
        group.append(batch)
        if len(group) >= wanted:
            yield group
            group, wanted = [], BATCHES_PER_COMMIT
    if group:
        yield group
