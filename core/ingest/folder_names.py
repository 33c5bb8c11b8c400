"""``folder_names.csv``: what folders stand for whose names do not say it.

A class may be called what no folder can, ``and/or``, or as another one but for case;
a split may be called ``holdout``. An export names such folders safely and lists them
all in this table; whoever reads class folders reads it with them.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

FOLDER_NAMES = "folder_names.csv"
COLUMNS = ("folder", "kind", "name")
SPLIT, CLASS = "split", "class"
"""Kinds of folders; an empty name is that of items without a split, or without a label."""


class FolderNames(NamedTuple):
    """What folders stand for.

    Attributes
    ----------
    splits, classes : dict of str to str or None
        Name by folder.
    """

    splits: dict[str, str | None]
    classes: dict[str, str | None]


def folder_names(base: Path) -> FolderNames | None:
    """Return what the table in a folder says; None where there is none of ours."""
    found = FolderNames({}, {})
    kinds = {SPLIT: found.splits, CLASS: found.classes}
    try:
        with (base / FOLDER_NAMES).open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file, strict=True)
            if next(rows, None) != [*COLUMNS]:
                return None
            for folder, kind, name in rows:
                kinds[kind][folder] = name or None
    except (OSError, ValueError, KeyError, csv.Error):
        return None
    return found
