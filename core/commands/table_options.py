"""The options that say how a table of labels is read, the same for every command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from core.commands.printing import as_place

OPTIONS = (
    click.option(
        "--labels",
        callback=as_place,
        help="Table of the labels, such as CSV, Parquet, JSON Lines, Label Studio or CVAT.",
    ),
    click.option("--label-column", metavar="NAME", help="Column that holds the labels."),
    click.option("--path-column", metavar="NAME", help="Column that holds the images' paths."),
    click.option(
        "--id-column", metavar="NAME", help="Column that holds names without folder and ending."
    ),
    click.option("--encoding", metavar="NAME", help="Encoding of a table that is not UTF-8."),
)


def table_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of tables."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command
