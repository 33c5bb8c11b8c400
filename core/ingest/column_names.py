"""What columns of paths, ids and labels are called, whatever their case, blanks and separators."""

from __future__ import annotations

import re
from collections.abc import Sequence

PATHS = (
    "path", "filepath", "filename", "imagepath", "imgpath", "imagefile", "imagefilename",
    "imagename", "imgname", "file", "image", "img", "photo", "picture", "imageid", "imgid",
    "fileid",
)  # fmt: skip
"""In the order in which they are preferred."""

LABELS = (
    "label", "class", "category", "finding", "classname", "labelname", "categoryname",
    "classlabel", "imagelabel", "imageclass", "labels", "classes", "findings", "findinglabels",
    "choice", "target", "diagnosis", "dx", "species", "groundtruth", "annotation", "tag", "y",
)  # fmt: skip

EACH_CLASS = "one-hot"
"""Named as the column of the labels, where each class has a column."""

BOX = {"xmin", "ymin", "xmax", "ymax"}


def plain_name(column: str) -> str:
    r"""Return the name of a column without case, blanks and separators.

    Examples
    --------
    >>> [plain_name(name) for name in (" File_Name", "image id", "Path\t")]
    ['filename', 'imageid', 'path']
    """
    return re.sub(r"[\s_\-.]+", "", column).casefold()


def called(columns: Sequence[str], names: Sequence[str]) -> list[int]:
    """Return the positions of columns called by one of `names`, the first of these first."""
    plain = [plain_name(column) for column in columns]
    found = [position for position, name in enumerate(plain) if name in names]
    return sorted(found, key=lambda n: (names.index(plain[n]), columns[n] != plain[n]))


def position_of(columns: Sequence[str], name: str) -> int | None:
    """Return where the column is that somebody has named, exactly or but for case and blanks."""
    if name in columns:
        return columns.index(name)
    plain = [plain_name(column) for column in columns]
    wanted = plain_name(name)
    return plain.index(wanted) if plain.count(wanted) == 1 else None
