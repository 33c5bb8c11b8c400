"""CVAT's XML (*CVAT for images 1.1*): the tags of images are the labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from core.audit.source import Source
from core.ingest.json_objects import objects_table, one_or_all
from core.ingest.readers.reader import Reader
from core.ingest.records import Listing, SourceError
from core.ingest.table import Fault
from core.ingest.table_listing import listing_of
from core.text import counted

HEAD = 4096
SHAPES = {"box", "polygon", "polyline", "points", "ellipse", "cuboid", "skeleton", "mask"}


def _recognizes(path: Path, options: Mapping[str, str]) -> bool:
    if "labels" not in options:
        return False
    try:
        with Path(options["labels"]).open("rb") as file:
            head = file.read(HEAD)
    except OSError:
        return False
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and b"<annotations>" in head


def _images(path: Path) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield each image as a row, and how many shapes are drawn on it; its tree is let go."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, iterparse

    try:
        events = iterparse(path, events=("start", "end"))
        _, root = next(events)
        for event, element in events:
            if event == "end" and element.tag == "image":
                tags = [str(tag.get("label", "")).strip() for tag in element.iter("tag")]
                row: dict[str, Any] = {
                    "path": element.get("name", ""),
                    "label": one_or_all([*filter(None, tags)]),
                }
                others = {key: value for key, value in element.items() if key != "name"}
                yield {**others, **row}, sum(one.tag in SHAPES for one in element)
                root.clear()
    except ParseError as error:
        raise SourceError(f"{path}: the XML is damaged ({error}).") from None
    except DefusedXmlException:
        raise SourceError(f"{path} declares entities, which annotations never need.") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror}).") from None


def _read(source: Source) -> Listing:
    path = source.labels
    assert path is not None
    shapes = sum(drawn for _, drawn in _images(path))

    def objects(fault: Fault) -> Iterator[tuple[int, dict[str, Any]]]:
        for number, (row, _) in enumerate(_images(path), start=1):
            yield number, row

    table = objects_table(path, objects, "image")
    if shapes:
        verb = "is" if shapes == 1 else "are"
        table.notes.append(f"{counted(shapes, 'shape')} {verb} left aside: labels are of tags.")
    return listing_of(table, source)


READER = Reader(
    name="cvat",
    order=48,
    title="CVAT for images (XML)",
    about="CVAT's XML: the tags of each image are its label; shapes are counted and left aside.",
    recognizes=_recognizes,
    read=_read,
    of_table=True,
)
