"""YOLO detection: a text file for each image in ``labels/``, names of classes in ``data.yaml``."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from core.audit.source import Source
from core.ingest.annotation_files import files_in, folders_near, read_bytes
from core.ingest.boxes import EDGES, FILES, Gathering, fields_of, number
from core.ingest.crop_pictures import stored_size
from core.ingest.files import UnreadableImage, path_inside
from core.ingest.image_finder import ImageFinder
from core.ingest.linked_folders import FolderWalk
from core.ingest.readers.reader import Reader
from core.ingest.records import Listing, Origin, SourceError
from core.ingest.split_names import split_in_folders
from core.ingest.yolo_names import names_in

LABELS, IMAGES_FOLDER = "labels", "images"
NAME_LISTS = ("classes.txt", "obj.names")
"""Files of a name a line, where there is no ``data.yaml``."""
MOST_BYTES = 10_000_000
FARTHEST = 2.0
"""Shares of a side beyond which a number is none: a box may reach a little out of its image."""


def names_of_classes(root: Path) -> tuple[Path, dict[int, str]] | None:
    """Return the file that names the classes, and the names by id; None where there is none."""
    for path in files_in(root, ".yaml", ".yml"):
        if names := names_in(_text(path)):
            return path, names
    for folder in (root, root / LABELS):
        for name in NAME_LISTS:
            if (folder / name).is_file():
                lines = [line.strip() for line in _text(folder / name).splitlines()]
                return folder / name, {at: line for at, line in enumerate(lines) if line}
    return None


def _text(path: Path) -> str:
    try:
        return read_bytes(path, MOST_BYTES).decode("utf-8-sig", errors="replace")
    except SourceError:
        return ""


def _recognizes(path: Path, options: Mapping[str, str]) -> bool:
    if "labels" in options or not any(
        folder.name == LABELS and folder != path and folder.is_dir()
        for folder in folders_near(path, [LABELS])
    ):
        return False
    return names_of_classes(path) is not None


def _read(source: Source) -> Listing:
    found = names_of_classes(source.path)
    if found is None:
        raise SourceError(f"There is no data.yaml with names of classes in {source.path}.")
    named_in, names = found[0].name, found[1]
    gathering = Gathering(ImageFinder(source))
    for path in sorted(FolderWalk(source.path, source.roots).files()):
        name = PurePosixPath(path)
        if name.suffix == ".txt" and LABELS in name.parts[:-1] and name.name not in NAME_LISTS:
            _LabelFile(source, name, gathering, names, named_in).gather()
    gathering.remark_others("without boxes, no items")
    note = f"YOLO labels, the names of classes from {named_in}: each box is an item."
    return gathering.listing(
        ["path", "label", *EDGES, "split", "class_id", "line"], [note], names.values()
    )


class _LabelFile:
    """The boxes of one image."""

    def __init__(
        self,
        source: Source,
        name: PurePosixPath,
        gathering: Gathering,
        names: dict[int, str],
        named_in: str,
    ) -> None:
        self.source, self.name, self.gathering = source, name, gathering
        self.names, self.named_in = names, named_in

    def gather(self) -> None:
        """Give the records of the file to the gathering."""
        lines = list(self._lines())
        if not lines:
            return
        file = self.gathering.images.find_stem(self.name.stem, _image_folders(self.name.parent))
        if file is None:
            return self.gathering.leave_out("there is no image for it", str(self.name), FILES)
        try:
            size = stored_size(path_inside(self.source.path, file, self.source.roots))
        except UnreadableImage as error:
            return self.gathering.leave_out(f"its image: {error}", str(self.name), FILES)
        split = split_in_folders(file)
        for at, words in lines:
            self._add(file, size, split, at, words)

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        text = _text(self.source.path / self.name)
        for at, line in enumerate(text.splitlines(), start=1):
            if words := line.split():
                yield at, words

    def _add(
        self, file: str, size: tuple[int, int], split: str | None, at: int, words: list[str]
    ) -> None:
        where = f"line {at} of {self.name}"
        values = [number(word) for word in words]
        shares = _shares(values[1:])
        if shares is None or not values[0].is_integer():
            return self.gathering.leave_out("no class id and numbers of a box", where)
        if not all(abs(share) < FARTHEST for share in shares):
            what = "its numbers are no shares of the image's sides, 0 to 1"
            return self.gathering.leave_out(what, where)
        class_id = int(values[0])
        label = self.names.get(class_id)
        if label is None:
            what = f"with a class id that {self.named_in} does not name, unlabeled"
            self.gathering.remark(what, f"id {class_id} in {where}")
        edges = [share * size[axis % 2] for axis, share in enumerate(shares)]
        fields = fields_of(file, label, split, edges) | {"line": str(at), "class_id": str(class_id)}
        origin = Origin(self.source.path / self.name, at)
        self.gathering.add_box(file, edges, label, fields, split, where, origin)


def _shares(numbers: Sequence[float]) -> Sequence[float] | None:
    """Return the edges of a box, or of a polygon's, as shares; None where it is neither.

    A box is its center, width and height and, of a prediction, how sure it is.
    """
    if not all(map(math.isfinite, numbers)):
        return None
    if len(numbers) in (4, 5):
        x, y, width, height = numbers[:4]
        return x - width / 2, y - height / 2, x + width / 2, y + height / 2
    if len(numbers) >= 6 and len(numbers) % 2 == 0:
        across, down = numbers[::2], numbers[1::2]
        return min(across), min(down), max(across), max(down)
    return None


def _image_folders(labels: PurePosixPath) -> list[str]:
    """Return where the images of a folder of labels lie: in ``images`` in its place, beside it."""
    parts = list(labels.parts)
    at = len(parts) - 1 - parts[::-1].index(LABELS)
    instead = PurePosixPath(*parts[:at], IMAGES_FOLDER, *parts[at + 1 :])
    above = PurePosixPath(*parts[:at], *parts[at + 1 :])
    return [str(instead), str(above), str(labels)]


READER = Reader(
    name="yolo",
    order=32,
    title="YOLO detection",
    about="Folders images/ and labels/ (in or around those of splits) with a data.yaml that has"
    " names: each line of labels/*.txt is an item.",
    recognizes=_recognizes,
    read=_read,
)
