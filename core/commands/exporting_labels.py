"""Commands for what goes out: `export`, `replay`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from core.audit import Audit
from core.commands.printing import FOLDER, print_rows, tell
from core.export.choices import CLASS, FATES, OPEN, FileMode, fates_of, option_name
from core.terms import Rule
from core.text import counted

if TYPE_CHECKING:
    from core.export.outgoing import Update

COMMAND = "export"
FORMATS = ("format", "title", "makes", "about")


def choice_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add an option for each of what is left open: what becomes of such items."""
    for verdict in reversed(OPEN):
        fates = ", ".join(f"{one} ({FATES[one]})" for one in FATES if one in fates_of(verdict))
        command = click.option(
            f"--{option_name(verdict)}",
            f"fate_of_{option_name(verdict).replace('-', '_')}",
            metavar="FATE",
            help=f"What becomes of items that are {verdict}: {fates}, {CLASS}NAME.",
        )(command)
    return command


@contextmanager
def _recorded(audit: Audit) -> Iterator[Update]:
    """Hold the audit's run lock, and record how far its export is, for a page to show."""
    from core.jobs import run_lock
    from core.jobs.progress import recorded_run
    from core.jobs.steps import STEP_TITLES

    with (
        run_lock(audit),
        recorded_run(audit.store, [COMMAND], COMMAND) as progress,
        progress.step(COMMAND, STEP_TITLES[COMMAND], "items") as step,
    ):
        total = audit.store.counts()["items"]
        yield lambda written: step.update(written, total)
        step.update(total, total)


@click.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--to", "path", type=click.Path(path_type=Path), help="The file or folder to write.")
@click.option("--format", "style", help="Its name, or own: as the input came; --formats lists all.")
@click.option("--formats", is_flag=True, help="List what this audit can be written as.")
@click.option(
    "--rule",
    type=click.Choice([str(one) for one in Rule]),
    help="How to resolve multiple verdicts; it is stored in the audit.",
)
@choice_options
@click.option(
    "--names",
    type=click.Choice(["final", "input"]),
    help="How classes that were renamed are called: as now, or as the input spells them.",
)
@click.option(
    "--spreadsheet/--no-spreadsheet",
    default=None,
    help="Write what a spreadsheet would take for a formula as a text (CSV, TSV).",
)
@click.option(
    "--files",
    type=click.Choice([str(one) for one in FileMode]),
    help="Whether a folder holds hard links to the data set's files, or copies.",
)
@click.option("--by", "who", help="Who exports, for the manifest; your user name without it.")
@click.option("--job", "is_job", is_flag=True, hidden=True, help="Record how far it is.")
def export(
    folder: Path,
    path: Path | None,
    style: str | None,
    formats: bool,
    rule: str | None,
    names: str | None,
    spreadsheet: bool | None,
    files: str | None,
    who: str | None,
    is_job: bool,
    **fates: str | None,
) -> None:
    """Write the corrected labels of the audit in DIR, with a manifest and the changes.

    Without --format as CSV. With --format own in the format of the input, nothing
    but the labels changed. Beside a file NAME lie NAME.manifest.json and
    NAME.changes.csv; a folder holds both.

    Where an image has verdicts by several auditors, the adjudicated one counts,
    or the latest, or the majority. Every verdict is written, whoever has yet to
    review an image blind: this command is for the owner of the data. What becomes
    of items that are not simply of one class is remembered for each format. A
    file that the audit reads, or that is no export, is never overwritten.
    """
    from dataclasses import replace

    from core.export.destination import check_destination
    from core.export.exporting import export as write
    from core.export.filing import NOT_WRITTEN, count_not_written
    from core.export.writers import offered_writers, writer_of

    audit = Audit(folder)
    if formats:
        rows = [
            {"format": one.name, "title": one.title, "about": one.about,
             "makes": "folder" if one.is_folder(audit) else "file"}
            for one in offered_writers(audit).values()
        ]  # fmt: skip
        return print_rows(rows, FORMATS, "table")
    if path is None:
        raise click.UsageError("Missing option '--to'.")
    writer = writer_of(audit, style)
    by_verdict = {one: fates[f"fate_of_{option_name(one).replace('-', '_')}"] for one in OPEN}
    choices = writer.choices_of(audit).with_fates(by_verdict)
    if names is not None:
        choices = replace(choices, input_names=names == "input")
    if spreadsheet is not None:
        choices = replace(choices, is_spreadsheet_safe=spreadsheet)
    if files is not None:
        choices = replace(choices, files=files)
    writer.check(choices)
    check_destination(audit, path, writer.is_folder(audit))
    if rule is not None:
        audit.store.set_final_rule(rule)
    with _recorded(audit) if is_job else nullcontext() as update:
        done = write(audit, writer, path, choices, who, update)
    left_out = f", {done.left_out:,} left out" if done.left_out else ""
    tell(f"Wrote {counted(done.items, 'row')} to {path}{left_out}.")
    if missing := count_not_written(path):
        tell(f"{counted(missing, 'image')} could not be put there: {path / NOT_WRITTEN} says why.")


@click.command()
@click.argument("path", metavar="EXPORT", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--source",
    type=click.Path(path_type=Path, exists=True),
    required=True,
    help="The original: the folder of the images, or the table that was exported.",
)
@click.option(
    "--labels",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The table of the labels, where it lies elsewhere now.",
)
@click.option("--audit", "folder", type=FOLDER, help="The audit, to say what has changed in it.")
@click.pass_context
def replay(
    context: click.Context, path: Path, source: Path, labels: Path | None, folder: Path | None
) -> None:
    """Write EXPORT again from its original and its decisions, and compare every byte.

    The manifest beside it, or in it, holds the decisions. What differs is named: a
    file that was changed, an edited row, another image. Exit status 1 where
    anything does.
    """
    from core.export.replaying import replay as again

    found = again(path, source, labels, None if folder is None else Audit(folder))
    for sentence in found.differences:
        click.echo(sentence)
    for remark in found.remarks:
        tell(remark)
    tell(found.told)
    if found.differences:
        context.exit(1)
