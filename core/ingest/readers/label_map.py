"""``labels.json``: one JSON object that gives each file its label, ``{"cat/1.jpg": "cat"}``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from core.audit.source import Source
from core.ingest.json_objects import json_head, load_json, objects_table
from core.ingest.readers.reader import Reader
from core.ingest.records import Listing
from core.ingest.table import Fault
from core.ingest.table_listing import listing_of

OTHERS = {
    "annotations", "categories", "flags", "images", "info", "licenses", "shapes", "version",
}  # fmt: skip
"""Keys of other formats."""


def _recognizes(path: Path, options: Mapping[str, str]) -> bool:
    if "labels" not in options:
        return False
    head = json_head(Path(options["labels"]))
    names_labels = head.first.startswith(('"', '["', "[]", "null"))
    return head.kind == "object" and names_labels and not OTHERS & {*head.keys}


def _read(source: Source) -> Listing:
    path = source.labels
    assert path is not None
    labels = load_json(path)

    def objects(fault: Fault) -> Iterator[tuple[int, dict[str, Any]]]:
        for number, (name, label) in enumerate(labels.items(), start=1):
            if isinstance(label, dict):
                fault(number, f"{name} has an object, no label")
            else:
                yield number, {"path": name, "label": label}

    return listing_of(objects_table(path, objects, "entry"), source)


READER = Reader(
    name="label-map",
    order=46,
    title="labels.json",
    about='A JSON object of files and labels, {"cat/1.jpg": "cat"}; a label may be a list.',
    recognizes=_recognizes,
    read=_read,
    of_table=True,
)
