"""The command `check`: a gate for labels, before a commit or in continuous integration."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from core.arrays.atomic import atomic_write
from core.audit import DATABASE, Audit
from core.commands.computing import check_reader
from core.commands.printing import FOLDER, as_place, print_rows, tell
from core.commands.source_reading import reading_options, source_read
from core.export.destination import check_destination
from core.gate import check_reports
from core.gate.baseline import MARK, Key, read_baseline, write_baseline
from core.gate.counting import (
    Count,
    DoubtfulLabel,
    Limit,
    Ruling,
    Status,
    count_labels,
    overall,
)

LAST_STEP = "evidence"
"""Of the pipeline; a map is drawn when somebody wants to look at it."""
SUMMARY = "GITHUB_STEP_SUMMARY"
"""Names the file of a step's summary, which others may have written to."""

FILE = click.Path(path_type=Path, dir_okay=False)


def _share(_: click.Context, __: click.Parameter, value: str | None) -> Limit | None:
    if value is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?) ?%", value.strip())
    if found is None or float(found[1]) > 100:
        raise click.BadParameter(f"{value[:40]!r} is no share; write one such as 2% or 0.5%.")
    return Limit(float(found[1]) / 100, is_share=True)


def _number(_: click.Context, __: click.Parameter, value: int | None) -> Limit | None:
    return None if value is None else Limit(value)


@click.command()
@click.argument("target", metavar="DIR|SOURCE", callback=as_place)
@click.option("--audit", "folder", metavar="DIR", type=FOLDER, help="Where SOURCE's audit is kept.")
@click.option(
    "--max-doubtful", "number", metavar="N", type=click.IntRange(min=0), callback=_number,
    help="Fail when more labels were found wrong or are suspect and not reviewed.",
)  # fmt: skip
@click.option(
    "--max-wrong", "share", metavar="SHARE", callback=_share,
    help="The same as a share of the labels, such as 2%.",
)  # fmt: skip
@click.option(
    "--new-only", is_flag=True,
    help="Count only what is new, changed or relabeled since the last check that passed.",
)  # fmt: skip
@click.option("--baseline", metavar="FILE", type=FILE, help="Since FILE was saved, instead.")
@click.option("--save-baseline", "saved", metavar="FILE", type=FILE, help="Save what is there.")
@click.option("--junit", metavar="FILE", type=FILE, help="Write the result as JUnit XML.")
@click.option("--markdown", metavar="FILE", type=FILE, help="Write it for a job's summary.")
@click.option("--format", "style", type=click.Choice(["table", "csv", "json"]), default="table")
@reading_options
@click.pass_context
def check(
    context: click.Context,
    /,
    target: Path | str,
    folder: Path | None,
    number: Limit | None,
    share: Limit | None,
    new_only: bool,
    baseline: Path | None,
    saved: Path | None,
    junit: Path | None,
    markdown: Path | None,
    style: str,
    **reading: Any,
) -> None:
    """Read an audit's data set anew and count its doubtful labels; print them.

    Takes the folder of an audit, or a SOURCE with --audit DIR, where its audit is
    kept between checks: only images with new content are embedded. Verdicts
    decide; a suspect label counts until somebody reviews it. Exit status: 0
    within the limits, 1 beyond one, 2 when it cannot be told.
    """
    limits = [limit for limit in (number, share) if limit is not None]
    if not limits:
        raise click.UsageError("Say how many are too many: --max-doubtful N or --max-wrong 2%.")
    if baseline is not None and not new_only:
        raise click.UsageError("--baseline goes with --new-only.")
    stated = None if baseline is None else read_baseline(baseline)
    audit, before = _up_to_date(target, folder, reading)
    _check_places(audit, saved, junit, markdown)
    now = [key for _, key in audit.store.label_keys()]
    since = before if stated is None else stated
    count = count_labels(audit.store, (since or set()) if new_only else None)
    rulings = [limit.ruling(count) for limit in limits]
    status = overall(rulings)
    _remember(audit, status, now=now, before=before, new_only=new_only)
    if saved is not None:
        write_baseline(saved, now)
    _report(count, rulings, style, junit, markdown)
    if new_only and since is None:
        tell("There was no earlier check, so all labels count; --save-baseline FILE accepts them.")
    context.exit(int(status))


def _up_to_date(
    target: Path | str, folder: Path | None, reading: dict[str, Any]
) -> tuple[Audit, set[Key] | None]:
    """Bring the audit up to date; return it, and what there was at the last check that passed."""
    from core.jobs import run_lock
    from core.pipeline import compute, run

    if isinstance(target, Path) and (target / DATABASE).is_file():
        if folder is not None or any(value for value in reading.values()):
            raise click.UsageError(f"{target} is an audit, which knows its source and its options.")
        audit = Audit(target)
        before = _last_passed(audit)
        with run_lock(audit):
            run(audit, last=LAST_STEP)
        return audit, before
    if folder is None:
        raise click.UsageError(
            f"There is no audit in {target}. For a data set, say with --audit DIR where its audit"
            " is kept."
        )
    before = None
    check_reader(folder, reading["reader"])
    if (folder / DATABASE).is_file():
        audit = Audit(folder)
        before = _last_passed(audit)
        audit.store.close()
    return compute(source_read(target, **reading), folder, last=LAST_STEP), before


def _last_passed(audit: Audit) -> set[Key] | None:
    """Return what the last check that passed has seen or, before the first, the last run."""
    if audit.check_file.exists():
        return read_baseline(audit.check_file)
    return {key for _, key in audit.store.label_keys()} if audit.is_ranked else None


def _remember(
    audit: Audit, status: Status, *, now: Iterable[Key], before: set[Key] | None, new_only: bool
) -> None:
    """Keep what the next check compares with.

    After one that did not pass, that is what it was: run again, it says the same.
    """
    if status is Status.PASSED:
        write_baseline(audit.check_file, now)
    elif before is not None or new_only:
        write_baseline(audit.check_file, before or ())


def _check_places(
    audit: Audit, baseline: Path | None, junit: Path | None, markdown: Path | None
) -> None:
    """Refuse to write over anything but what an earlier check has written."""
    if baseline is not None:
        check_destination(audit, baseline, marks=[f'{{"{MARK}"'])
    if junit is not None:
        check_destination(audit, junit, marks=[check_reports.JUNIT_MARK])
    if markdown is not None and not _is_summary(markdown):
        check_destination(audit, markdown, marks=[check_reports.MARKDOWN_MARK])


def _is_summary(path: Path) -> bool:
    return str(path) == os.environ.get(SUMMARY)


def _report(
    count: Count,
    rulings: Sequence[Ruling],
    style: str,
    junit: Path | None,
    markdown: Path | None,
) -> None:
    rows = [row._asdict() for row in count.rows]
    if rows or style != "table":
        print_rows(rows, DoubtfulLabel._fields, style)
    tell(count.sentence)
    for ruling in rulings:
        tell(ruling.sentence)
    if junit is not None:
        _write(junit, check_reports.junit(count, rulings))
    if markdown is not None:
        text = check_reports.markdown(count, rulings).encode()
        if _is_summary(markdown):
            with markdown.open("ab") as file:
                file.write(text)
        else:
            _write(markdown, text)


def _write(path: Path, content: bytes) -> None:
    with atomic_write(path) as partial:
        partial.write_bytes(content)
