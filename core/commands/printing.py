"""Shared by commands: the audit's folder as an argument, and the printing of rows."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from core.ingest.urls import place_of
from core.jobs.inquiries import PROGRESS
from core.store import Row
from core.text import csv_lines, one_line, sentence

FOLDER = click.Path(path_type=Path)

FETCHING_LINE = f"{PROGRESS} {{n_fmt}} of {{total_fmt}} MB, {{rate_noinv_fmt}}, {{remaining}} left"


def as_place(_: click.Context, __: click.Parameter, value: str | None) -> Path | str | None:
    """Return what was given as a path of this machine or, where it is a URL, as a str."""
    return None if value is None else place_of(value)


def print_rows(rows: Sequence[Row], columns: Sequence[str], style: str) -> None:
    """Print `columns` of `rows` as ``table`` or ``csv``, or all of them as ``json``.

    A row of a table is one line, control characters escaped; the other forms
    give values as they are.
    """
    if style == "json":
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    elif style == "csv":
        values = ([row[column] for column in columns] for row in rows)
        sys.stdout.writelines(csv_lines([columns, *values]))
    else:
        cells = [[_cell(row[column]) for column in columns] for row in rows]
        widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
        for line in [columns, *cells]:
            padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            click.echo("  ".join(padded).rstrip())


def tell(message: str) -> None:
    """Print a sentence for the person at the terminal, on one line whatever names are in it."""
    click.echo(sentence(message), err=True)


@contextmanager
def fetching_shown() -> Iterator[Callable[[int, int], None]]:
    """Show on stderr how far something is fetched: a bar, or lines where nobody looks.

    Yields
    ------
    callable
        Takes megabytes done and in all.
    """
    from tqdm import tqdm

    is_live = sys.stderr.isatty()
    with tqdm(
        desc=PROGRESS, unit=" MB", delay=1, leave=False, ascii=not is_live,
        bar_format=None if is_live else FETCHING_LINE, mininterval=0.1 if is_live else 1,
    ) as bar:  # fmt: skip

        def update(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield update


def agreed(question: str) -> bool:
    """Ask; where nobody can answer, it is a no."""
    try:
        return click.confirm(sentence(question), err=True)
    except click.Abort:
        click.echo(err=True)
        return False


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4f}"
    return "" if value is None else one_line(str(value))
