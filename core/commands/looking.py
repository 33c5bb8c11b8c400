"""Commands that print: `inspect`, `rank`, `browse`, `findings`, `status`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from shlex import quote
from typing import Any

import click

from core.audit import Audit, AuditError
from core.commands.printing import FOLDER, as_place, fetching_shown, print_rows
from core.commands.source_options import divided, root_option, source_options
from core.commands.table_options import table_options
from core.findings import FINDINGS
from core.store import Sort
from core.text import one_line, sentence

NAMES_SHOWN = 20
"""Classes that a line lists."""


@click.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--top", type=click.IntRange(min=1), help="Only the N most suspect.")
@click.option("--format", "style", type=click.Choice(["table", "csv", "json"]), default="table")
def rank(folder: Path, top: int | None, style: str) -> None:
    """Print the labels of the audit in DIR in the queue's order, the most suspect first."""
    opened = Audit(folder)
    if not opened.is_ranked:
        raise AuditError(f"The audit in {folder} is not ranked yet; run `audit` again.")
    print_rows(opened.store.ranking(top), ("id", "path", "given", "suggested", "suspicion"), style)


class _QueryCommand(click.Command):
    """A command whose argument may begin with a minus: ``-verdict:any`` is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        minus = re.compile("-[^-].*[: (]")
        return super().parse_args(ctx, [f" {arg}" if minus.match(arg) else arg for arg in args])


@click.command(cls=_QueryCommand)
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.argument("query", default="")
@click.option("--sort", default="-suspicion", help="A field; with - before it, descending.")
@click.option("--limit", type=click.IntRange(min=1), help="Only the first N.")
@click.option("--format", "style", type=click.Choice(["table", "csv", "json"]), default="table")
def browse(folder: Path, query: str, sort: str, limit: int | None, style: str) -> None:
    """Print the items of the audit in DIR that meet QUERY, such as 'given:ketch suspicion:>0.8'.

    Terms beside each other must all hold; or, not, - and parentheses work as
    usual; a word without a field is searched in the path. See README for the fields.
    """
    store = Audit(folder).store
    rows = store.match_rows(store.parse_query(query), Sort.parse(sort.strip()), limit)
    columns = ("id", "path", "given", "suggested", "final", "suspicion", "verdict", "auditor", "at")
    print_rows([{name: row[name] for name in columns} for row in rows], columns, style)


@click.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--kind", type=click.Choice(list(FINDINGS)), help="Only of that kind.")
@click.option("--format", "style", type=click.Choice(["table", "csv", "json"]), default="table")
def findings(folder: Path, kind: str | None, style: str) -> None:
    """Print the duplicates and outliers in the audit in DIR.

    Duplicates share a group; conflicts are those with different labels, leakage
    those in different splits. A match is exact (the same bytes), near (the
    pixels agree) or similar (only the embeddings do, where there are no pictures).
    The score is how well the nearest duplicate agrees;
    for an outlier, the standard deviations by which it is too far.
    """
    store = Audit(folder).store
    if store.fingerprint("findings") is None:
        raise AuditError(f"The audit in {folder} has no findings yet; run `audit` again.")
    found = [row for name in ([kind] if kind else FINDINGS) for row in store.findings(name)]
    columns = ("kind", "group", "id", "path", "given", "split", "match", "score", "note")
    rows = [row | {"group": row["group_id"]} for row in found]
    print_rows([{column: row[column] for column in columns} for row in rows], columns, style)


@click.command()
@click.argument("source", callback=as_place)
@table_options
@root_option
@click.option("--reader", metavar="NAME", help="How SOURCE is read; the first that fits.")
@source_options
@click.option(
    "--samples", "count", metavar="N", type=click.IntRange(0, 100), default=6,
    help="Pictures to look at, of as many classes as possible; default 6.",
)  # fmt: skip
@click.option("--format", "style", type=click.Choice(["table", "json"]), default="table")
@click.option("--answer", "given", nargs=2, multiple=True, hidden=True)
def inspect(
    source: Path | str,
    labels: Path | str | None,
    label_column: str | None,
    path_column: str | None,
    id_column: str | None,
    encoding: str | None,
    roots: Sequence[Path],
    reader: str | None,
    count: int,
    style: str,
    given: Sequence[tuple[str, str]],
    **others: str | None,
) -> None:
    """Print what is understood of the data set in SOURCE; nothing is computed.

    Classes and splits with their numbers, what is left out, and what looks wrong.
    What lies at a URL is fetched for it, once: the audit made of it takes that over.
    """
    from core.ingest import inspection
    from core.ingest.readers import source_of
    from core.ingest.records import UnansweredQuestion

    answers, _ = divided(others)
    columns = {"path_column": path_column, "id_column": id_column, "encoding": encoding}
    asked = source_of(source, labels, label_column, roots, reader, columns, answers | dict(given))
    try:
        with fetching_shown() as update:
            found = asdict(inspection.inspect(asked, count, update))
    except UnansweredQuestion as refusal:
        if style == "json":
            found = {"questions": list(map(asdict, refusal.questions))}
            click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        raise
    if style == "json":
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    del found["columns"]
    sentences = [("note", one) for one in found.pop("notes")]
    sentences += [("doubt", one) for one in found.pop("doubts")]
    sentences += [("question", one) for one in map(_asked, found.pop("questions"))]
    found["samples"] = ", ".join(one["path"] for one in found["samples"])
    for name, value in [*found.items(), *sentences]:
        if value is not None:
            click.echo(f"{name:<12} {sentence(_short(value))}".rstrip())


def _asked(question: Mapping[str, Any]) -> str:
    """Return a question in one line, with what is taken where nobody answers."""
    proposed, option = question["proposed"], question["option"]
    taken = f"Proposed: {option} {quote(proposed)}" if proposed else ""
    return " ".join(filter(None, [question["text"], question["because"], taken]))


def _short(value: object) -> str:
    """Return a value for one line; of numbers by name, how many there are and the first."""
    if not isinstance(value, dict):
        return str(value)
    shown = ", ".join(f"{name} {count:,}" for name, count in islice(value.items(), NAMES_SHOWN))
    return f"{len(value):,}: {shown}{', …' if len(value) > NAMES_SHOWN else ''}" if value else "0"


@click.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--format", "style", type=click.Choice(["table", "json"]), default="table")
def status(folder: Path, style: str) -> None:
    """Print counts, finished steps and review progress of the audit in DIR."""
    from core.embedding.choice import EmbeddingChoice
    from core.jobs import watch

    opened = Audit(folder)
    job = watch(opened)
    rows = {
        "audit": opened.name,
        "source": str(opened.source),
        "embeddings": EmbeddingChoice.of(opened).described,
        **opened.store.counts(),
        "verdicts": opened.store.verdict_counts(),
        "job": job.state,
        "message": job.message,
        "steps": {step["name"]: step["state"] for step in job.steps},
    }
    if style == "json":
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for name, value in rows.items():
        if isinstance(value, dict):
            value = ", ".join(f"{key} {count}" for key, count in value.items())
        click.echo(f"{name:<12} {'' if value is None else one_line(str(value))}")
