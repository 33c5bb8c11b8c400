"""Reads ``changes.csv``, which says every label that an export has changed."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from core.audit import AuditError
from core.export.changes import COLUMNS
from core.export.manifest_files import CHANGES, changes_beside
from core.terms import CLASS_SEPARATOR
from core.text import one_line, shortened

LARGEST_FIELD = 1 << 24


class Change(NamedTuple):
    """A label that an export has changed.

    Attributes
    ----------
    path : str
        Of the item, in the data set that was audited.
    content : str
        The hash of what was judged; empty where that could not be read.
    old : str
        The label of the input; empty for none.
    labels : tuple of str
        Those that the item left with: one, several that fit, or none.
    is_left_out : bool
        Whether it was left out of the export.
    verdict : str
    auditors : tuple of str
    at, rule : str
        When, and how the label came about.
    """

    path: str
    content: str
    old: str
    labels: tuple[str, ...]
    is_left_out: bool
    verdict: str
    auditors: tuple[str, ...]
    at: str
    rule: str

    @property
    def new(self) -> str:
        """The new label as a table writes it."""
        return CLASS_SEPARATOR.join(self.labels)


def changes_of(path: Path) -> Path:
    """Return where the changes of an export lie: in its folder, beside its file, or `path`."""
    if path.is_dir():
        return path / CHANGES
    beside = changes_beside(path)
    return beside if beside.is_file() else path


def read_changes(path: Path) -> Iterator[Change]:
    """Yield every change of a file.

    Raises
    ------
    AuditError
        When it is no list of changes, or a line of it is none.
    """
    name = shortened(one_line(path.name), 80)
    if not path.is_file():
        raise AuditError(f"There is no file {path}; give the changes.csv of an export.")
    csv.field_size_limit(LARGEST_FIELD)
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        try:
            if not {*COLUMNS} <= {*(reader.fieldnames or ())}:
                raise AuditError(f"{name} is no changes.csv of an export.")
            for row in reader:
                yield _change(row)
        except (csv.Error, ValueError, TypeError, RecursionError) as error:
            if isinstance(error, AuditError):
                raise
            raise AuditError(
                f"Line {reader.line_num:,} of {name} is no change; export again, or mend it."
            ) from None


def _change(row: dict[str, str]) -> Change:
    if None in row or None in row.values():
        raise ValueError("too few or too many cells")
    is_left_out = row["labels"] == ""
    labels = [] if is_left_out else json.loads(row["labels"])
    if not isinstance(labels, list) or not all(isinstance(one, str) and one for one in labels):
        raise ValueError("no labels")
    if CLASS_SEPARATOR.join(labels) != row["new"]:
        # Somebody has edited the one column that people read.
        labels = [row["new"]] if row["new"] else []
    return Change(
        path=row["path"],
        content=row["content_hash"],
        old=row["old"],
        labels=tuple(labels),
        is_left_out=is_left_out and row["new"] == "",
        verdict=row["verdict"],
        auditors=tuple(filter(None, row["auditors"].split(CLASS_SEPARATOR))),
        at=row["time"],
        rule=row["rule"],
    )
