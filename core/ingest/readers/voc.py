"""Pascal VOC: an XML file for each image, each object in it an item; splits from ImageSets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from core.audit.source import Source
from core.ingest.annotation_files import files_in, folders_near, read_bytes
from core.ingest.boxes import EDGES, Gathering, fields_of, number
from core.ingest.image_finder import ImageFinder
from core.ingest.linked_folders import FolderWalk
from core.ingest.readers.reader import Reader
from core.ingest.records import Listing, Origin, SourceError
from core.ingest.split_names import split_in_folders
from core.ingest.splits import is_split_name

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ANNOTATIONS = ("annotations", "annotation", "xml", "xmls")
"""Folders, in any case, that hold annotations."""
IMAGE_FOLDERS = ("JPEGImages", "images", "Images", "img", "")
"""Where images lie, beside the folder of the annotations."""
SETS = ("ImageSets", "Main")
FLAGS = ("difficult", "truncated")
MOST_BYTES = 10_000_000
HEAD = 2048
FILES_LOOKED_AT = 5


def _recognizes(path: Path, options: Mapping[str, str]) -> bool:
    return "labels" not in options and any(
        _is_annotation(file)
        for folder in folders_near(path, ANNOTATIONS)
        if folder == path or folder.name.casefold() in ANNOTATIONS or is_split_name(folder.name)
        for file in files_in(folder, ".xml")[:FILES_LOOKED_AT]
    )


def _is_annotation(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return b"<annotation" in file.read(HEAD)
    except OSError:
        return False


def _read(source: Source) -> Listing:
    names = sorted(FolderWalk(source.path, source.roots).files())
    splits = _image_sets(source.path, names)
    gathering = Gathering(ImageFinder(source))
    for name in names:
        if name.lower().endswith(".xml") and _is_annotation(source.path / name):
            _gather(gathering, source.path / name, PurePosixPath(name), splits)
    gathering.remark_others("without objects, no items")
    note = "Pascal VOC annotations in XML: each object is an item."
    return gathering.listing(["path", "label", *EDGES, "split", *FLAGS, "object"], [note])


def _image_sets(root: Path, names: list[str]) -> dict[str, str]:
    """Return the split of each image that ImageSets tell, by the name without its ending."""
    splits: dict[str, str] = {}
    for name in names:
        path = PurePosixPath(name)
        if path.parts[-3:-1] == SETS and path.suffix == ".txt" and is_split_name(path.stem):
            text = read_bytes(root / name, MOST_BYTES).decode(errors="replace")
            for line in text.splitlines():
                if words := line.split():
                    splits.setdefault(words[0], path.stem)
    return splits


def _gather(gathering: Gathering, path: Path, name: PurePosixPath, splits: dict[str, str]) -> None:
    try:
        annotation = _parsed(path)
    except SourceError as error:
        return gathering.leave_out_file(path, error, path.parents[len(name.parts) - 1])
    split = splits.get(name.stem) or split_in_folders(str(name))
    objects = annotation.findall("object")
    file = _file(gathering, annotation, name, split) if objects else None
    if file is None:
        return
    size = (annotation.findtext(f"size/{side}") for side in ("width", "height"))
    gathering.sizes.add(file, *size)
    for at, one in enumerate(objects, start=1):
        where = f"object {at} of {name}"
        label = (one.findtext("name") or "").strip() or None
        if label is None:
            gathering.remark("without a name, unlabeled", where)
        edges = _edges(one)
        fields = fields_of(file, label, split, edges) | {"object": str(at)}
        fields |= {flag: (one.findtext(flag) or "").strip() for flag in FLAGS}
        gathering.add_box(file, edges, label, fields, split, where, Origin(path, at))


def _file(
    gathering: Gathering, annotation: Element, name: PurePosixPath, split: str | None
) -> str | None:
    """Return the image of an annotation: of its own name as the format has it, or the one named."""
    above = name.parent.parent
    folders = (str(name.parent), *(str(above / folder) for folder in IMAGE_FOLDERS))
    named = (annotation.findtext("filename") or "").strip()
    found = gathering.images.find_stem(name.stem, folders)
    return found or gathering.file(named or f"{name.stem}.jpg", folders, split, str(name))


def _parsed(path: Path) -> Element:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    data = read_bytes(path, MOST_BYTES)
    try:
        found: Element = fromstring(data)
    except DefusedXmlException:
        raise SourceError("it defines XML entities, which are refused") from None
    except (ParseError, ValueError, LookupError):
        raise SourceError("it is damaged XML") from None
    return found


def _edges(one: Element) -> tuple[float, float, float, float]:
    """Return the edges of a box, whose pixels VOC counts from 1, the last one included."""
    box = one.find("bndbox")
    if box is None:
        return (float("nan"),) * 4
    left, top, right, bottom = (number(box.findtext(edge)) for edge in EDGES)
    # Some tools count from 0 all the same.
    return left - 1 if left >= 1 else left, top - 1 if top >= 1 else top, right, bottom


READER = Reader(
    name="voc",
    order=34,
    title="Pascal VOC",
    about="XML files with <annotation>, as in Annotations/: each object is an item, its image lies"
    " in JPEGImages/, images/ or beside it; splits from ImageSets/Main or the folders.",
    recognizes=_recognizes,
    read=_read,
)
