"""Commands that compute: `audit`, `backbones`, `bakeoff`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from core.audit import DATABASE, Audit, AuditError, Source
from core.commands.classes import print_suggestions
from core.commands.network_tuning import tuned_where_asked
from core.commands.printing import FOLDER, agreed, as_place, print_rows, tell
from core.commands.source_options import asked, divided, root_option, source_options
from core.commands.table_options import table_options
from core.embedding.network import PIXELS
from core.terms import current_name
from core.text import counted


@click.command()
@click.argument("source", callback=as_place)
@click.option("--into", "folder", type=FOLDER, required=True, help="The audit's folder.")
@table_options
@root_option
@click.option("--reader", metavar="NAME", help="How SOURCE is read; see `inspect`.")
@source_options
@click.option("--backbone", metavar="NAME|FILE", help="See `backbones`, or a Keras model.")
@click.option("--weights", metavar="FILE", help="Weights of a backbone that has a name.")
@click.option(
    "--layer",
    metavar="NAME,...",
    help="Layers to take side by side, or one; `backbones --layers NAME` lists them.",
)
@click.option("--pixels", type=click.Choice(PIXELS), help="How a model file scales pixel values.")
@click.option(
    "--embeddings", metavar="FILE", help="Precomputed embeddings: .npy, .npz or .parquet."
)
@click.option(
    "--predictions",
    metavar="FILE",
    help="Class probabilities of your own classifier: .npy, .npz or .parquet.",
)
@click.option("--detector", metavar="NAME", help="The detector that ranks the labels; see README.")
@click.option(
    "--fine-tune/--no-fine-tune",
    "tunes",
    default=None,
    help="Train the last block of the network on these labels, see `fine-tune`.",
)
@click.option("--resume", "resumed", metavar="ID", hidden=True, help="Only the audit of that id.")
def audit(
    source: Path | str,
    folder: Path,
    labels: Path | str | None,
    label_column: str | None,
    path_column: str | None,
    id_column: str | None,
    encoding: str | None,
    roots: Sequence[Path],
    reader: str | None,
    detector: str | None,
    resumed: str | None,
    tunes: bool | None,
    **others: str | None,
) -> None:
    """Ingest SOURCE and compute everything; a second run resumes.

    SOURCE is a folder of class folders, an archive or arrays or, with --labels,
    any folder; or a URL of one, such as s3://BUCKET/FOLDER. What is asked of it
    is answered by options, and remembered. The backbone and the detector of an
    existing audit stay unless given again.
    """
    from core.ingest.readers import source_of
    from core.pipeline import compute

    answers, embedding = divided(others)
    columns = {"path_column": path_column, "id_column": id_column, "encoding": encoding}
    found = source_of(source, labels, label_column, roots, reader, columns, answers)
    check_reader(folder, reader)
    if not (folder / DATABASE).exists():
        found = asked(found)
    opened = compute(found, folder, detector, resumed=resumed, tunes=tunes, **embedding)
    tuned_where_asked(opened)
    counts = opened.store.counts()
    tell(
        f"{counts['items']:,} images in {counts['classes']:,} classes;"
        f" {counts['suspects']:,} labels disagree with the evidence,"
        f" {counts['quarantined']:,} images could not be read."
    )
    if outdated := counts["outdated"]:
        tell(f"{counted(outdated, 'verdict')} outdated: the image or its label has changed since.")
    print_suggestions(opened.store)


def check_reader(folder: Path, reader: str | None) -> None:
    """Refuse another reader than that of an existing audit: its items would have other labels."""
    if reader is None or not (folder / DATABASE).exists():
        return
    audit = Audit(folder)
    now, inside = audit.source.format, audit.contents.format
    audit.store.close()
    if reader not in (now, inside):
        raise AuditError(f"The audit in {folder} is read by {now}; make a new one for {reader}.")


@click.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.argument("source", callback=as_place)
@click.option("--labels", callback=as_place, help="Where the table of the labels lies now.")
@root_option
@click.option("--yes", is_flag=True, help="Move without asking.")
@click.option("--check", is_flag=True, help="Only say what is recognized.")
def move(
    folder: Path,
    source: Path | str,
    labels: Path | str | None,
    roots: Sequence[Path],
    yes: bool,
    check: bool,
) -> None:
    """Tell the audit in DIR that its data set lies in SOURCE now.

    Files are recognized by their content; you are asked before anything changes.
    """
    from core import moving
    from core.jobs import run_lock

    opened = Audit(folder)
    target = moving.source_in(opened, source, labels, roots)
    with run_lock(opened):
        try:
            if not _moved(opened, target, yes=yes, check=check):
                return
        finally:
            moving.forget_staged(opened)
    tell("Moved. Run `audit` again to read what has changed.")


def _moved(opened: Audit, target: Source, *, yes: bool, check: bool) -> bool:
    """Say what is recognized in `target`, and move the audit there unless it was only asked."""
    from core import moving

    comparison = moving.look(opened, target)
    for sentence in comparison.sentences():
        tell(sentence)
    if check:
        return False
    if not yes and not agreed("Move the audit to it?"):
        raise AuditError("Nothing was changed; --yes moves the audit without asking.")
    moving.move(opened, target, comparison)
    return True


@click.command()
@click.option(
    "--layers", "network", metavar="NAME|FILE", help="List the layers of one network instead."
)
@click.option("--format", "style", type=click.Choice(["table", "json"]), default="table")
def backbones(network: str | None, style: str) -> None:
    """List the values of --backbone; the first call takes half a minute.

    With --layers, the layers of one of them whose outputs are maps: those
    that are taken beside the embedding unless --layer names others are marked.
    """
    if network is not None:
        return _print_layers(network, style)
    from tqdm import tqdm

    from core.embedding.backbones import named_backbones

    with tqdm(desc="Listing Keras models", unit=" networks", delay=1, leave=False) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        found = named_backbones.backbones(progress)
    rows = [
        {
            "name": info.name,
            "dimension": info.dimension,
            "input": f"{info.height} x {info.width}",
            "weights": info.weights,
        }
        for info in found
    ]
    print_rows(rows, ("name", "dimension", "input", "weights"), style)


def _print_layers(network: str, style: str) -> None:
    from core.embedding.choice import EmbeddingChoice

    if EmbeddingChoice(network).is_file:
        from core.embedding.model_files.model_file import layers_of_file

        maps, taken = layers_of_file(Path(network))
    else:
        from core.embedding.backbones.named_backbones import layers_of

        maps, taken = layers_of(network)
    rows = [
        {
            "name": one.name,
            "map": f"{one.height} x {one.width}",
            "channels": one.channels,
            "taken": "yes" if one.name in taken else "",
        }
        for one in maps
    ]
    print_rows(rows, ("name", "map", "channels", "taken"), style)


def _kinds() -> Iterable[str]:
    from core.bakeoff.kinds import KINDS

    return KINDS


def _contenders() -> Iterable[str]:
    from core.bakeoff.contenders import CONTENDERS

    return CONTENDERS


def _names_of(known: Callable[[], Iterable[str]]) -> Callable[..., tuple[str, ...] | None]:
    """Return a callback that parses comma-separated names, all of them `known`."""

    def read(_: click.Context, __: click.Parameter, value: str | None) -> tuple[str, ...] | None:
        if value is None:
            return None
        names = tuple(dict.fromkeys(current_name(name.strip()) for name in value.split(",")))
        for name in names:
            if name not in known():
                raise click.BadParameter(f"{name!r} is none of {', '.join(known())}.")
        return names

    return read


def _shares(_: click.Context, __: click.Parameter, value: str | None) -> tuple[float, ...] | None:
    """Parse comma-separated numbers between 0 and 1."""
    if value is None:
        return None
    try:
        shares = tuple(dict.fromkeys(float(share) for share in value.split(",")))
    except ValueError:
        raise click.BadParameter(f"{value!r} is no list of numbers; write 0.05,0.1.") from None
    if not all(0 < share < 1 for share in shares):
        raise click.BadParameter("Rates lie between 0 and 1; 0.1 is one label in ten.")
    return shares


@click.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option(
    "--kinds",
    metavar="KIND,...",
    callback=_names_of(_kinds),
    help="uniform, confused, near-boundary, clustered (default: these four), pair, instance.",
)
@click.option(
    "--rates",
    metavar="RATE,...",
    callback=_shares,
    help="Noise rates; default 0.1.",
)
@click.option(
    "--seeds", type=click.IntRange(1, 100), help="Repetitions with other seeds; default 1."
)
@click.option(
    "--methods",
    metavar="NAME,...",
    callback=_names_of(_contenders),
    help="Detectors: pool,probe, ...; default all.",
)
@click.option(
    "--embeddings",
    metavar="NAME=FILE|DIR",
    multiple=True,
    help="Further embeddings to compare: a file, or another audit of the same images.",
)
@click.option(
    "--sample", type=click.IntRange(min=100), help="Maximum number of images; default 20,000."
)
@click.option("--format", "style", type=click.Choice(["table", "json"]), default="table")
def bakeoff(folder: Path, embeddings: Sequence[str], style: str, **options: Any) -> None:
    """Compare detectors on synthetic label noise in a copy of the labels of the audit in DIR.

    The labels themselves, the ranking and the verdicts are not changed.
    Results are stored: a second run computes only new trials.
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
        print_rows([report.formatted(row) for row in rows], report.columns(rows), style)
    else:
        print_rows(rows, (), style)
    for sentence in report.remarks(results, trials):
        tell(sentence)
