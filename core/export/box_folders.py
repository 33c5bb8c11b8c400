"""The pictures of boxes in a folder of an export: each file once, whatever boxes lie in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from core.audit import Audit
from core.export.corrected import CorrectedItem
from core.export.file_names import UniqueNames, safe_name
from core.export.file_trees import FolderTree, joined
from core.export.filing import UNSPLIT, Filing
from core.export.item_files import file_name
from core.export.outgoing import Outgoing
from core.ingest.crop_pictures import stored_size
from core.ingest.crops import Region, file_of
from core.ingest.files import UnreadableImage

Size = tuple[int, int] | None


class Box(NamedTuple):
    """A box and its label; the whole picture where there is no region."""

    region: Region | None
    label: str | None


class PlacedPicture(NamedTuple):
    """A picture in the export.

    Attributes
    ----------
    path : str
        Relative to the export.
    split : str or None
    size : tuple of int or None
        Width and height in pixels as stored; None where it cannot be read.
    boxes : list of Box
    """

    path: str
    split: str | None
    size: Size
    boxes: list[Box]


class BoxFolders:
    """Puts pictures into a folder for each split, and gathers their boxes.

    Parameters
    ----------
    outgoing : Outgoing
    path : Path
        Of the export.
    images : str
        The folder of the pictures.
    by_split : bool
        Whether each split has a folder in it.
    with_blanks : bool
        Whether names may have blanks.
    """

    def __init__(
        self,
        outgoing: Outgoing,
        path: Path,
        images: str,
        *,
        by_split: bool = True,
        with_blanks: bool = True,
    ) -> None:
        self.outgoing = outgoing
        self.tree = FolderTree(path, outgoing.choices.files)
        self._filing = Filing(outgoing, self.tree, [images])
        self._images = images
        self._by_split = by_split
        self._with_blanks = with_blanks
        self._stems = UniqueNames()
        self.folders = self._folders()

    def _folders(self) -> dict[str | None, str]:
        """Return the folder of each split below that of the images."""
        found = {item.split for item in self.outgoing.items()}
        names = UniqueNames()
        splits = sorted(split for split in found if split is not None)
        folders: dict[str | None, str] = {one: names.take("", safe_name(one)) for one in splits}
        if None in found:
            folders[None] = names.take("", UNSPLIT) if splits else ""
        return folders

    def pictures(
        self, fault: Callable[[PlacedPicture, Box], str | None] = lambda picture, box: None
    ) -> list[PlacedPicture]:
        """Return every picture with its boxes, in the order of the first of them.

        One of which boxes are in several splits is there once for each.

        Parameters
        ----------
        fault : callable
            Why a box cannot be held, or None; such are told among what is not written.
        """
        placed: dict[tuple[str, str | None], PlacedPicture | None] = {}
        for item in self.outgoing.items():
            key = file_of(item._asdict()), item.split
            if key not in placed:
                placed[key] = self._placed(item, key[0])
            picture = placed[key]
            if picture is None:
                continue
            box = Box(item.region, item.label)
            if (reason := fault(picture, box)) is None:
                picture.boxes.append(box)
            else:
                self._filing.leave_out(item, reason)
        self._filing.finish()
        return [picture for picture in placed.values() if picture is not None]

    def _placed(self, item: CorrectedItem, file: str) -> PlacedPicture | None:
        whole = item._replace(path=file, region=None, labels=(), weights=())
        folder = joined([self._images, self.folders[item.split] if self._by_split else ""])
        path = self._filing.put(whole, folder, self._name(whole, folder))
        if path is None:
            return None
        try:
            size: Size = stored_size(self.tree.root / path)
        except UnreadableImage:
            size = None
        return PlacedPicture(path, item.split, size, [])

    def _name(self, item: CorrectedItem, folder: str) -> str | None:
        """Return a name whose beginning no other picture has, so that annotations may have it."""
        try:
            name = PurePosixPath(file_name(item, self.outgoing.file(item)))
        except (UnreadableImage, OSError):
            return None
        stem = name.stem if self._with_blanks else re.sub(r"\s", "_", name.stem)
        return self._stems.take(folder, stem) + name.suffix


def boxes_only(audit: Audit) -> str | None:
    """Say that a format has boxes only, of an audit of whole images."""
    return None if audit.store.has_crops() else "The items are whole images, and it holds boxes."


def edges(region: Region) -> Iterator[int]:
    """Yield left, top, right and bottom."""
    left, top, width, height = region
    yield from (left, top, left + width, top + height)
