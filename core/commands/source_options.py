"""Options of `audit` and `inspect` that answer what is doubtful of a data set."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from core.audit.source import Source
from core.commands.printing import FOLDER, agreed

Command = TypeVar("Command", bound=Callable[..., Any])

ANSWERS = (
    "classes_in", "nested_classes", "masks", "unpack_limit", "header", "images_in",
    "label_separator", "one_label",
)  # fmt: skip
"""Names of the options, as a source remembers them."""


def _folder(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    folder = os.path.normpath(value).replace(os.sep, "/")
    if Path(value).is_absolute() or folder.split("/")[0] == "..":
        raise click.BadParameter("Give the folder's path within SOURCE, such as data/images.")
    return folder


def _yes(_: click.Context, __: click.Parameter, value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


def _number(_: click.Context, __: click.Parameter, value: float | None) -> str | None:
    return None if value is None else f"{value:g}"


OPTIONS = (
    click.option(
        "--classes-in",
        metavar="FOLDER",
        callback=_folder,
        help="The folder in SOURCE whose folders are the classes; . for SOURCE itself.",
    ),
    click.option(
        "--nested-classes/--no-nested-classes",
        default=None,
        callback=_yes,
        help="Class folders within class folders are classes: cat/siamese.",
    ),
    click.option(
        "--masks",
        type=click.Choice(["leave-out", "read"]),
        help="What to do with masks beside images.",
    ),
    click.option(
        "--header/--no-header",
        default=None,
        callback=_yes,
        help="Whether the first line of a table names its columns.",
    ),
    click.option(
        "--images-in",
        metavar="FOLDER",
        callback=_folder,
        help="The folder in SOURCE whose images ambiguous paths of a table mean.",
    ),
    click.option(
        "--label-separator", metavar="MARK", help="What separates several labels of one cell."
    ),
    click.option(
        "--one-label",
        metavar="LABEL",
        help="Audit this one of several labels an image against the rest.",
    ),
    click.option(
        "--unpack-limit",
        metavar="GB",
        type=click.FloatRange(min=0, min_open=True),
        callback=_number,
        help="The most that an archive may unpack to; default 50.",
    ),
)


root_option = click.option(
    "--root",
    "roots",
    metavar="DIR",
    type=FOLDER,
    multiple=True,
    help="A folder that links in SOURCE may lead to; it is remembered.",
)


def source_options(command: Command) -> Command:
    """Add these options to a command, which gets them among its other keywords."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def divided(options: Mapping[str, str | None]) -> tuple[dict[str, str], dict[str, str | None]]:
    """Return the answers that were given, and the other options."""
    given = {name: value for name in ANSWERS if (value := options.get(name)) is not None}
    return given, {name: value for name, value in options.items() if name not in ANSWERS}


def asked(source: Source) -> Source:
    """Ask what a new audit needs to know; where nobody answers, the pipeline refuses it."""
    from core.ingest.questions import proposed, questions

    needed = [question for question in questions(source) if question.needed]
    answers = [one for one in needed if agreed(f"{one.text} {one.option} {one.proposed}")]
    return proposed(source, answers) if answers else source
