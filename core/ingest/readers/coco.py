"""COCO annotations in JSON: each box is an item; without boxes, each image and its category."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from core.audit.source import Source
from core.ingest.annotation_files import files_in, folder_of, folders_near, listed, relative_to
from core.ingest.boxes import EDGES, IMAGES, Gathering, edge_fields, number
from core.ingest.coco_json import is_coco, sections_of
from core.ingest.image_finder import ImageFinder
from core.ingest.readers.reader import Reader
from core.ingest.records import Listing, SourceError
from core.ingest.split_names import split_in_folders, split_in_name

OWN = ("annotation_id", "image_id", "iscrowd")
"""Columns of the format's own."""
BESIDE_IMAGES = ("_annotations.coco.json", "annotations.json", "coco.json", "instances.json")
"""Names of files that lie in a folder of images or of a split."""


def _files(root: Path) -> list[Path]:
    found = []
    for folder in folders_near(root, ["annotations"]):
        if folder == root or folder.name.casefold() == "annotations":
            found += files_in(folder, ".json")
        else:
            found += [folder / name for name in BESIDE_IMAGES if (folder / name).is_file()]
    return [path for path in dict.fromkeys(found) if is_coco(path)]


def _recognizes(path: Path, options: Mapping[str, str]) -> bool:
    if "labels" in options:
        table = Path(options["labels"])
        return table.suffix.lower() == ".json" and is_coco(table)
    return bool(_files(path))


def _read(source: Source) -> Listing:
    files = [source.labels] if source.labels else _files(source.path)
    if not files:
        raise SourceError(f"There is no COCO file of annotations in {source.path}.")
    gathering = Gathering(ImageFinder(source))
    parts = []
    for path in files:
        try:
            parts.append(_CocoFile(source, path, gathering))
        except SourceError as error:
            if len(files) == 1:
                raise
            gathering.leave_out_file(path, error, source.path)
    for part in parts:
        part.gather()
    has_boxes = any(record.region for record in gathering.records)
    columns = ["path", "label", *(EDGES if has_boxes else ()), "split", *OWN]
    what = "each box is an item" if has_boxes else "each image is an item"
    note = f"COCO annotations in {listed(source.path, files)}: {what}."
    classes = [name for part in parts for name in part.names.values()]
    return gathering.listing(columns, [note], classes)


class _CocoFile:
    """One file of annotations."""

    def __init__(self, source: Source, path: Path, gathering: Gathering) -> None:
        self.gathering = gathering
        self.name = relative_to(source.path, path)
        found = sections_of(path)
        self.annotations = found["annotations"]
        self.names = {
            _key(one): name
            for one in found["categories"]
            if _is_entry(one, "name") and (name := str(one["name"]).strip())
        }
        self.images: dict[str, str] = {}
        self.sizes: dict[str, tuple[object, object]] = {}
        for one in found["images"]:
            self._add_image_entry(one)
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

    def _add_image_entry(self, one: Any) -> None:
        if not _is_entry(one, "file_name"):
            return self.gathering.leave_out("damaged", f"one of {self.name}", IMAGES)
        key, name = _key(one), str(one["file_name"])
        if self.images.setdefault(key, name) != name:
            what = "its id is that of another image"
            return self.gathering.leave_out(what, f"{name} in {self.name}", IMAGES)
        self.sizes[key] = one.get("width"), one.get("height")

    def gather(self) -> None:
        """Give the records of the file to the gathering."""
        has_boxes = any(isinstance(one, dict) and one.get("bbox") for one in self.annotations)
        seen: set[str] = set()
        for one, image, where in self._entries():
            label = self._label(one, where)
            if not has_boxes:
                is_added = self._add_image(one, image, label, where)
            elif one.get("bbox"):
                is_added = self._add_box(one, image, label, where)
            else:
                self.gathering.leave_out("no box", where)
                continue
            if is_added:
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
        fields["iscrowd"] = str(one.get("iscrowd", ""))
        self.gathering.add_box(file, edges, label, fields, self.split, where)
        return True

    def _add_image(self, one: dict[str, Any], image: str, label: str | None, where: str) -> bool:
        file = self.gathering.file(self.images[image], self.folders, self.split)
        if file is None:
            return False
        fields = self._fields(file, label, image, _key(one))
        self.gathering.add_file(file, label, fields, self.split, where)
        return True

    def _fields(self, file: str, label: str | None, image: str, annotation: str) -> dict[str, str]:
        return {
            "path": file,
            "label": label or "",
            "split": self.split or "",
            "annotation_id": annotation,
            "image_id": image,
        }


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
    order=28,
    title="COCO JSON",
    about="A JSON file with images, annotations and categories, in the folder or with --labels:"
    " each box is an item, or each image where there are no boxes; splits from the file's name.",
    recognizes=_recognizes,
    read=_read,
    of_table=None,
)
