"""What was there at an earlier check: content and label of every labeled image, in a file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from core.arrays.atomic import atomic_write
from core.audit import AuditError
from core.store import now
from core.text import one_line, shortened

MARK = "second_look_baseline"
VERSION = 1

Key = tuple[str, str]
"""Content hash, and label as the input spells it."""


def write_baseline(path: Path, keys: Iterable[Key]) -> None:
    """Write a baseline, whole or not at all; the same keys make the same lines."""
    lines = sorted(set(keys))
    header = {MARK: VERSION, "at": now(), "labels": len(lines)}
    with atomic_write(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        for line in (header, *lines):
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def read_baseline(path: Path) -> set[Key]:
    """Read what `write_baseline` wrote.

    Raises
    ------
    AuditError
        When the file holds no baseline, or not all of one.
    """
    try:
        with path.open(encoding="utf-8") as file:
            header = json.loads(file.readline())
            version = header[MARK]
            keys = {_key(line) for line in file}
    except FileNotFoundError:
        raise AuditError(
            f"There is no baseline {path}; write one with --save-baseline FILE."
        ) from None
    except (ValueError, TypeError, KeyError, RecursionError):
        raise _no_baseline(path) from None
    if version != VERSION or header.get("labels") != len(keys):
        raise _no_baseline(path)
    return keys


def _key(line: str) -> Key:
    content, label = json.loads(line)
    if not isinstance(content, str) or not isinstance(label, str):
        raise TypeError(line)
    return content, label


def _no_baseline(path: Path) -> AuditError:
    name = shortened(one_line(path.name), 80)
    return AuditError(f"{name} is no whole baseline; write one with --save-baseline FILE.")
