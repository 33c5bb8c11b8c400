"""Parses files of COCO annotations without what is heavy and of no use here."""

from __future__ import annotations

import json
import mmap
from pathlib import Path
from typing import Any

from core.ingest.annotation_files import read_bytes
from core.ingest.records import SourceError

SECTIONS = ("images", "annotations", "categories")
MOST_BYTES = 2_000_000_000
HEAVY = ("segmentation", "keypoints")
"""What is dropped while a file is read: it is most of it."""


def is_coco(path: Path) -> bool:
    """Tell whether a file names all sections of the format, wherever in it."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
            return all(text.find(f'"{name}"'.encode()) >= 0 for name in SECTIONS)
    except (OSError, ValueError):  # missing, or empty
        return False


def sections_of(path: Path) -> dict[str, list[Any]]:
    """Return the lists of a file by their names in `SECTIONS`.

    Raises
    ------
    SourceError
        When it cannot be read, is no JSON, or has no such lists.
    """
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
