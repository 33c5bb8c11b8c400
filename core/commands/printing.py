"""Shared by commands: the audit's folder as an argument, and the printing of rows."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from core.store import Row
from core.text import csv_lines, one_line, sentence

FOLDER = click.Path(path_type=Path)


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
