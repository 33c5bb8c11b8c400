"""Which columns of a table hold the paths and the labels: by their names, then by content."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import NamedTuple

from core.ingest.column_names import BOX, LABELS, PATHS, called, plain_name, position_of
from core.ingest.images import EXTENSIONS
from core.ingest.own_export import own_groups
from core.ingest.records import SourceError
from core.ingest.splits import split_column
from core.ingest.table import NAMES_SHOWN, Cells, Table
from core.text import counted, shortened

ON = {"1", "1.0", "true", "yes"}
OFF = {"0", "0.0", "false", "no", ""}
"""What columns of classes hold where a row is of the class, and where it is not."""

MOST_ARE = 0.8
"""The share of a column's values that name images, for it to be one of paths."""


@dataclass(frozen=True)
class Columns:
    """The columns that count.

    Attributes
    ----------
    path : int
        Position of the column of the paths, or of the ids.
    otherwise : int or None
        Of the column of ids, for rows without a path.
    label : int or None
        Of the column of the labels; None where each class has a column.
    classes : list of int
        Of the columns of classes, one-hot.
    doubts : list of str
    """

    path: int
    otherwise: int | None = None
    label: int | None = None
    classes: list[int] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


class ReadTable(NamedTuple):
    """A table, and which of its columns count."""

    table: Table
    columns: Columns


def columns_of(
    table: Table,
    finds: Callable[[str], bool],
    path_column: str | None = None,
    label_column: str | None = None,
    id_column: str | None = None,
) -> Columns:
    """Return the columns of `table` that count.

    Parameters
    ----------
    table : Table
    finds : callable
        Whether a text names an image of the data set.
    path_column, label_column, id_column : str or None
        Names of columns that somebody has given.

    Raises
    ------
    SourceError
        When a column is missing; it names those there are, or the one that fits best.
    """
    sample, doubts = table.sample(), list(table.doubts)
    path_column = path_column or (None if id_column else table.path_column)
    label_column = label_column or table.label_column
    ids = None if id_column is None else _given(table, id_column)
    if path_column is not None:
        path = _given(table, path_column)
    elif ids is not None:
        path, ids = ids, None
    else:
        path = _path(table, sample, finds, doubts)
    if label_column is not None:
        return Columns(path, ids, _given(table, label_column), doubts=doubts)
    taken = {path, *([] if ids is None else [ids])}
    label, classes = _label(table, sample, taken, doubts)
    if {plain_name(column) for column in table.columns} >= BOX:
        doubts.append(
            f"{table.path.name} lists boxes (xmin, ymin, …); they are left aside, and an image is"
            " taken as a whole."
        )
    return Columns(path, ids, label, classes, doubts)


def _given(table: Table, name: str) -> int:
    position = position_of(table.columns, name)
    if position is None:
        raise SourceError(
            f"{table.path} has no column {shortened(name, NAMES_SHOWN)!r}; its columns are"
            f" {table.named}."
        )
    return position


def _path(
    table: Table, sample: Sequence[Cells], finds: Callable[[str], bool], doubts: list[str]
) -> int:
    named = called(table.columns, PATHS)
    if named and (len(named) == 1 or plain_name(table.columns[named[0]]) == PATHS[0]):
        return named[0]
    shares = {
        position: _share([row[position] for row in sample], finds)
        for position in named or range(len(table.columns))
    }
    best = max(shares, key=lambda position: shares[position], default=None)
    if best is not None and (named or shares[best] >= MOST_ARE):
        if not named:
            name = table.columns[best]
            doubts.append(
                f"No column is called like a path; {shortened(name, 60)} is taken, as its values"
                " name images; --path-column takes another."
            )
        return best
    raise SourceError(
        f"{table.path} has no column that is called like a path or names images; its columns are"
        f" {table.named}. --path-column or --id-column says which it is."
    )


def _share(values: Sequence[str], finds: Callable[[str], bool]) -> float:
    """Return the share of values that name an image of the data set, or could."""
    values = [value for value in values if value.strip()]
    if not values:
        return 0.0
    return sum(_is_image(value) or finds(value) for value in values) / len(values)


def _is_image(value: str) -> bool:
    return PurePosixPath(value.strip().casefold()).suffix in EXTENSIONS


def _label(
    table: Table, sample: Sequence[Cells], taken: set[int], doubts: list[str]
) -> tuple[int | None, list[int]]:
    columns = table.columns
    ours = own_groups(columns)
    if ours:
        return ours[-1][0], []
    taken = {*taken, *(n for n, name in enumerate(columns) if name in table.aside)}
    named = [position for position in called(columns, LABELS) if position not in taken]
    if named:
        first, others = columns[named[0]], [columns[one] for one in named[1:]]
        if others and plain_name(first) != LABELS[0]:
            doubts.append(
                f"Several columns may hold the labels: {shortened(first, 40)} is taken,"
                f" --label-column {shortened(others[0], 40)} takes another."
            )
        return named[0], []
    split = split_column(columns)
    rest = [n for n, name in enumerate(columns) if n not in taken and name != split]
    if classes := _one_hot(rest, sample):
        names = shortened(", ".join(columns[one].strip() for one in classes), NAMES_SHOWN)
        doubts.append(
            f"{counted(len(classes), 'column')} of 0 and 1 are taken as the classes: {names};"
            " --label-column NAME takes one column alone."
        )
        return None, classes
    if len(rest) == 1:
        doubts.append(
            f"No column is called like a label; {shortened(columns[rest[0]], 60)} is taken, as"
            " there is no other."
        )
        return rest[0], []
    raise SourceError(
        f"{table.path} has no column that is called like a label{_proposal(table, rest, sample)}."
    )


def _one_hot(rest: Sequence[int], sample: Sequence[Cells]) -> list[int]:
    """Return the columns that hold nothing but 0 and 1, if there are two that are both used."""
    classes = []
    for position in rest:
        values = {row[position].strip().casefold() for row in sample}
        if values <= ON | OFF and values & {*OFF, *ON} - {""}:
            classes.append(position)
    return classes if len(classes) > 1 else []


def _proposal(table: Table, rest: Sequence[int], sample: Sequence[Cells]) -> str:
    """Name the column that is most like one of labels: few values, each of them often."""
    counts = {position: len({row[position].strip() for row in sample}) for position in rest}
    fitting = [
        position for position, count in counts.items() if 1 < count <= max(2, len(sample) // 2)
    ]
    if not fitting:
        return f"; its columns are {table.named}. --label-column NAME says which it is"
    names = [table.columns[position] for position in fitting]
    best = fitting[0]
    others = f", or {shortened(', '.join(names[1:]), 60)}" if names[1:] else ""
    return (
        f"; --label-column {shortened(names[0], 60)!r} would take one of"
        f" {counted(counts[best], 'value')}{others}"
    )
