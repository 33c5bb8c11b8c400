"""Which part of a data set an item belongs to: training, validation, test, a fold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

COLUMNS = ("split", "subset", "partition", "fold")
"""Names, in any case, of a column that holds the split; the first of them counts."""

FOLDERS = ("train", "training", "val", "valid", "validation", "dev", "test", "testing", "eval")
"""Names, in any case, of a leading folder that is a split."""


def split_column(columns: Sequence[str]) -> str | None:
    """Return the column that holds the split, or None."""
    named = {column.strip().casefold(): column for column in columns}
    return next((named[name] for name in COLUMNS if name in named), None)


def splits_of_values(values: Mapping[str, str | None]) -> dict[str, str]:
    """Return the split by item id, in lower case, of those whose column is not empty."""
    splits = {item_id: (value or "").strip().casefold() for item_id, value in values.items()}
    return {item_id: split for item_id, split in splits.items() if split}


def splits_of_paths(paths: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the split by item id, from the first folder of pairs of id and path.

    Nothing unless there are two splits at least: one folder called ``test``
    may be a class.
    """
    leading = {item_id: PurePosixPath(path).parts[0].casefold() for item_id, path in paths}
    splits = {item_id: folder for item_id, folder in leading.items() if folder in FOLDERS}
    return splits if len(set(splits.values())) > 1 else {}
