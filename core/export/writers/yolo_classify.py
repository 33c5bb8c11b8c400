"""Folders as Ultralytics' YOLO takes them to learn to classify: ``train/class``, ``val/class``."""

from __future__ import annotations

from pathlib import Path

from core.export.choices import Fate
from core.export.file_names import safe_name
from core.export.file_trees import FolderTree
from core.export.filing import Filing, file_by_class
from core.export.outgoing import Outgoing
from core.export.own_files import OWN_CHOICES
from core.export.writers.writer import Writer

TITLE = "YOLO classification"
TRAIN = "train"
CALLED = {
    "training": TRAIN, "valid": "val", "validation": "val", "dev": "val", "testing": "test",
}  # fmt: skip
"""What it calls splits that others call otherwise; two that become one are numbered."""


def _write(outgoing: Outgoing, path: Path) -> None:
    filing = Filing(outgoing, FolderTree(path, outgoing.choices.files))
    file_by_class(
        filing,
        TITLE,
        split_folder=lambda split: safe_name(CALLED.get(split, split)),
        only_split=TRAIN,
    )
    filing.finish()


WRITER = Writer(
    name="yolo-classify",
    order=340,
    title=TITLE,
    about="train/CLASS, val/CLASS and test/CLASS, for yolo classify; all in train without splits.",
    write=_write,
    can_hold=(Fate.EMPTY,),
    choices=OWN_CHOICES,
    places_files=True,
)
