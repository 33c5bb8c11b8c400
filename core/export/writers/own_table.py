"""The input's own table of text: only the labels differ, every other byte is as it was.

Quotes, line ends, encoding, mark, delimiter and blanks stay; of columns of classes, 0
and 1 are exchanged as the table writes them. Where a class was renamed that has a
column, its name in the header is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

from core.export.choices import ExportError
from core.export.delimited_text import RowEdit, edited_table
from core.export.outgoing import Edit, Outgoing
from core.export.own_files import (
    OWN_CHOICES,
    has_several_files,
    one_cell,
    refused_unless,
    written_to,
)
from core.export.writers.writer import Writer
from core.ingest.delimited import TextForm
from core.ingest.table_columns import OFF, ON, ReadTable
from core.text import shortened

ON_FOR = {"0": "1", "0.0": "1.0", "false": "true", "False": "True", "FALSE": "TRUE", "no": "yes",
          "No": "Yes", "NO": "YES", "": "1"}  # fmt: skip
OFF_FOR = {on: off for off, on in ON_FOR.items() if off}


def _write(outgoing: Outgoing, path: Path) -> None:
    def pieces(file: Path, edits: dict[int, Edit]) -> Iterator[bytes]:
        table, columns = cast(ReadTable, outgoing.listing.tables[file])
        form = table.form
        if not isinstance(form, TextForm):
            raise ExportError(f"{file.name} is no table of text; choose another format.")
        at = form.positions
        if columns.label is not None:
            label = at[columns.label]
            row_edits = {n: _label_edit(outgoing, edit, label) for n, edit in edits.items()}
            return edited_table(file, form, row_edits)
        spelled = {table.columns[n].strip(): at[n] for n in columns.classes}
        one_hot = _OneHot(outgoing, spelled, file.name)
        row_edits = {place: one_hot.edit(edit) for place, edit in edits.items()}
        return edited_table(file, form, row_edits, one_hot.header)

    written_to(outgoing, path, pieces)


def _label_edit(outgoing: Outgoing, edit: Edit, position: int) -> RowEdit:
    values = None if edit.is_left_out else {position: one_cell(outgoing, edit.labels)}
    return lambda cells: values


class _OneHot:
    """Edits a table with a column of 0 and 1 for each class."""

    def __init__(self, outgoing: Outgoing, positions: Mapping[str, int], name: str) -> None:
        self.file = name
        self.positions = dict(positions)
        self.renamed: dict[int, str] = {}
        for spelled, called in outgoing.renamed.items():
            if spelled in positions and called not in positions:
                self.positions[called] = positions[spelled]
                self.renamed[positions[spelled]] = called

    def header(self, cells: list[str]) -> Mapping[int, str]:
        """Return the new names of columns."""
        return self.renamed

    def edit(self, edit: Edit) -> RowEdit:
        """Return the edit of a row: what is exchanged of its 0 and 1."""
        for label in edit.labels:
            if label not in self.positions:
                raise ExportError(
                    f"{self.file} has no column for the class {shortened(label, 60)!r}; add one"
                    " and run `audit` again, or export as CSV."
                )
        fitting = {self.positions[label] for label in edit.labels}

        def values(cells: list[str]) -> Mapping[int, str] | None:
            if edit.is_left_out:
                return None
            cells_of = {n: cells[n].strip() for n in {*self.positions.values()}}
            is_on = {n: cell.casefold() in ON for n, cell in cells_of.items()}
            odd = {n for n, cell in cells_of.items() if cell.casefold() not in ON | OFF}
            changed = odd | {n for n, on in is_on.items() if on != (n in fitting)}
            ons = [cell for n, cell in cells_of.items() if is_on[n]]
            offs = [cell for n, cell in cells_of.items() if not is_on[n] and n not in odd]
            on = ons[0] if ons else ON_FOR.get(offs[0] if offs else "", "1")
            off = offs[0] if offs else OFF_FOR.get(on, "0")
            return {n: on if n in fitting else off for n in changed}

        return values


WRITER = Writer(
    name="own-table",
    order=10,
    title="The input's table",
    about="The table of the labels as it came, nothing but the labels changed.",
    write=_write,
    suffix=None,
    media_type="text/csv",
    own_of=("csv", "metadata", "box-table"),
    choices=OWN_CHOICES,
    refuses=refused_unless(".csv"),
    makes_folder=has_several_files,
)
