"""A table as its reader hands it on: columns, and rows that are read one by one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from core.ingest.own_export import own_groups
from core.ingest.records import Question, SourceError
from core.text import shortened

Cells = list[str]
Fault = Callable[[int, str], None]
"""Told the place of a row that cannot be used and the reason."""

MOST_COLUMNS = 5000
NAMES_SHOWN = 100
"""Characters of the names of columns that an error shows."""
SAMPLE = 200
"""Rows by which columns are recognized."""


@dataclass(frozen=True)
class Table:
    """A table that is read row by row.

    Attributes
    ----------
    path : Path
    columns : list of str
        As the file names them.
    read : callable
        Yields the place of each row (a line, or its number) and its values, one
        for each column. Rows that cannot be used are told to its argument.
    place : str
        What rows are counted by: ``line`` or ``row``.
    lists : bool
        Whether a value may be a list, in JSON, of several labels.
    path_column, label_column : str or None
        Where the format itself says so.
    aside : collection of str
        Columns that hold no labels, as the format says.
    class_names : dict of str to list of str
        Of columns that hold numbers of classes, these.
    notes : list of str
    questions : list of Question
        How it was understood; see `core.ingest.records.Listing`.
    form : TextForm or None
        How it is written, of a table of text; see `core.ingest.delimited`.
    """

    path: Path
    columns: list[str]
    read: Callable[[Fault], Iterator[tuple[int, Cells]]]
    place: str = "line"
    lists: bool = False
    path_column: str | None = None
    label_column: str | None = None
    aside: Collection[str] = ()
    class_names: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    form: Any = None

    def __post_init__(self) -> None:
        if len(self.columns) > MOST_COLUMNS:
            raise SourceError(
                f"{self.path} has {len(self.columns):,} columns; a table of labels has"
                f" {MOST_COLUMNS:,} at most."
            )
        ours = {position for group in own_groups(self.columns) for position in group}
        counts = Counter(name for n, name in enumerate(self.columns) if n not in ours)
        if doubled := [name for name, count in counts.items() if count > 1]:
            name = shortened(min(doubled), NAMES_SHOWN)
            raise SourceError(f"{self.path} has more than one column {name!r}.")

    def sample(self) -> list[Cells]:
        """Return the first rows."""
        return [cells for _, cells in islice(self.read(lambda place, reason: None), SAMPLE)]

    @property
    def named(self) -> str:
        """The names of its columns, for a sentence."""
        return shortened(", ".join(self.columns) or "nothing", NAMES_SHOWN)


def as_text(value: Any) -> str:
    """Return a value of JSON or Parquet as the text of a cell; nothing is empty.

    Examples
    --------
    >>> [as_text(value) for value in ("a", None, True, 1.0, ["a", "ä"])]
    ['a', '', 'true', '1.0', '["a", "ä"]']
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, (bool, int, float, list, dict)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
