"""Tables of text: CSV, TSV and their kin, with or without a header, in any encoding."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from core.ingest.column_names import LABELS, PATHS, called
from core.ingest.images import EXTENSIONS
from core.ingest.records import Question, SourceError
from core.ingest.table import Cells, Fault, Table
from core.ingest.text_encoding import DEFAULT, MARKS, Encoding, text_encoding, utf_16_without_mark
from core.text import counted, shortened

HEADER, YES, NO = "header", "yes", "no"
"""The option of a source that says whether the first line names columns, and its values."""

DELIMITERS = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars"}
HEAD = 1 << 18
"""Characters by which the form of a table is told; its first line is shorter."""
ROWS_COMPARED = 100

JSON_BEGINS = ("[{", "{", "[\n", "[\r", "[ ")
XML_BEGINS = ("<?xml", "<annotation")

NEVER_ENDS = ("unexpected end of data", "field larger than field limit")
"""Of errors of `csv`, those after which it is not known where the next row begins."""

MARK = re.compile(r"sep=(.)\r?\n")

Finds = Callable[[str], bool]
"""Whether a text names an image of the data set."""


@dataclass(frozen=True)
class TextForm:
    """How a table of text is written, for whoever writes it again.

    Attributes
    ----------
    encoding : Encoding
    delimiter : str
    above : int
        Rows that are not empty before the first one of the table: of a mark, of
        the header.
    has_header : bool
        Whether the last of them is the header.
    positions : tuple of int
        Of the table's columns among the values of a row.
    """

    encoding: Encoding
    delimiter: str
    above: int
    has_header: bool
    positions: tuple[int, ...]


def delimited_table(path: Path, options: Mapping[str, str], finds: Finds) -> Table:
    """Return the table of text at `path`, its form told by its first lines.

    Parameters
    ----------
    path : Path
    options : mapping of str to str
        Of the source: its ``encoding``, and whether it has a ``header``, where
        somebody has said so.
    finds : callable
        Asked of the first line where no column is called like one of paths or labels.

    Raises
    ------
    SourceError
        When it is no table of text, or cannot be read.
    """
    try:
        told = text_encoding(path, options.get("encoding"))
        head = _head(path, told)
        marked = MARK.match(head)  # by which Excel is told the delimiter
        head = head[marked.end() :] if marked else head
        delimiter = marked[1] if marked else _delimiter(head)
        first = next(_parsed(head, delimiter), [])
    except FileNotFoundError:
        raise SourceError(f"There is no file {path}.") from None
    except IsADirectoryError:
        raise SourceError(
            f"{path} is a folder; give the table itself, or the folder as SOURCE without --labels."
        ) from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror}).") from None
    questions = [told.question(path)]
    has_header = _has_header(first, finds)
    if (answer := options.get(HEADER)) is not None:
        has_header = answer == YES
    columns = _named(first) if has_header else _invented(first, finds)
    if answer is None and not called(first, PATHS + LABELS):
        questions.append(_on_header(path, columns, has_header=has_header))
    notes = (
        []
        if delimiter == ","
        else [f"Values are separated by {DELIMITERS.get(delimiter, delimiter)}."]
    )
    if told.name not in ("utf-8-sig", "ascii") and told.example is None:
        notes.append(f"The table is read as {told.name}.")
    above = bool(marked) + has_header
    form = TextForm(told, delimiter, above, has_header, tuple(range(len(columns))))
    rows = _Lines(path, form).rows
    asked = [one for one in questions if one is not None]
    table = Table(path, columns, rows, notes=notes, questions=asked, form=form)
    return _without_empty(table, first, form)


def header_of(path: Path) -> list[str]:
    """Return the values in the first line of a table of text; none where it is none.

    Little is read: a file may be recognized by its columns, whatever follows them.
    """
    try:
        with path.open("rb") as file:
            data = file.read(HEAD)
    except OSError:
        return []
    marked = next((name for mark, name in MARKS.items() if data.startswith(mark)), None)
    head = data.decode(marked or utf_16_without_mark(data) or DEFAULT, errors="replace")
    if (mark := MARK.match(head)) is not None:
        return next(_parsed(head[mark.end() :], mark[1]), [])
    return next(_parsed(head, _delimiter(head)), [])


def _has_header(first: Cells, finds: Finds) -> bool:
    """Tell whether the first row names columns: as such are called, or at least no image."""
    if called(first, PATHS + LABELS):
        return True
    return not any(_is_image_name(cell) or (cell.strip() and finds(cell)) for cell in first)


def _on_header(path: Path, columns: Cells, *, has_header: bool) -> Question:
    names = shortened(", ".join(columns), 60)
    because = (
        f"The first line of {path.name} is taken as the names of its columns: {names};"
        " --no-header takes it as a row."
        if has_header
        else f"{path.name} has no header; its columns are taken as {names}; --header takes the"
        " first line as their names."
    )
    text = f"Does the first line of {path.name} name its columns?"
    proposed = YES if has_header else NO
    return Question(HEADER, "--header", text, proposed, [YES, NO], because=because)


def _head(path: Path, encoding: Encoding) -> str:
    try:
        with path.open(
            encoding=encoding.name,
            errors="replace" if encoding.has_broken_lines else "strict",
            newline="",
        ) as file:
            head = file.read(HEAD)
    except UnicodeError:
        raise SourceError(f"{path} is not {encoding.name} text; try another --encoding.") from None
    if head.startswith("PK\x03\x04"):
        raise SourceError(f"{path} is a workbook or an archive; save the table as CSV.")
    if not head.strip():
        raise SourceError(f"{path} is empty; give a table with a row for each image.")
    for marks, kind in (JSON_BEGINS, "JSON"), (XML_BEGINS, "XML"):
        if head.lstrip().startswith(marks):
            raise SourceError(
                f"{path} is {kind} of a kind that no reader knows; the README lists those it knows."
                f" It begins with '{shortened(' '.join(head[:200].split()), 60)}'."
            )
    if len(head) == HEAD and not {"\n", "\r"} & {*head}:
        raise SourceError(
            f"The first line of {path} is longer than {HEAD:,} characters; that is no table of"
            " labels."
        )
    return head


def _delimiter(head: str) -> str:
    """Return what separates values: by the names in the first line, then by equal widths."""

    def evidence(delimiter: str) -> tuple[int, float]:
        rows = [row for row, _ in zip(_parsed(head, delimiter), range(ROWS_COMPARED), strict=False)]
        width = len(rows[0]) if rows else 0
        names = sum(bool(called(rows[0], some)) for some in (PATHS, LABELS)) if width > 1 else 0
        alike = sum(len(row) == width for row in rows) / len(rows) if width > 1 else 0.0
        return names, alike

    return max(DELIMITERS, key=evidence)


def _parsed(head: str, delimiter: str) -> Iterator[Cells]:
    lines = head.splitlines(keepends=True)
    if len(head) == HEAD and len(lines) > 1:
        lines.pop()  # it is cut off
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        yield from (row for row in reader if any(row))
    except csv.Error:  # told, with its line, when all rows are read
        return


def _is_image_name(cell: str) -> bool:
    return PurePosixPath(cell.strip().casefold()).suffix in EXTENSIONS


def _named(header: Cells) -> list[str]:
    """Return the names of columns; where several have none, all but the first are numbered."""
    columns: list[str] = []
    for position, name in enumerate(header, start=1):
        columns.append(f"column {position}" if not name.strip() and "" in columns else name)
    return columns


def _invented(first: Cells, finds: Finds) -> list[str]:
    names = [f"column {position}" for position in range(1, len(first) + 1)]
    images = [n for n, cell in enumerate(first) if _is_image_name(cell)]
    images = images or [n for n, cell in enumerate(first) if cell.strip() and finds(cell)]
    if not images:
        return names
    names[images[0]] = "path"
    others = [n for n in range(len(first)) if n != images[0] and first[n].strip()]
    if len(others) == 1:
        names[others[0]] = "label"
    return names


def _without_empty(table: Table, first: Cells, form: TextForm) -> Table:
    """Leave out the columns that have neither name nor values: commas at the ends of lines."""
    unnamed = [n for n, name in enumerate(first) if not name.strip()]
    if len(unnamed) < 2:
        return table
    used: set[int] = set()
    for _, cells in table.read(lambda place, reason: None):
        used.update(n for n in unnamed if cells[n])
    kept = [n for n in range(len(table.columns)) if n not in unnamed or n in used]
    if len(kept) == len(table.columns):
        return table

    def read(fault: Fault) -> Iterator[tuple[int, Cells]]:
        for place, cells in table.read(fault):
            yield place, [cells[n] for n in kept]

    empty = counted(len(table.columns) - len(kept), "column")
    notes = [*table.notes, f"{empty} without a name and without values are left out."]
    columns = [table.columns[n] for n in kept]
    form = replace(form, positions=tuple(kept))
    return replace(table, columns=columns, read=read, notes=notes, form=form)


def _is_text(cells: Cells) -> bool:
    """Tell whether no byte of a row was left over when it was decoded."""
    return not any("\udc80" <= one <= "\udcff" for cell in cells for one in cell)


class _Lines:
    """Reads the rows of a table of text."""

    def __init__(self, path: Path, form: TextForm) -> None:
        self.path = path
        self.encoding = form.encoding.name
        self.errors = form.encoding.errors
        self.delimiter = form.delimiter
        self.width = len(form.positions)
        self.above = form.above

    def rows(self, fault: Fault) -> Iterator[tuple[int, Cells]]:
        """Yield the line at which each row ends, and its values."""
        above, width = self.above, self.width
        for line, cells in self._parsed(fault):
            if not any(cells):
                continue
            if above:
                above -= 1
            elif self.errors != "strict" and not _is_text(cells):
                fault(line, "it is not UTF-8")
            elif len(cells) == width:
                yield line, cells
            elif len(cells) > width and not any(cells[width:]):
                yield line, cells[:width]
            else:
                fault(line, f"{counted(len(cells), 'value')} for {counted(width, 'column')}")

    def _parsed(self, fault: Fault) -> Iterator[tuple[int, Cells]]:
        begun = 0
        try:
            with self.path.open(encoding=self.encoding, errors=self.errors, newline="") as file:
                reader = csv.reader(file, delimiter=self.delimiter, strict=True)
                while True:
                    begun = reader.line_num + 1
                    try:
                        for cells in reader:
                            yield reader.line_num, cells
                            begun = reader.line_num + 1
                        return
                    except csv.Error as error:
                        if any(one in str(error) for one in NEVER_ENDS):
                            raise
                        fault(reader.line_num, str(error))
        except UnicodeError:
            raise SourceError(
                f"{self.path} is not {self.encoding} text; try another --encoding."
            ) from None
        except csv.Error as error:
            raise SourceError(
                f"{self.path}, line {begun}: a value begins that does not end ({error})."
            ) from None
        except OSError as error:
            raise SourceError(f"{self.path} cannot be read ({error.strerror}).") from None
