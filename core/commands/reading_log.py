"""The command that prints what was decided, row by row: `log`."""

from __future__ import annotations

import csv
import itertools
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from core.audit import Audit
from core.commands.log_traveling import log_file_options, move_log
from core.commands.printing import FOLDER
from core.review.history import find_item
from core.store import Row
from core.terms import CLASS_SEPARATOR

COLUMNS = (
    "id", "at", "auditor", "verdict", "labels", "given", "role", "stream", "undoes", "redoes",
    "undone_by", "item", "path",
)  # fmt: skip
ROWS_FOR_WIDTHS = 1000


@click.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--item", "items", metavar="PATH_OR_ID", multiple=True, help="Only that item; again.")
@click.option(
    "--since", metavar="DATE", help="Only from then on, in UTC: 2026-11-01, or with a time."
)
@click.option("--format", "style", type=click.Choice(["table", "csv", "jsonl"]), default="table")
@log_file_options
def log(folder: Path, items: Sequence[str], since: str | None, style: str, **files: Any) -> None:
    """Print the log of the audit in DIR: every verdict, undo and redo, oldest first.

    --export writes it to a file, and --import takes in one of another audit with
    the same images: each row once, by the content of its image. Nothing is
    hidden, whoever has yet to review an image blind: this command is for the
    owner of the data.
    """
    if any(files.values()):
        if items or since:
            raise click.UsageError("A log travels whole; leave out --item and --since.")
        return move_log(Audit(folder), style=style, **files)
    store = Audit(folder).store
    ids = [find_item(store, item) for item in items] if items else None
    rows = map(_printed, store.log_rows(ids, None if since is None else parse_time(since)))
    try:
        {"table": _print_table, "csv": _print_csv, "jsonl": _print_lines}[style](rows)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has enough; Python would complain of it once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def parse_time(text: str) -> str:
    """Return a date, or a date and a time, as the log writes times; UTC unless it says otherwise.

    Raises
    ------
    BadParameter
        When it is neither.

    Examples
    --------
    >>> parse_time("2026-11-01")
    '2026-11-01T00:00:00.000+00:00'
    """
    try:
        time = datetime.fromisoformat(text.strip())
        time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise click.BadParameter(
            f"{text[:60]!r} is no date; write one such as 2026-11-01 or 2026-11-01T12:30."
        ) from None
    return time.isoformat(timespec="milliseconds")


def _printed(row: Row) -> Row:
    row = row | {"item": row["item_id"]}
    return {column: row[column] for column in COLUMNS}


def _print_lines(rows: Iterable[Row]) -> None:
    for row in rows:
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


def _print_csv(rows: Iterable[Row]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(map(_cells, rows))


def _print_table(rows: Iterator[Row]) -> None:
    """Print columns as wide as the first rows need: those that follow are not waited for."""
    first = [list(COLUMNS), *map(_cells, itertools.islice(rows, ROWS_FOR_WIDTHS))]
    widths = [max(map(len, column)) for column in zip(*first, strict=True)]
    for line in itertools.chain(first, map(_cells, rows)):
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        sys.stdout.write("  ".join(padded).rstrip() + "\n")


def _cells(row: Row) -> list[str]:
    return [
        CLASS_SEPARATOR.join(value)
        if isinstance(value, list)
        else ""
        if value is None
        else str(value)
        for value in row.values()
    ]
