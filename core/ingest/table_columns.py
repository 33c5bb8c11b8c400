"""Which columns of a table hold the paths and the labels: by their names, then by content."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from shlex import quote
from types import MappingProxyType
from typing import NamedTuple

from core.ingest.column_names import (
    BOX,
    EACH_CLASS,
    LABELS,
    PATHS,
    called,
    plain_name,
    position_of,
)
from core.ingest.column_questions import on_classes, on_ids, on_labels, on_paths
from core.ingest.images import EXTENSIONS
from core.ingest.own_export import own_groups
from core.ingest.records import Question, SourceError, UnansweredQuestion
from core.ingest.splits import split_column
from core.ingest.table import NAMES_SHOWN, Cells, Table
from core.text import counted, shortened

ON = {"1", "1.0", "true", "yes"}
OFF = {"0", "0.0", "false", "no", ""}
"""What columns of classes hold where a row is of the class, and where it is not."""

IDS = ("id", "uid", "uuid", "key")
"""What columns of ids may be called, beside those in `PATHS`."""

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
    questions : list of Question
        Where another column may have been meant.
    doubts : list of str
    """

    path: int
    otherwise: int | None = None
    label: int | None = None
    classes: list[int] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


class ReadTable(NamedTuple):
    """A table, and which of its columns count."""

    table: Table
    columns: Columns


def columns_of(
    table: Table, finds: Callable[[str], bool], options: Mapping[str, str] = MappingProxyType({})
) -> Columns:
    """Return the columns of `table` that count.

    Parameters
    ----------
    table : Table
    finds : callable
        Whether a text names an image of the data set.
    options : mapping of str to str
        ``path_column``, ``label_column`` and ``id_column``, where somebody has named
        them; `EACH_CLASS` says that each class has a column.

    Raises
    ------
    SourceError
        When there is no column that somebody has named.
    UnansweredQuestion
        When a column is missing; it names those there are, or the one that fits best.
    """
    return _Search(table, finds, options).columns()


class _Search:
    """Looks for the columns of a table, and gathers what is to be asked."""

    def __init__(
        self, table: Table, finds: Callable[[str], bool], options: Mapping[str, str]
    ) -> None:
        self.table, self.finds, self.options = table, finds, options
        self.sample = table.sample()
        self.questions = list(table.questions)

    def columns(self) -> Columns:
        """Return what was found."""
        path, ids = self._places()
        label, classes = self._labels({path, *([] if ids is None else [ids])})
        doubts = []
        if {plain_name(column) for column in self.table.columns} >= BOX:
            doubts.append(
                f"{self.table.path.name} lists boxes (xmin, ymin, …); they are left aside, and an"
                " image is taken as a whole."
            )
        return Columns(path, ids, label, classes, self.questions, doubts)

    def _given(self, name: str) -> int:
        position = position_of(self.table.columns, name)
        if position is None:
            raise SourceError(
                f"{self.table.path} has no column {shortened(name, NAMES_SHOWN)!r}; its columns are"
                f" {self.table.named}."
            )
        return position

    # -- paths and ids -------------------------------------------------------------------

    def _places(self) -> tuple[int, int | None]:
        """Return the column of the paths, and that of ids for rows without a path."""
        id_column = self.options.get("id_column")
        path_column = self.options.get("path_column") or (
            None if id_column else self.table.path_column
        )
        ids = None if id_column is None else self._given(id_column)
        if path_column is None and ids is not None:
            return ids, None
        path = self._path() if path_column is None else self._given(path_column)
        return path, self._ids_for_empty(path) if ids is None else ids

    def _path(self) -> int:
        columns = self.table.columns
        named = called(columns, PATHS)
        if named and (len(named) == 1 or plain_name(columns[named[0]]) == PATHS[0]):
            return named[0]
        shares = {
            position: _share([row[position] for row in self.sample], self.finds)
            for position in named or range(len(columns))
        }
        best = max(shares, key=lambda position: shares[position], default=None)
        if best is None or not (named or shares[best] >= MOST_ARE):
            raise UnansweredQuestion(
                f"{self.table.path} has no column that is called like a path or names images; its"
                f" columns are {self.table.named}. --path-column or --id-column says which it is.",
                [*self.questions, on_paths(columns, None)],
            )
        if not named:
            self.questions.append(on_paths(columns, columns[best]))
        return best

    def _ids_for_empty(self, path: int) -> int | None:
        """Return the column that names the images of rows whose path is empty, if one does."""
        empty = [row for row in self.sample if not row[path].strip()]
        if not empty or "id_column" in self.options:
            return None
        columns = self.table.columns
        likely = [
            position
            for position in called(columns, (*PATHS, *IDS))
            if position != path and _share([row[position] for row in empty], self.finds) >= MOST_ARE
        ]
        if not likely:
            return None
        self.questions.append(on_ids(columns[path], [columns[one] for one in likely]))
        return likely[0]

    # -- labels --------------------------------------------------------------------------

    def _labels(self, taken: set[int]) -> tuple[int | None, list[int]]:
        """Return the column of the labels, or those of the classes."""
        columns, requested = self.table.columns, self.options.get("label_column")
        ours = own_groups(columns)
        taken = taken | {n for n, name in enumerate(columns) if name in self.table.aside}
        split = split_column(columns)
        rest = [n for n, name in enumerate(columns) if n not in taken and name != split]
        if requested == EACH_CLASS and position_of(columns, EACH_CLASS) is None:
            if classes := _one_hot(rest, self.sample):
                return None, classes
            raise SourceError(f"{self.table.path} has no columns of nothing but 0 and 1.")
        if name := requested or self.table.label_column:
            return self._given(name), []
        if ours:
            return ours[-1][0], []
        named = [position for position in called(columns, LABELS) if position not in taken]
        if named:
            return self._one_of(named, rest), []
        if classes := _one_hot(rest, self.sample):
            self.questions.append(on_classes([columns[one] for one in classes]))
            return None, classes
        if len(rest) == 1:
            because = (
                f"No column is called like a label; {shortened(columns[rest[0]], 60)} is taken, as"
                " there is no other."
            )
            self.questions.append(on_labels(columns[rest[0]], columns, because))
            return rest[0], []
        raise self._refusal(rest)

    def _one_of(self, named: Sequence[int], rest: Sequence[int]) -> int:
        columns = self.table.columns
        first, others = columns[named[0]], [columns[one] for one in named[1:]]
        if others and plain_name(first) != LABELS[0]:
            because = (
                f"Several columns may hold the labels: {shortened(first, 40)} is taken,"
                f" --label-column {quote(shortened(others[0], 40))} takes another."
            )
            more = [columns[one] for one in rest if one not in named]
            self.questions.append(on_labels(first, [first, *others, *more], because))
        return named[0]

    def _refusal(self, rest: Sequence[int]) -> UnansweredQuestion:
        """Name the columns that are most like one of labels: few values, each of them often."""
        columns, most = self.table.columns, max(2, len(self.sample) // 2)
        counts = {one: len({row[one].strip() for row in self.sample}) for one in rest}
        fitting = [one for one, count in counts.items() if 1 < count <= most]
        names = [columns[one] for one in fitting]
        others = [columns[one] for one in rest if one not in fitting]
        question = on_labels(None, [*names, *others])
        if fitting:
            more = f", or {shortened(', '.join(names[1:]), 60)}" if names[1:] else ""
            proposal = (
                f"; --label-column {shortened(names[0], 60)!r} would take one of"
                f" {counted(counts[fitting[0]], 'value')}{more}"
            )
        else:
            proposal = f"; its columns are {self.table.named}. --label-column NAME says which it is"
        return UnansweredQuestion(
            f"{self.table.path} has no column that is called like a label{proposal}.",
            [*self.questions, question],
        )


def _share(values: Sequence[str], finds: Callable[[str], bool]) -> float:
    """Return the share of values that name an image of the data set, or could."""
    values = [value for value in values if value.strip()]
    if not values:
        return 0.0
    return sum(_is_image(value) or finds(value) for value in values) / len(values)


def _is_image(value: str) -> bool:
    return PurePosixPath(value.strip().casefold()).suffix in EXTENSIONS


def _one_hot(rest: Sequence[int], sample: Sequence[Cells]) -> list[int]:
    """Return the columns that hold nothing but 0 and 1, if there are two that are both used."""
    classes = []
    for position in rest:
        values = {row[position].strip().casefold() for row in sample}
        if values <= ON | OFF and values & {*OFF, *ON} - {""}:
            classes.append(position)
    return classes if len(classes) > 1 else []
