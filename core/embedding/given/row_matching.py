"""Finds the item that each row of a given file belongs to, and names those that do not fit."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from core.embedding.given.given_files import Contents, GivenFileError
from core.text import counted

# A file of one's own may number its rows in "id", hence paths count before ids.
KEY_NAMES = ("path", "paths", "id", "ids")
EXAMPLES = 3
"""Names that a sentence gives."""


@dataclass(frozen=True)
class ItemKey:
    """What identifies one item of the audit, which needs a row.

    Attributes
    ----------
    id : str
        Sixteen hexadecimal digits.
    path : str
        Relative, with forward slashes; for a table, the value of its path column.
    """

    id: str
    path: str


@dataclass(frozen=True)
class Rows:
    """The position of the item that each row of a file belongs to, and what the row is called."""

    items: NDArray[np.intp]
    names: Sequence[str]


def matched(contents: Contents, item_keys: Sequence[ItemKey], in_order: bool, n_rows: int) -> Rows:
    """Find the item of every row, refusing whatever is missing, extra or repeated."""
    file = contents.file
    advice = "give an .npz or Parquet file with a 'path' (or 'id') for each row"
    name = next((name for name in KEY_NAMES if name in contents.texts), None)
    if name is None:
        unusable = [key for key in KEY_NAMES if key in (*contents.others, *contents.columns)]
        if unusable:
            raise GivenFileError(
                f"{unusable[0]!r} in {file} must be one-dimensional text, one for each row."
            )
        if contents.join or not in_order:
            raise GivenFileError(f"{file} does not say whose rows they are; {advice}.")
        if n_rows != len(item_keys):
            raise GivenFileError(
                f"{file} has {counted(n_rows, 'row')} for {counted(len(item_keys), 'item')};"
                f" {advice}."
            )
        return Rows(np.arange(n_rows), [item.path for item in item_keys])
    keys = contents.texts[name]()
    if len(keys) != n_rows:
        raise GivenFileError(
            f"{name!r} in {file} has {counted(len(keys), 'value')} for {counted(n_rows, 'row')}."
        )
    if name.startswith("path"):
        items = [item.path for item in item_keys]
        positions = positions_among([_clean(key) for key in keys], [_clean(path) for path in items])
    else:
        items = [item.id for item in item_keys]
        positions = positions_among(keys, items)
    found = np.array(positions, np.intp)
    counts = np.bincount(found[found >= 0], minlength=len(items))
    missing = [items[position] for position in np.flatnonzero(counts == 0)]
    extra = [keys[row] for row in np.flatnonzero(found < 0)]
    repeated = [items[position] for position in np.flatnonzero(counts > 1)]
    mismatches = [
        f"{counted(len(names), noun)} {what} ({some(names)})"
        for names, noun, what in (
            (missing, "item", "without a row"),
            (extra, "row", "of no item"),
            (repeated, "item", "with more than one row"),
        )
        if names
    ]
    if mismatches:
        raise GivenFileError(f"{file} does not fit the input: {listed(mismatches)}.")
    return Rows(found, keys)


def _clean(path: str) -> str:
    return str(PurePosixPath(path.replace("\\", "/")))


def positions_among(names: list[str], among: list[str]) -> list[int]:
    """Return where each name is in `among`, -1 for nowhere.

    Systems write an accented letter as one character or as two; such names
    count as the same where that leaves no doubt.
    """
    exact = {name: position for position, name in enumerate(among)}
    positions = [exact.get(name, -1) for name in names]
    if -1 not in positions:
        return positions
    composed: dict[str, int] = {}
    for position, name in enumerate(among):
        form = unicodedata.normalize("NFC", name)
        composed[form] = -1 if form in composed else position
    return [
        position if position >= 0 else composed.get(unicodedata.normalize("NFC", name), -1)
        for name, position in zip(names, positions, strict=True)
    ]


def refuse(file: Path, problems: dict[str, list[int]], rows: Rows, advice: str = "") -> None:
    """Raise one sentence for all problems that some rows have."""
    found = [
        f"{problem.format(counted(len(which), 'row'))} ({some([rows.names[row] for row in which])})"
        for problem, which in problems.items()
        if which
    ]
    if found:
        raise GivenFileError(f"{file} cannot be used, for it has {listed(found)}{advice}.")


def listed(parts: list[str]) -> str:
    """Return ``a, b and c``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def some(names: Sequence[str]) -> str:
    """Return the first few names, and how many there are more."""
    # Text in a NumPy array may hold halves of characters, which no terminal prints.
    shown = [name.encode(errors="replace").decode() or "(empty)" for name in names[:EXAMPLES]]
    more = f" and {len(names) - EXAMPLES:,} more" if len(names) > EXAMPLES else ""
    return ", ".join(shown) + more
