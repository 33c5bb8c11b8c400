"""COCO annotations in JSON: each box is an item; without boxes, each image and its category."""

from __future__ import annotations

import json
import mmap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from core.audit.source import Source
from core.ingest.annotation_files import files_in, folder_of, folders_near, read_bytes, relative_to
from core.ingest.boxes import EDGES, FILES, IMAGES, Gathering, edge_fields, number
from core.ingest.image_index import ImageIndex
from core.ingest.readers.reader import Reader
from core.ingest.records import Listing, SourceError
from core.ingest.splits import split_in_folders, split_in_name

SECTIONS = ("images", "annotations", "categories")
BESIDE_IMAGES = ("_annotations.coco.json", "annotations.json", "coco.json", "instances.json")
"""Names of files that lie in a folder of images or of a split."""
MOST_BYTES = 2_000_000_000
HEAVY = ("segmentation", "keypoints")
"""What is dropped while a file is read: it is most of it, and of no use here."""
SEVERAL_LABELS = "several labels; an image can be audited for one, so give boxes or a table"


def _files(root: Path) -> list[Path]:
    found = []
    for folder in folders_near(root, ["annotations"]):
        if folder == root or folder.name.casefold() == "annotations":
            found += files_in(folder, ".json")
        else:
            found += [folder / name for name in BESIDE_IMAGES if (folder / name).is_file()]
    return [path for path in dict.fromkeys(found) if _is_coco(path)]


def _is_coco(path: Path) -> bool:
    """Tell whether a file names all sections of the format, wherever in it."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
            return all(text.find(f'"{name}"'.encode()) >= 0 for name in SECTIONS)
    except (OSError, ValueError):  # missing, or empty
        return False


def _recognizes(path: Path, options: Mapping[str, str]) -> bool:
    if "labels" in options:
        table = Path(options["labels"])
        return table.suffix.lower() == ".json" and _is_coco(table)
    return bool(_files(path))


def _read(source: Source) -> Listing:
    files = [source.labels] if source.labels else _files(source.path)
    if not files:
        raise SourceError(f"There is no COCO file of annotations in {source.path}.")
    gathering = Gathering(ImageIndex(source))
    parts = []
    for path in files:
        try:
            parts.append(_CocoFile(source, path, gathering))
        except SourceError as error:
            if len(files) == 1:
                raise
            gathering.leave_out(str(error), relative_to(source.path, path), FILES)
    for part in parts:
        part.gather()
    has_boxes = any(record.region for record in gathering.records)
    columns = ["path", "label", *(EDGES if has_boxes else ()), "split", "annotation_id", "image_id"]
    names = ", ".join(relative_to(source.path, path) for path in files[:3])
    what = "each box is an item" if has_boxes else "each image is an item"
    note = f"COCO annotations in {names}{', …' if len(files) > 3 else ''}: {what}."
    classes = [name for part in parts for name in part.names.values()]
    return gathering.listing(columns, [note], classes)


class _CocoFile:
    """One file of annotations."""

    def __init__(self, source: Source, path: Path, gathering: Gathering) -> None:
        self.gathering = gathering
        self.name = relative_to(source.path, path)
        found = _parsed(path)
        self.annotations = found["annotations"]
        self.names = {
            _key(one): str(one["name"]) for one in found["categories"] if _is_entry(one, "name")
        }
        self.images = {
            _key(one): str(one["file_name"])
            for one in found["images"]
            if _is_entry(one, "file_name")
        }
        self.sizes = {
            _key(one): (one.get("width"), one.get("height"))
            for one in found["images"]
            if _is_entry(one, "file_name")
        }
        self.split = split_in_folders(self.name) or split_in_name(path.name)
        folder = folder_of(source.path, path)
        split = [self.split] if self.split else []
        self.folders = (
            folder,
            str(PurePosixPath(folder) / "images"),
            *split,
            *(f"images/{one}" for one in split),
            "",
        )

    def gather(self) -> None:
        """Give the records of the file to the gathering."""
        labels: dict[str, list[tuple[str | None, str]]] = {}
        has_boxes = any(isinstance(one, dict) and one.get("bbox") for one in self.annotations)
        seen: set[str] = set()
        for one, image, where in self._entries():
            label = self._label(one, where)
            if not has_boxes:
                labels.setdefault(image, []).append((label, _key(one)))
            elif not one.get("bbox"):
                self.gathering.leave_out("no box", where)
            elif self._add_box(one, image, label, where):
                seen.add(image)
        for image, found in labels.items():
            if self._add_image(image, found):
                seen.add(image)
        for image, name in self.images.items():
            if image not in seen:
                self.gathering.remark("without annotations, no items", name, IMAGES)

    def _entries(self) -> Iterator[tuple[dict[str, Any], str, str]]:
        """Yield annotations with the key of their image, and how they are named."""
        for at, one in enumerate(self.annotations):
            if not _is_entry(one, "image_id"):
                self.gathering.leave_out("damaged", f"number {at + 1:,} in {self.name}")
                continue
            image = str(one["image_id"])
            where = f"annotation {_key(one)} of {self.images.get(image, f'image {image}')}"
            if image in self.images:
                yield one, image, where
            else:
                self.gathering.leave_out("its image is not listed", f"{where} in {self.name}")

    def _label(self, one: dict[str, Any], where: str) -> str | None:
        category = str(one.get("category_id"))
        if category not in self.names:
            what = "with a category id that has no name, unlabeled"
            self.gathering.remark(what, f"id {category} in {where}")
        return self.names.get(category)

    def _add_box(self, one: dict[str, Any], image: str, label: str | None, where: str) -> bool:
        file = self.gathering.file(self.images[image], self.folders, self.split, where)
        if file is None:
            return False
        self.gathering.sizes.add(file, *self.sizes[image])
        edges = _edges(one["bbox"])
        fields = self._fields(file, label, image, _key(one)) | edge_fields(edges)
        self.gathering.add_box(file, edges, label, fields, self.split, where)
        return True

    def _add_image(self, image: str, found: list[tuple[str | None, str]]) -> bool:
        if len({label for label, _ in found}) > 1:
            self.gathering.leave_out(SEVERAL_LABELS, self.images[image], IMAGES)
            return True
        name = self.images[image]
        file = self.gathering.file(name, self.folders, self.split)
        if file is None:
            return False
        label, annotation = found[0]
        fields = self._fields(file, label, image, annotation)
        self.gathering.add_file(file, label, fields, self.split, name)
        return True

    def _fields(self, file: str, label: str | None, image: str, annotation: str) -> dict[str, str]:
        return {
            "path": file,
            "label": label or "",
            "split": self.split or "",
            "annotation_id": annotation,
            "image_id": image,
        }


def _parsed(path: Path) -> dict[str, list[Any]]:
    data = read_bytes(path, MOST_BYTES)
    try:
        found = json.loads(data, object_hook=_slim)
    except UnicodeDecodeError:
        raise SourceError(f"{path} is not UTF-8 text.") from None
    except json.JSONDecodeError as error:
        raise SourceError(f"{path} is damaged JSON (character {error.pos + 1:,}).") from None
    except RecursionError:
        raise SourceError(f"{path} is nested too deep for annotations.") from None
    if not isinstance(found, dict) or not all(isinstance(found.get(s), list) for s in SECTIONS):
        raise SourceError(f"{path} has no lists {', '.join(SECTIONS)}, as COCO files have.")
    return found


def _slim(entry: dict[str, Any]) -> dict[str, Any]:
    for name in HEAVY:
        entry.pop(name, None)
    return entry


def _is_entry(one: object, needed: str) -> bool:
    return isinstance(one, dict) and isinstance(one.get("id", ""), str | int) and needed in one


def _key(one: dict[str, Any]) -> str:
    return str(one.get("id", ""))


def _edges(box: object) -> Sequence[float]:
    if not isinstance(box, list) or len(box) != 4:
        return (float("nan"),) * 4
    left, top, width, height = map(number, box)
    return left, top, left + width, top + height


READER = Reader(
    name="coco",
    order=30,
    title="COCO JSON",
    about="A JSON file with images, annotations and categories, in the folder or with --labels:"
    " each box is an item, or each image where there are no boxes; splits from the file's name.",
    recognizes=_recognizes,
    read=_read,
    of_table=None,
)
