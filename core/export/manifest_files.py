"""Where the manifest of an export lies, and whether it is one of ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

MADE_BY = "Second Look"
VERSION = 1
"""Of the manifest itself; one of a later version is not read."""

MANIFEST, CHANGES = "manifest.json", "changes.csv"
"""In a folder that was exported; beside a file they have its name before theirs."""


def manifest_beside(path: Path) -> Path:
    """Return where the manifest of an exported file lies.

    Examples
    --------
    >>> manifest_beside(Path("out/labels.csv")).name
    'labels.csv.manifest.json'
    """
    return path.with_name(f"{path.name}.{MANIFEST}")


def changes_beside(path: Path) -> Path:
    """Return where the changes of an exported file lie."""
    return path.with_name(f"{path.name}.{CHANGES}")


def read_manifest(path: Path) -> dict[str, Any] | None:
    """Return a manifest of ours; None where there is none, or of a version that is not known."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    is_ours = isinstance(found, dict) and found.get("made_by") == MADE_BY
    return found if is_ours and found.get("version") == VERSION else None
