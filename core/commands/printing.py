"""Shared by commands: the audit's folder as an argument, and the printing of rows."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from core.store import Row

FOLDER = click.Path(path_type=Path)


def print_rows(rows: Sequence[Row], columns: Sequence[str], style: str) -> None:
    """Print `columns` of `rows` as ``table`` or ``csv``, or all of them as ``json``."""
    if style == "json":
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    elif style == "csv":
        writer = csv.DictWriter(sys.stdout, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    else:
        cells = [[_cell(row[column]) for column in columns] for row in rows]
        widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
        for line in [columns, *cells]:
            padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            click.echo("  ".join(padded).rstrip())


def _cell(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, float) else "" if value is None else str(value)
