"""What the files of a data set hold, by hash, without an audit of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from core.audit.source import Source
from core.ingest.crops import crop_hash
from core.ingest.files import UnreadableImage, path_inside, read_file
from core.ingest.records import Record

FILES_AT_ONCE = 256


def content_hashes(
    source: Source,
    records: Sequence[Record],
    update: Callable[[int, int], None] = lambda done, total: None,
) -> Iterator[tuple[int, str]]:
    """Yield the position of each record whose file can be read, and the hash of its content.

    Parameters
    ----------
    source : Source
        As its files lie.
    records : sequence of Record
        What it lists.
    update : callable
        Called with files read and files in all; each is read once.
    """
    lying: dict[str, list[int]] = defaultdict(list)
    for position, record in enumerate(records):
        lying[record.file].append(position)

    def read(path: str) -> str | None:
        try:
            return read_file(path_inside(source.path, path, source.roots)).hash
        except UnreadableImage:
            return None

    coming, done = iter(lying), 0
    with ThreadPoolExecutor() as pool:
        while some := list(islice(coming, FILES_AT_ONCE)):
            for path, file_hash in zip(some, pool.map(read, some), strict=True):
                if file_hash is not None:
                    yield from (
                        (position, crop_hash(file_hash, records[position].region))
                        for position in lying[path]
                    )
            done += len(some)
            update(done, len(lying))
