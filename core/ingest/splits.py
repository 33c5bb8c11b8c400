"""Which part of a data set an item belongs to: training, validation, test, a fold.

It is found once, when a data set is read. Whoever needs it later, findings,
filters or the export, asks the item.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from core.ingest.records import Listing, Record

COLUMNS = ("split", "subset", "partition", "fold")
"""Names, in any case, of a column that holds the split; the first of them counts."""

FOLDERS = ("train", "training", "val", "valid", "validation", "dev", "test", "testing", "eval")
"""Names, in any case, of a leading folder that is a split."""


NUMBERED = re.compile(rf"(final[ _-]?)?({'|'.join(FOLDERS)}|fold|split)[ _-]?[0-9]*")

IMAGE_WORDS = re.compile(
    r"^(images?|imgs?|data)[ _-]+|[ _-]*(images?|imgs?|jpe?gs?|pngs?|data|set|dataset)$"
)
"""What stands around the name of a split, in names of folders that hold its images."""


def is_split_name(folder: str) -> bool:
    """Tell whether a folder is called like a split.

    Examples
    --------
    >>> [is_split_name(name) for name in ("Train", "val2017", "Final_Training", "fold1", "trains")]
    [True, True, True, True, False]
    """
    return NUMBERED.fullmatch(normalized_split(folder) or "") is not None


def resembles_split(folder: str) -> bool:
    """Tell whether a folder is called like the images of a split, or like a split itself.

    Such a name is no evidence of a split, but speaks against a class.

    Examples
    --------
    >>> [resembles_split(name) for name in ("train_images", "test-set", "img_val", "dataset")]
    [True, True, True, False]
    """
    bare = IMAGE_WORDS.sub("", normalized_split(folder) or "")
    return is_split_name(bare)


def normalized_split(value: str | None) -> str | None:
    r"""Return the name of a split without regard to case, blanks and Unicode form.

    Examples
    --------
    >>> normalized_split(" Train\t")
    'train'
    >>> normalized_split(" ") is None
    True
    """
    return unicodedata.normalize("NFC", (value or "").strip().casefold()) or None


def with_splits(listing: Listing) -> Listing:
    """Return `listing` with the split of each record that has one.

    What a reader has set stands; else a column says it or, without one, the
    first folder of the path. Of folders there must be two splits at least: one
    folder called ``test`` may be a class.
    """
    column = split_column(listing.columns)
    if column is not None:
        splits = [normalized_split(record.fields.get(column)) for record in listing.records]
    else:
        splits = _leading_splits(listing.records)
    records = [
        replace(record, split=normalized_split(record.split) or split)
        if record.split or split
        else record
        for record, split in zip(listing.records, splits, strict=True)
    ]
    return replace(listing, records=records)


def split_column(columns: Sequence[str]) -> str | None:
    """Return the column that holds the split, or None."""
    named = {column.strip().casefold(): column for column in columns}
    return next((named[name] for name in COLUMNS if name in named), None)


def _leading_splits(records: Sequence[Record]) -> list[str | None]:
    folders = [record.path.partition("/")[0] for record in records]
    named = {folder: normalized_split(folder) for folder in {*folders}}
    splits = [named[folder] if named[folder] in FOLDERS else None for folder in folders]
    return splits if len(set(splits) - {None}) > 1 else [None] * len(splits)
