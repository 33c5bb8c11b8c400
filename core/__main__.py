"""The command line: ``python -m core``."""

from __future__ import annotations

import csv
import json
import re
import secrets
import sqlite3
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from core.audit import Audit, AuditError
from core.bakeoff.noise import NoiseError
from core.browse.query import QueryError
from core.embedding.given_files import GivenFileError
from core.embedding.network import PIXELS, BackboneError
from core.findings.words import KINDS
from core.image_files import UnreadableImage
from core.jobs import JobRefused
from core.sources import SourceError
from core.store import Row, Sort, StoreError

MISTAKES = (
    AuditError,
    BackboneError,
    GivenFileError,
    JobRefused,
    NoiseError,
    QueryError,
    SourceError,
    StoreError,
    UnreadableImage,
)
"""Errors whose message is one clear sentence for the person who asked."""

Folder = click.Path(path_type=Path)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=False,  # a missing command is a mistake, told in one line as the others are
)
def cli() -> None:
    """Second Look: find, review and correct wrong image labels."""


@cli.command()
@click.argument("source", type=Folder)
@click.option("--into", "folder", type=Folder, required=True, help="The audit's folder.")
@click.option("--labels", type=Folder, help="CSV with the columns path and label.")
@click.option("--backbone", metavar="NAME|FILE", help="See `backbones`, or a Keras model.")
@click.option("--weights", metavar="FILE", help="Weights of a backbone that has a name.")
@click.option("--layer", metavar="NAME", help="Layer of a model file whose output to take.")
@click.option("--pixels", type=click.Choice(PIXELS), help="How a model file scales them.")
@click.option("--embeddings", metavar="FILE", help="Ready-made: .npy, .npz or .parquet.")
@click.option("--predictions", metavar="FILE", help="Likewise, of a classifier of yours.")
@click.option("--detector", metavar="NAME", help="What ranks the labels; see README.")
def audit(
    source: Path,
    folder: Path,
    labels: Path | None,
    detector: str | None,
    **embedding: str | None,
) -> None:
    """Ingest SOURCE and compute everything; run again, it resumes.

    SOURCE is a folder of class folders or, with --labels, any folder. What the
    embeddings are made with and what ranks stay as they were unless named again.
    """
    from core import pipeline
    from core.embedding.backbone import check_backbone
    from core.embedding.choice import EmbeddingChoice
    from core.jobs import run_lock
    from core.sources import read_source
    from core.weighing import DETECTOR, check_detector

    if detector is not None:
        check_detector(detector)
    if not (folder / "audit.db").exists():  # a mistake should leave no folder behind
        read_source(source, labels)
        check_backbone(EmbeddingChoice().updated(**embedding))
    opened = Audit.create(folder, source, labels)
    choice = EmbeddingChoice.of(opened).updated(**embedding)
    with run_lock(opened):
        if detector is not None:
            opened.store.set_settings({DETECTOR: detector})
        pipeline.run(opened, choice)
    counts = opened.store.counts()
    click.echo(
        f"{counts['items']:,} images in {counts['classes']:,} classes;"
        f" {counts['suspects']:,} labels disagree with the evidence,"
        f" {counts['quarantined']:,} images could not be read.",
        err=True,
    )


@cli.command()
@click.option("--format", "style", type=click.Choice(["table", "json"]), default="table")
def backbones(style: str) -> None:
    """List the networks that --backbone names; the first time, it takes half a minute."""
    from tqdm import tqdm

    from core.embedding import registry

    with tqdm(desc="Looking into Keras", unit=" networks", delay=1, leave=False) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        found = registry.backbones(progress)
    rows = [
        {
            "name": info.name,
            "dimension": info.dimension,
            "input": f"{info.height} x {info.width}",
            "weights": info.weights,
        }
        for info in found
    ]
    _print_rows(rows, ("name", "dimension", "input", "weights"), style)


@cli.command()
@click.argument("folder", metavar="DIR", type=Folder)
@click.option("--top", type=click.IntRange(min=1), help="Only the N most suspect.")
@click.option("--format", "style", type=click.Choice(["table", "csv", "json"]), default="table")
def rank(folder: Path, top: int | None, style: str) -> None:
    """Print the labels of the audit in DIR in the queue's order, the most suspect first."""
    opened = Audit(folder)
    if not opened.is_ranked:
        raise AuditError(f"The audit in {folder} is not ranked yet; run `audit` again.")
    _print_rows(opened.store.ranking(top), ("id", "path", "given", "suggested", "suspicion"), style)


class _QueryCommand(click.Command):
    """A command whose argument may begin with a minus: ``-verdict:any`` is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        minus = re.compile("-[^-].*[: (]")
        return super().parse_args(ctx, [f" {arg}" if minus.match(arg) else arg for arg in args])


@cli.command(cls=_QueryCommand)
@click.argument("folder", metavar="DIR", type=Folder)
@click.argument("query", default="")
@click.option("--sort", default="-suspicion", help="A field; with - before it, downwards.")
@click.option("--limit", type=click.IntRange(min=1), help="Only the first N.")
@click.option("--format", "style", type=click.Choice(["table", "csv", "json"]), default="table")
def browse(folder: Path, query: str, sort: str, limit: int | None, style: str) -> None:
    """Print the items of the audit in DIR that meet QUERY, such as 'given:ketch suspicion:>0.8'.

    Terms beside each other must all hold; or, not, - and brackets do as
    everywhere; a word alone is looked for in the path. See README for the fields.
    """
    store = Audit(folder).store
    rows = store.match_rows(store.parse_query(query), Sort.parse(sort.strip()), limit)
    columns = ("id", "path", "given", "suggested", "final", "suspicion", "verdict", "auditor", "at")
    _print_rows([{name: row[name] for name in columns} for row in rows], columns, style)


@cli.command()
@click.argument("folder", metavar="DIR", type=Folder)
@click.option("--kind", type=click.Choice(KINDS), help="Only of that kind.")
@click.option("--format", "style", type=click.Choice(["table", "csv", "json"]), default="table")
def findings(folder: Path, kind: str | None, style: str) -> None:
    """Print what was found beside the ranking of the audit in DIR: copies and outliers.

    Copies share a group; conflicts are those with different labels, leakage
    those in different splits. A score is the cosine to the nearest copy, for
    an outlier the standard deviations that it lies too far.
    """
    store = Audit(folder).store
    if store.fingerprint("findings") is None:
        raise AuditError(f"The audit in {folder} has no findings yet; run `audit` again.")
    found = [row for name in ([kind] if kind else KINDS) for row in store.findings(name)]
    columns = ("kind", "group", "id", "path", "given", "split", "match", "score")
    rows = [row | {"group": row["group_id"]} for row in found]
    _print_rows([{column: row[column] for column in columns} for row in rows], columns, style)


@cli.command()
@click.argument("folder", metavar="DIR", type=Folder)
@click.option("--format", "style", type=click.Choice(["table", "json"]), default="table")
def status(folder: Path, style: str) -> None:
    """Say what is in the audit in DIR, what is computed and what is reviewed."""
    from core.embedding.choice import EmbeddingChoice
    from core.jobs import watch

    opened = Audit(folder)
    job = watch(opened)
    facts = {
        "audit": opened.name,
        "source": opened.described_source,
        "embeddings": EmbeddingChoice.of(opened).described,
        **opened.store.counts(),
        "verdicts": opened.store.verdict_counts(),
        "job": job.state,
        "message": job.message,
        "steps": {step["name"]: step["state"] for step in job.steps},
    }
    if style == "json":
        click.echo(json.dumps(facts, indent=2, ensure_ascii=False))
        return
    for name, value in facts.items():
        if isinstance(value, dict):
            value = ", ".join(f"{key} {count}" for key, count in value.items())
        click.echo(f"{name:<12} {'' if value is None else value}")


@cli.command()
@click.argument("folder", metavar="DIR", type=Folder)
@click.argument("item_id", metavar="ID")
@click.argument("decision", metavar="VERDICT")
@click.option(
    "--label", "labels", multiple=True, help="The right class; twice or more for ambiguous."
)
@click.option("--auditor", required=True, help="Who decides.")
def verdict(folder: Path, item_id: str, decision: str, labels: Sequence[str], auditor: str) -> None:
    """Store a VERDICT on the item ID of the audit in DIR.

    VERDICT is keep, relabel, ambiguous, none, bad-image, unsure, or undo,
    which takes back the auditor's own current verdict on that item.
    """
    from core.review.verdicts import UNDO, give_verdict, parse_verdict

    store = Audit(folder).store
    session = f"cli-{secrets.token_hex(8)}"
    if decision.lower() == UNDO:
        store.add_undo(session=session, seq=0, item_id=item_id, auditor=auditor)
    else:
        give_verdict(
            store,
            parse_verdict(decision),
            labels,
            session=session,
            seq=0,
            item_id=item_id,
            auditor=auditor,
        )
    click.echo(f"Stored {decision} for {item_id}.", err=True)


def _kinds() -> Iterable[str]:
    from core.bakeoff.kinds import KINDS

    return KINDS


def _contenders() -> Iterable[str]:
    from core.bakeoff.contenders import CONTENDERS

    return CONTENDERS


def _names_of(known: Callable[[], Iterable[str]]) -> Callable[..., tuple[str, ...] | None]:
    """Return a callback that reads words with commas between them, all of them known."""

    def read(_: click.Context, __: click.Parameter, value: str | None) -> tuple[str, ...] | None:
        if value is None:
            return None
        names = tuple(dict.fromkeys(name.strip() for name in value.split(",")))
        for name in names:
            if name not in known():
                raise click.BadParameter(f"{name!r} is none of {', '.join(known())}.")
        return names

    return read


def _shares(_: click.Context, __: click.Parameter, value: str | None) -> tuple[float, ...] | None:
    """Read numbers between 0 and 1 with commas between them."""
    if value is None:
        return None
    try:
        shares = tuple(dict.fromkeys(float(share) for share in value.split(",")))
    except ValueError:
        raise click.BadParameter(f"{value!r} is no list of numbers; write 0.05,0.1.") from None
    if not all(0 < share < 1 for share in shares):
        raise click.BadParameter("Rates lie between 0 and 1; 0.1 is one label in ten.")
    return shares


@cli.command()
@click.argument("folder", metavar="DIR", type=Folder)
@click.option(
    "--kinds",
    metavar="KIND,...",
    callback=_names_of(_kinds),
    help="uniform, confused, near-boundary, clustered (all these when left out), pair, instance.",
)
@click.option(
    "--rates",
    metavar="RATE,...",
    callback=_shares,
    help="Shares of labels to plant on; 0.1 when left out.",
)
@click.option("--seeds", type=click.IntRange(1, 100), help="Times to plant each anew; once.")
@click.option(
    "--methods",
    metavar="NAME,...",
    callback=_names_of(_contenders),
    help="Detectors: pool,probe, ...; all when left out.",
)
@click.option(
    "--embeddings",
    metavar="NAME=FILE|DIR",
    multiple=True,
    help="Others to try beside the audit's own: a file, or another audit of the same images.",
)
@click.option("--sample", type=click.IntRange(min=100), help="Images at most; 20,000.")
@click.option("--format", "style", type=click.Choice(["table", "json"]), default="table")
def bakeoff(folder: Path, embeddings: Sequence[str], style: str, **options: Any) -> None:
    """Plant errors in a copy of the labels of the audit in DIR, and see which detector finds them.

    The labels themselves, the ranking and the verdicts stay as they are.
    Results are kept: run it again and only what is new is computed.
    """
    from core.bakeoff import report
    from core.bakeoff.plan import Plan
    from core.bakeoff.run import run
    from core.jobs import run_lock

    opened = Audit(folder)
    given = {name: value for name, value in options.items() if value is not None}
    plan = Plan(**given, embeddings=report.named(embeddings))
    with run_lock(opened):
        results, trials = run(opened, plan)
    rows = report.rows(results, trials)
    if style == "table":
        _print_rows([report.in_words(row) for row in rows], report.columns(rows), style)
    else:
        _print_rows(rows, (), style)
    for sentence in report.remarks(results, trials):
        click.echo(sentence, err=True)


@cli.command()
@click.argument("folder", metavar="DIR", type=Folder)
@click.option("--to", "file", type=click.Path(path_type=Path, dir_okay=False), required=True)
def export(folder: Path, file: Path) -> None:
    """Write the corrected labels of the audit in DIR as CSV."""
    from core.export.table import write_csv

    count = write_csv(Audit(folder).store, file)
    click.echo(f"Wrote {count:,} rows to {file}.", err=True)


def _print_rows(rows: Sequence[Row], columns: Sequence[str], style: str) -> None:
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return 0, 2 after a mistake, 130 when stopped."""
    try:
        cli.main(arguments, prog_name="python -m core", standalone_mode=False)
    except click.ClickException as error:
        return _complain(error.format_message())
    except MISTAKES as error:
        return _complain(str(error))
    except sqlite3.Error as error:
        return _complain(f"The audit's database cannot be used ({error}).")
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        return _complain(f"{error.strerror or error}{where}.")
    except (click.Abort, KeyboardInterrupt):
        print("Stopped; run the same command again to go on.", file=sys.stderr)
        return 130
    return 0


def _complain(sentence: str) -> int:
    print(f"Error: {' '.join(sentence.split())}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
