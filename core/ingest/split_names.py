"""Splits in the names of annotation files and of folders around them."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from core.ingest.splits import is_split_name, normalized_split


def is_same_split(one: str, other: str) -> bool:
    """Tell whether two names may be of one split: ``val2017``, ``valid`` and ``validation``.

    Examples
    --------
    >>> is_same_split("train", "Train2017"), is_same_split("fold1", "fold2")
    (True, False)
    """
    forms = [
        (normalized_split(name) or "").removeprefix("final").strip("_- ") for name in (one, other)
    ]
    if any(form.startswith(("fold", "split")) for form in forms):
        return forms[0] == forms[1]
    return forms[0][:3] == forms[1][:3]


def split_in_folders(path: str) -> str | None:
    """Return the first folder of a path that is called like a split, as it is called."""
    return next(filter(is_split_name, PurePosixPath(path).parts[:-1]), None)


def split_in_name(name: str) -> str | None:
    """Return the split that the name of a file tells, between its other words.

    Examples
    --------
    >>> split_in_name("instances_train2017.json"), split_in_name("_annotations.coco.json")
    ('train2017', None)
    """
    return next(filter(is_split_name, re.split(r"[^a-zA-Z0-9]+", name)), None)
