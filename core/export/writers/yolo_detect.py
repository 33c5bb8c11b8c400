"""YOLO detection: ``images`` and ``labels`` with a folder for each split, and ``data.yaml``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from core.export.annotation_sets import ONE_CLASS
from core.export.box_folders import Box, BoxFolders, PlacedPicture, boxes_only, edges
from core.export.file_trees import joined
from core.export.outgoing import Outgoing
from core.export.writers.writer import Writer
from core.export.writers.yolo_classify import CALLED, TRAIN
from core.export.yolo_text import yaml_text

IMAGES, LABELS = "images", "labels"


def _write(outgoing: Outgoing, path: Path) -> None:
    folders = BoxFolders(outgoing, path, IMAGES)
    ids = {name: number for number, name in enumerate(outgoing.classes)}
    for picture in folders.pictures(_fault):
        place = PurePosixPath(LABELS) / PurePosixPath(picture.path).relative_to(IMAGES)
        lines = "".join(_lines(picture, ids))
        folders.tree.write(str(place.with_suffix(".txt")), lines.encode())
    folders.tree.write("data.yaml", "".join(_settings(folders, outgoing.classes)).encode())


def _fault(picture: PlacedPicture, box: Box) -> str | None:
    if picture.size is None:
        return "the size of its image cannot be read"
    return "it has no label" if box.label is None else None


def _lines(picture: PlacedPicture, ids: dict[str, int]) -> Iterator[str]:
    """Yield the boxes of a picture as shares of its sides."""
    if picture.size is None:
        return
    width, height = picture.size
    for box in picture.boxes:
        if box.region is None or box.label is None:
            continue
        left, top, right, bottom = edges(box.region)
        shares = (
            (left + right) / 2 / width,
            (top + bottom) / 2 / height,
            (right - left) / width,
            (bottom - top) / height,
        )
        yield " ".join([str(ids[box.label]), *(f"{share:.8f}" for share in shares)]) + "\n"


def _settings(folders: BoxFolders, classes: list[str]) -> Iterator[str]:
    splits = {CALLED.get(split or TRAIN, split or TRAIN): folder
              for split, folder in folders.folders.items()}  # fmt: skip
    first = next(iter(splits.values()), "")
    for needed in (TRAIN, "val"):
        splits.setdefault(needed, splits.get(TRAIN, first))
    for split, folder in splits.items():
        yield f"{yaml_text(split)}: {yaml_text(joined([IMAGES, folder]))}\n"
    yield f"nc: {len(classes)}\nnames:\n"
    for number, name in enumerate(classes):
        yield f"  {number}: {yaml_text(name)}\n"


WRITER = Writer(
    name="yolo",
    order=530,
    title="YOLO detection",
    about="images, labels and data.yaml, for yolo detect; boxes without a label are left out.",
    write=_write,
    can_hold=(),
    choices=ONE_CLASS,
    refuses=boxes_only,
    places_files=True,
)
