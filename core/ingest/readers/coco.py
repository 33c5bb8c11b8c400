"""COCO annotations in JSON: each box is an item; without boxes, each image and its category."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from core.audit.source import Source
from core.ingest.annotation_files import files_in, folder_of, folders_near, listed, relative_to
from core.ingest.boxes import EDGES, IMAGES, Gathering, fields_of, number
from core.ingest.coco_json import is_coco, sections_of
from core.ingest.image_finder import ImageFinder
from core.ingest.readers.reader import Reader
from core.ingest.records import Listing, Origin, SourceError
from core.ingest.split_names import split_in_folders, split_in_name

OWN = ("annotation_id", "image_id", "iscrowd")
"""Columns of the format's own."""
BESIDE_IMAGES = ("_annotations.coco.json", "annotations.json", "coco.json", "instances.json")
"""Names of files that lie in a folder of images or of a split."""


def coco_files(root: Path) -> list[Path]:
    """Return the files of annotations in a folder."""
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
    return bool(coco_files(path))


def _read(source: Source) -> Listing:
    files = [source.labels] if source.labels else coco_files(source.path)
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
    for part in parts:
        part.gather_bare(has_boxes)
    columns = ["path", "label", *(EDGES if has_boxes else ()), "split", *OWN]
    what = "each box is an item" if has_boxes else "each image is an item"
    note = f"COCO annotations in {listed(source.path, files)}: {what}."
    classes = [name for part in parts for name in part.names.values()]
    return gathering.listing(columns, [note], classes)


class _CocoFile:
    """One file of annotations.

    A label stands at the number of its annotation; of an image that has none, it
    belongs to the number of the image, which is negative then.
    """

    def __init__(self, source: Source, path: Path, gathering: Gathering) -> None:
        self.gathering, self.path = gathering, path
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
        self.numbers: dict[str, int] = {}
        self.splits: dict[str, str] = {}
        for at, one in enumerate(found["images"], start=1):
            self._add_image_entry(at, one)
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

    def _add_image_entry(self, at: int, one: Any) -> None:
        if not _is_entry(one, "file_name"):
            return self.gathering.leave_out("damaged", f"one of {self.name}", IMAGES)
        key, name = _key(one), str(one["file_name"])
        if self.images.setdefault(key, name) != name:
            what = "its id is that of another image"
            return self.gathering.leave_out(what, f"{name} in {self.name}", IMAGES)
        self.numbers.setdefault(key, at)
        self.sizes[key] = one.get("width"), one.get("height")
        if isinstance(one.get("split"), str):
            self.splits[key] = one["split"]

    def gather(self) -> None:
        """Give the records of the file to the gathering."""
        has_boxes = any(isinstance(one, dict) and one.get("bbox") for one in self.annotations)
        seen: set[str] = set()
        for at, one, image, where in self._entries():
            label = self._label(one, where)
            if not has_boxes:
                is_added = self._add_image(at, one, image, label, where)
            elif one.get("bbox"):
                is_added = self._add_box(at, one, image, label, where)
            else:
                self.gathering.leave_out("no box", where)
                continue
            if is_added:
                seen.add(image)
        self.bare = [image for image in self.images if image not in seen]

    def gather_bare(self, has_boxes: bool) -> None:
        """Give the images without annotations, unlabeled items where no file has boxes."""
        for image in self.bare:
            name = self.images[image]
            if has_boxes:
                self.gathering.remark("without boxes, no items", name, IMAGES)
            else:
                self.gathering.remark("without annotations, unlabeled", name, IMAGES)
                self._add_image(-self.numbers[image], {}, image, None, name)

    def _entries(self) -> Iterator[tuple[int, dict[str, Any], str, str]]:
        """Yield annotations with their number, the key of their image, and how they are named."""
        for at, one in enumerate(self.annotations, start=1):
            if not _is_entry(one, "image_id"):
                self.gathering.leave_out("damaged", f"number {at:,} in {self.name}")
                continue
            image = str(one["image_id"])
            where = f"annotation {_key(one)} of {self.images.get(image, f'image {image}')}"
            if image in self.images:
                yield at, one, image, where
            else:
                self.gathering.leave_out("its image is not listed", f"{where} in {self.name}")

    def _label(self, one: dict[str, Any], where: str) -> str | None:
        category = str(one.get("category_id"))
        if category not in self.names:
            what = "with a category id that has no name, unlabeled"
            self.gathering.remark(what, f"id {category} in {where}")
        return self.names.get(category)

    def _add_box(
        self, at: int, one: dict[str, Any], image: str, label: str | None, where: str
    ) -> bool:
        file = self.gathering.file(self.images[image], self.folders, self.split, where)
        if file is None:
            return False
        self.gathering.sizes.add(file, *self.sizes[image])
        edges, split, origin = _edges(one["bbox"]), self._split(image), Origin(self.path, at)
        fields = fields_of(file, label, split, edges) | {
            "annotation_id": _key(one),
            "image_id": image,
            "iscrowd": str(one.get("iscrowd", "")),
        }
        self.gathering.add_box(file, edges, label, fields, split, where, origin)
        return True

    def _add_image(
        self, at: int, one: dict[str, Any], image: str, label: str | None, where: str
    ) -> bool:
        file = self.gathering.file(self.images[image], self.folders, self.split)
        if file is None:
            return False
        split, origin = self._split(image), Origin(self.path, at)
        fields = fields_of(file, label, split) | {"annotation_id": _key(one), "image_id": image}
        self.gathering.add_file(file, label, fields, split, where, origin)
        return True

    def _split(self, image: str) -> str | None:
        return self.splits.get(image) or self.split


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
