"""The parts of the data set that the items of an audit belong to."""

from __future__ import annotations

from core.ingest.splits import split_column, splits_of_paths, splits_of_values
from core.store import Store


def splits_of(store: Store) -> dict[str, str]:
    """Return the split by item id, of the listed items that have one."""
    column = split_column(store.input_columns())
    if column is not None:
        return splits_of_values(store.input_values(column))
    return splits_of_paths((file["id"], file["path"]) for file in store.listed_files())
