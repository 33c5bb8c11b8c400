"""Pascal VOC: ``JPEGImages``, an XML file for each in ``Annotations``, splits in ``ImageSets``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from core.export.annotation_sets import ONE_CLASS
from core.export.box_folders import Box, BoxFolders, PlacedPicture, boxes_only, edges
from core.export.choices import Fate
from core.export.file_names import safe_name
from core.export.outgoing import Outgoing
from core.export.writers.writer import Writer
from core.export.xml_text import REFERENCES, written

IMAGES, ANNOTATIONS, SETS = "JPEGImages", "Annotations", "ImageSets/Main"
CHANNELS = 3


def _write(outgoing: Outgoing, path: Path) -> None:
    # A line of ImageSets ends a name at the first blank.
    folders = BoxFolders(outgoing, path, IMAGES, by_split=False, with_blanks=False)
    sets: dict[str, list[str]] = {}
    for picture in folders.pictures():
        stem = PurePosixPath(picture.path).stem
        folders.tree.write(f"{ANNOTATIONS}/{stem}.xml", b"".join(_annotation(picture)))
        if picture.split is not None:
            sets.setdefault(folders.folders[picture.split], []).append(stem)
    for split, stems in sets.items():
        lines = "".join(f"{stem}\n" for stem in stems)
        folders.tree.write(f"{SETS}/{safe_name(split)}.txt", lines.encode())


def _annotation(picture: PlacedPicture) -> Iterator[bytes]:
    name = written(PurePosixPath(picture.path).name, REFERENCES)
    yield b"<annotation>\n  <folder>JPEGImages</folder>\n  <filename>" + name + b"</filename>\n"
    if picture.size is not None:
        width, height = picture.size
        yield (
            f"  <size><width>{width}</width><height>{height}</height>"
            f"<depth>{CHANNELS}</depth></size>\n"
        ).encode()
    yield b"  <segmented>0</segmented>\n"
    for box in picture.boxes:
        yield from _object(box)
    yield b"</annotation>\n"


def _object(box: Box) -> Iterator[bytes]:
    if box.region is None:
        return
    left, top, right, bottom = edges(box.region)
    yield b"  <object>\n    <name>" + written(box.label or "", REFERENCES) + b"</name>\n"
    # Pixels are counted from 1, and the last one is inside.
    yield (
        "    <pose>Unspecified</pose>\n    <truncated>0</truncated>\n"
        "    <difficult>0</difficult>\n    <bndbox>\n"
        f"      <xmin>{left + 1}</xmin>\n      <ymin>{top + 1}</ymin>\n"
        f"      <xmax>{right}</xmax>\n      <ymax>{bottom}</ymax>\n"
        "    </bndbox>\n  </object>\n"
    ).encode()


WRITER = Writer(
    name="voc",
    order=520,
    title="Pascal VOC",
    about="JPEGImages, Annotations and ImageSets/Main; a box without a label has no name.",
    write=_write,
    can_hold=(Fate.EMPTY,),
    choices=ONE_CLASS,
    refuses=boxes_only,
    places_files=True,
)
