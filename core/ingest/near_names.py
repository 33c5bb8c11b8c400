"""Paths without a file: where the first was looked for, and what lies there instead."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from itertools import islice
from pathlib import Path, PurePosixPath

from core.text import counted, shortened

NAMES_COMPARED = 10_000


def missing_sentences(root: Path, missing: Sequence[str], total: int) -> list[str]:
    """Say how many of the files of a data set are missing, with an example; none for none.

    Parameters
    ----------
    root : Path
        Where they were looked for.
    missing : sequence of str
        Their paths, in the order of the input.
    total : int
        All files that the input names.
    """
    if not missing:
        return []
    first = missing[0]
    near = nearest(root, _within(root, PurePosixPath(first)))
    return [
        f"{len(missing):,} of {counted(total, 'file')} ({len(missing) / total:.0%}) are missing,"
        f" first {shortened(first, 80)}, looked for in {root}"
        f"{f'; a near name is {shortened(near, 80)}' if near else ''}."
    ]


def _within(root: Path, path: PurePosixPath) -> PurePosixPath:
    """Return an absolute path from the first of its folders in `root`, else its name alone."""
    if not path.is_absolute() and not path.parts[0].endswith(":"):
        return path
    parts = path.parts[1:]
    known = (n for n, part in enumerate(parts) if (root / part).exists())
    return PurePosixPath(*parts[next(known, len(parts) - 1) :])


def nearest(root: Path, path: PurePosixPath) -> str | None:
    """Return the existing path that is most like one that does not exist."""
    folder = PurePosixPath()
    for part in path.parts:
        if not (root / folder / part).exists():
            try:
                names = [one.name for one in islice((root / folder).iterdir(), NAMES_COMPARED)]
            except OSError:
                return None
            # Without its ending, or in another case, a name is nearer than one that looks alike.
            plain = PurePosixPath(part).stem.casefold()
            same = [name for name in names if PurePosixPath(name).stem.casefold() == plain]
            close = same or difflib.get_close_matches(part, names, 1, 0.7)
            return str(folder / min(close)) if close else None
        folder /= part
    return None
