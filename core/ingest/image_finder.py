"""Finds the image files that annotations name, with or without their folders."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath

from core.audit.source import Source
from core.ingest.images import EXTENSIONS
from core.ingest.linked_folders import FolderWalk
from core.ingest.split_names import is_same_split
from core.ingest.splits import is_split_name


class SeveralFiles(ValueError):
    """A name that several files have."""


class ImageFinder:
    """The image files of a data set, to be found by the names that annotations have for them.

    Parameters
    ----------
    source : Source

    Attributes
    ----------
    paths : list of str
        Of all image files, relative to the source folder, sorted.
    notes : list of str
        About links that were not followed.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        walk = FolderWalk(source.path, source.roots)
        names = (name for name in walk.files() if _is_image(name))
        self.paths = sorted(name for name in names if _is_text(name))
        self.notes = walk.notes()
        self._known = {_form(path): path for path in self.paths}
        self._stems = {str(PurePosixPath(path).with_suffix("")): path for path in self._known}
        self._by_name: dict[str, list[str]] = {}
        for path in self.paths:
            self._by_name.setdefault(_form(PurePosixPath(path).name), []).append(path)

    def find(
        self,
        name: str,
        folders: Iterable[str] = (),
        split: str | None = None,
        likely: str | None = None,
    ) -> str | None:
        r"""Return the path of the file that is called `name`; None where there is none.

        Parameters
        ----------
        name : str
            With ``/`` or ``\\`` between folders, or without any.
        folders : iterable of str
            Where it is looked for first, relative to the source; ``""`` is the source.
        split : str or None
            No file in the folder of another split is taken.
        likely : str or None
            A split: of several files, the one in its folder is taken.

        Raises
        ------
        SeveralFiles
            When it may be one file or another.
        """
        name = _form(name.replace("\\", "/"))
        for folder in folders:
            if path := self._known.get(str(PurePosixPath(_form(folder)) / name)):
                return path
        return self._alike(PurePosixPath(name), split, likely or split)

    def find_stem(self, stem: str, folders: Iterable[str]) -> str | None:
        """Return the image in one of `folders` whose name without its ending is `stem`."""
        for folder in folders:
            if path := self._stems.get(str(PurePosixPath(_form(folder)) / _form(stem))):
                return self._known[path]
        return None

    def _alike(self, name: PurePosixPath, split: str | None, likely: str | None) -> str | None:
        """Return the one file whose path ends most like `name`."""
        found = self._by_name.get(name.name, [])
        if split is not None:
            found = [path for path in found if not _is_of_another_split(path, split)]
        if len(found) > 1:
            ends = [_common_end(name, PurePosixPath(_form(path))) for path in found]
            found = [path for path, end in zip(found, ends, strict=True) if end == max(ends)]
        if len(found) > 1 and likely is not None:
            found = [path for path in found if _is_of_split(path, likely)]
        if len(found) > 1:
            raise SeveralFiles(str(name))
        return found[0] if found else None


def _is_image(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in EXTENSIONS


def _is_text(path: str) -> bool:
    """Tell whether a file's name is UTF-8: no other name can stand in an annotation."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _form(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _splits_of(path: str) -> list[str]:
    return [folder for folder in PurePosixPath(path).parts[:-1] if is_split_name(folder)]


def _is_of_split(path: str, split: str) -> bool:
    return any(is_same_split(folder, split) for folder in _splits_of(path))


def _is_of_another_split(path: str, split: str) -> bool:
    return bool(_splits_of(path)) and not _is_of_split(path, split)


def _common_end(one: PurePosixPath, other: PurePosixPath) -> int:
    count = 0
    for left, right in zip(reversed(one.parts), reversed(other.parts), strict=False):
        if left != right:
            break
        count += 1
    return count
