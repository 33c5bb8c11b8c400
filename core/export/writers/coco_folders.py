"""COCO: the images and, for each split, a file of boxes or of a category for each image."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.export.annotation_sets import ONE_CLASS
from core.export.box_folders import Box, BoxFolders, PlacedPicture
from core.export.choices import Fate
from core.export.outgoing import Outgoing
from core.export.writers.writer import Writer
from core.ingest.split_names import split_in_name

IMAGES = "images"

Entry = dict[str, Any]


def _write(outgoing: Outgoing, path: Path) -> None:
    folders = BoxFolders(outgoing, path, IMAGES)
    ids = {name: number for number, name in enumerate(outgoing.classes, start=1)}
    categories = [{"id": number, "name": name} for name, number in ids.items()]
    by_split: dict[str | None, list[PlacedPicture]] = {}
    for picture in folders.pictures():
        by_split.setdefault(picture.split, []).append(picture)
    first_image = first_annotation = 1
    for split, pictures in by_split.items():
        folder = folders.folders[split]
        name = f"instances_{folder}.json" if folder else "instances.json"
        says = split is None or split_in_name(name) == split
        images = [
            _image(picture, number, None if says else split)
            for number, picture in enumerate(pictures, start=first_image)
        ]
        annotations = [
            _annotation(box, number, ids)
            for number, picture in enumerate(pictures, start=first_image)
            for box in picture.boxes
            if box.region is not None or box.label is not None
        ]
        for number, one in enumerate(annotations, start=first_annotation):
            one["id"] = number
        first_image += len(images)
        first_annotation += len(annotations)
        data = b"".join(_pieces(images, annotations, categories))
        folders.tree.write(f"annotations/{name}", data)


def _image(picture: PlacedPicture, number: int, split: str | None) -> Entry:
    entry: Entry = {"id": number, "file_name": picture.path}
    if picture.size is not None:
        entry["width"], entry["height"] = picture.size
    if split is not None:
        entry["split"] = split
    return entry


def _annotation(box: Box, image: int, ids: dict[str, int]) -> Entry:
    category = None if box.label is None else ids[box.label]
    entry: Entry = {"id": 0, "image_id": image, "category_id": category}
    if box.region is not None:
        area = box.region[2] * box.region[3]
        entry |= {"bbox": list(box.region), "area": area, "iscrowd": 0, "segmentation": []}
    return entry


def _pieces(*sections: list[Entry]) -> Iterator[bytes]:
    before = "{\n"
    for name, entries in zip(("images", "annotations", "categories"), sections, strict=True):
        lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in entries)
        yield f'{before}"{name}": [\n{lines}\n]'.encode(errors="replace")
        before = ",\n"
    yield b"\n}\n"


WRITER = Writer(
    name="coco",
    order=510,
    title="COCO JSON",
    about="images, and annotations/instances_SPLIT.json with boxes or a category for each image.",
    write=_write,
    can_hold=(Fate.EMPTY,),
    choices=ONE_CLASS,
    places_files=True,
)
