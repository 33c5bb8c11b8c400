"""Frames of pandas from rows of the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from core.store import Row

if TYPE_CHECKING:
    import pandas as pd


def index_of(ids: Sequence[str]) -> pd.Index:
    """Return the index of a frame whose rows are items."""
    import pandas as pd

    return pd.Index(ids, name="id")


def frame_by_item(rows: Iterable[Row], columns: Sequence[str]) -> pd.DataFrame:
    """Return `columns` of rows that have an ``id``, indexed by it."""
    return frame_of(rows, columns, index="id")


def frame_of(rows: Iterable[Row], columns: Sequence[str], index: str | None = None) -> pd.DataFrame:
    """Return columns of rows.

    Parameters
    ----------
    rows : iterable of dict
    columns : sequence of str
        Keys of the rows; ``judged`` is the time under ``at``, UTC.
    index : str, optional
        Another key, the index of the frame; the rows are numbered when left out.

    Returns
    -------
    DataFrame
        With all columns where there are no rows, too.
    """
    import pandas as pd

    requested = [*columns] if index is None else [index, *columns]
    keys = ["at" if name == "judged" else name for name in requested]
    frame = pd.DataFrame([[row[key] for key in keys] for row in rows], columns=requested)
    if "judged" in requested:
        frame["judged"] = pd.to_datetime(frame["judged"], utc=True)
    return frame if index is None else frame.set_index(index)
