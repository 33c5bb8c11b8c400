"""The command `classes`: list, rename, merge, split, describe and retire them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from core.audit import Audit
from core.commands.printing import FOLDER, print_rows
from core.people.names import known_as
from core.review import class_changes
from core.store import Store, StoreError
from core.text import counted

RANK_AGAIN = "run `audit` to rank the labels again"


class Request(NamedTuple):
    """What was asked for on the command line."""

    store: Store
    names: Sequence[str]
    auditor: str
    query: str | None

    @property
    def first(self) -> str:
        """The class that changes."""
        return self.names[0]


class Action(NamedTuple):
    """What the command can do.

    Attributes
    ----------
    usage : str
        Its arguments.
    least, most : int
        How many there are.
    run : callable
        Takes the `Request` and returns what to print.
    """

    usage: str
    least: int
    most: int
    run: Callable[[Request], str]


def _rename(request: Request) -> str:
    class_changes.rename(request.store, *request.names, auditor=request.auditor)
    return f"{request.first} is called {request.names[1]} now."


def _merge(request: Request) -> str:
    *names, into = request.names
    class_changes.merge(request.store, names, into, auditor=request.auditor)
    return f"Merged {', '.join(names)} into {into}; {RANK_AGAIN}."


def _split(request: Request) -> str:
    if request.query is None:
        raise StoreError("Say with --query which images the new class takes.")
    count = class_changes.split(
        request.store,
        request.store.parse_query(request.query),
        request.first,
        auditor=request.auditor,
        session=f"cli-{secrets.token_hex(8)}",
    )
    return f"Relabeled {counted(count, 'image')} to {request.first}; {RANK_AGAIN}."


def _describe(request: Request) -> str:
    class_changes.describe(request.store, *request.names, auditor=request.auditor)
    return f"Described {request.first}."


def _add(request: Request) -> str:
    class_changes.add(request.store, request.first, auditor=request.auditor)
    return f"Added {request.first}."


def _retire(request: Request) -> str:
    class_changes.retire(request.store, request.first, auditor=request.auditor)
    return f"Retired {request.first}: it is not offered any more."


def _restore(request: Request) -> str:
    class_changes.restore(request.store, request.first, auditor=request.auditor)
    return f"Restored {request.first}."


def _separate(request: Request) -> str:
    class_changes.separate(request.store, *request.names, auditor=request.auditor)
    return f"{' and '.join(request.names)} stay two classes."


def _undo(request: Request) -> str:
    return f"Undone: {class_changes.undo(request.store, auditor=request.auditor)}."


ACTIONS = {
    "rename": Action("NAME NEW", 2, 2, _rename),
    "merge": Action("NAME ... INTO", 2, 1000, _merge),
    "split": Action("NEW --query QUERY", 1, 1, _split),
    "describe": Action("NAME TEXT", 2, 2, _describe),
    "add": Action("NAME", 1, 1, _add),
    "retire": Action("NAME", 1, 1, _retire),
    "restore": Action("NAME", 1, 1, _restore),
    "separate": Action("NAME OTHER", 2, 2, _separate),
    "undo": Action("", 0, 0, _undo),
}


@click.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.argument("action", type=click.Choice(["list", *ACTIONS]), default="list")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--query", help="Which images a split takes, such as 'given:bird path:owl*'.")
@click.option("--auditor", help="Name of the auditor; every change needs it.")
@click.option("--format", "style", type=click.Choice(["table", "csv", "json"]), default="table")
def classes(
    folder: Path,
    action: str,
    names: Sequence[str],
    query: str | None,
    auditor: str | None,
    style: str,
) -> None:
    """List the classes of the audit in DIR, or change them.

    rename NAME NEW; merge NAME ... INTO; split NEW --query QUERY; describe NAME
    TEXT; add NAME; retire NAME; restore NAME; separate NAME OTHER (do not
    propose to merge them); undo (the latest change). Every change is logged
    with its auditor; no label of the input is rewritten.
    """
    store = Audit(folder).store
    if action == "list":
        return _list(store, style)
    chosen = ACTIONS[action]
    if not chosen.least <= len(names) <= chosen.most:
        raise click.UsageError(f"Expected: classes DIR {action} {chosen.usage}".rstrip())
    if not auditor:
        raise click.UsageError("A change of classes needs --auditor NAME.")
    auditor = known_as(auditor, store.auditor_names())
    click.echo(chosen.run(Request(store, names, auditor, query)), err=True)


def _list(store: Store, style: str) -> None:
    columns = ("name", "items", "reviewed", "status", "description")
    rows = [row | {"status": "retired" if row["is_retired"] else ""} for row in store.classes()]
    print_rows([{column: row[column] for column in columns} for row in rows], columns, style)
    print_suggestions(store)


def print_suggestions(store: Store) -> None:
    """Print on stderr which classes look like one, and the command that merges them."""
    for one in class_changes.suggestions(store):
        click.echo(
            f"{one.sentence} Merge them? classes DIR merge {one.former!r} {one.now!r}", err=True
        )
