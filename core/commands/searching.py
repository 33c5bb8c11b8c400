"""The command `search`."""

from __future__ import annotations

from pathlib import Path

import click

from core.audit import Audit
from core.commands.printing import FOLDER, print_rows
from core.search.example_search import ExampleSearch

COLUMNS = ("id", "score", "path", "given", "suggested", "suspicion")


@click.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--like", multiple=True, required=True, metavar="ID", help="An example; repeatable.")
@click.option("--unlike", multiple=True, metavar="ID", help="A counterexample; repeatable.")
@click.option("--query", default="", help="Only items that meet it, such as is:unlabeled.")
@click.option("--count", type=click.IntRange(min=1), default=50, help="How many at most; 50.")
@click.option("--format", "style", type=click.Choice(["table", "csv", "json"]), default="table")
def search(
    folder: Path,
    like: tuple[str, ...],
    unlike: tuple[str, ...],
    query: str,
    count: int,
    style: str,
) -> None:
    """Print the items of the audit in DIR that look like some and not like others.

    Examples are named by their ids, as `browse` prints them. The score is 1 for what is as
    the examples are, and 0 for an average item.
    """
    audit = Audit(folder)
    parsed = audit.store.parse_query(query)
    hits = ExampleSearch(audit).find(like, unlike, count, parsed)
    items = audit.store.items([hit.id for hit in hits])
    rows = [
        {name: items[hit.id].get(name) for name in COLUMNS} | {"score": round(hit.score, 3)}
        for hit in hits
    ]
    print_rows(rows, COLUMNS, style)
