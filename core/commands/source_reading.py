"""How a command that takes a SOURCE is told to read it, and the source that follows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from core.audit import Source
from core.commands.source_options import divided, root_option, source_options
from core.commands.table_options import table_options


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command all options of how a source is read, for `source_read`."""
    reader = click.option("--reader", metavar="NAME", help="How SOURCE is read; see `inspect`.")
    return table_options(root_option(reader(source_options(command))))


def source_read(
    path: Path | str,
    *,
    labels: Path | str | None = None,
    label_column: str | None = None,
    path_column: str | None = None,
    id_column: str | None = None,
    encoding: str | None = None,
    roots: Sequence[Path] = (),
    reader: str | None = None,
    **others: str | None,
) -> Source:
    """Return the data set at a path or a URL, read as the options say; see `source_of`."""
    from core.ingest.readers import source_of

    answers, _ = divided(others)
    columns = {"path_column": path_column, "id_column": id_column, "encoding": encoding}
    return source_of(path, labels, label_column, roots, reader, columns, answers)
