"""A few small pictures of a data set, before anything is computed of it."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

from core.audit.source import Source
from core.ingest.crop_pictures import load_pictures
from core.ingest.files import UnreadableImage, path_inside, read_file
from core.ingest.records import Record

TRIED_FOR_EACH = 8
"""Files that are read for one picture, at most: some may be missing or damaged."""


@dataclass(frozen=True)
class Sample:
    """A picture of a data set.

    Attributes
    ----------
    path : str
    label : str or None
    jpeg : str
        A thumbnail in base64.
    """

    path: str
    label: str | None
    jpeg: str


def samples(source: Source, records: Sequence[Record], count: int) -> list[Sample]:
    """Return up to `count` pictures that can be read, of as many classes as possible.

    Parameters
    ----------
    source : Source
    records : sequence of Record
        What its reader lists.
    count : int
    """
    tried = islice(_class_by_class(records), count * TRIED_FOR_EACH)
    found = (sample for record in tried if (sample := _sample(source, record)) is not None)
    return list(islice(found, count))


def _class_by_class(records: Sequence[Record]) -> Iterator[Record]:
    """Yield one record of each class, then the next of each; from the middle of a class on."""
    by_label: dict[str | None, list[Record]] = {}
    for record in records:
        by_label.setdefault(record.label, []).append(record)
    # The first files of a class are often one series of pictures.
    turned = [some[len(some) // 2 :] + some[: len(some) // 2] for some in by_label.values()]
    for row in zip_longest(*turned):
        yield from (record for record in row if record is not None)


def _sample(source: Source, record: Record) -> Sample | None:
    try:
        contents = read_file(path_inside(source.path, record.file, source.roots))
    except UnreadableImage:
        return None
    (picture,) = load_pictures(contents.data, record.file, [record.region])
    if isinstance(picture, UnreadableImage):
        return None
    return Sample(record.path, record.label, base64.b64encode(picture.thumbnail).decode())
