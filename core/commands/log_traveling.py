"""The options of `log` that let it travel: `--export` and `--import`."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from core.audit import Audit, AuditError
from core.commands.printing import agreed, print_rows, tell
from core.export.destination import check_destination
from core.review.travel import log_format
from core.review.travel.log_files import merge_log, merged_sentences, write_log
from core.store.log_merging import Merge, Unplaced
from core.text import counted, shortened

ADD, SKIP = "add", "skip"
NAMED = 5
"""Classes that a question names."""

OPTIONS = (
    click.option(
        "--export",
        "exported",
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Write the whole log to FILE, for another audit to import.",
    ),
    click.option(
        "--import",
        "imported",
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False, exists=True),
        help="Take in a log of another audit; prints what could not be placed.",
    ),
    click.option(
        "--new-classes",
        type=click.Choice([ADD, SKIP]),
        help="Classes that are not here: add them, or skip the verdicts that name them.",
    ),
)


def log_file_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command these options."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def move_log(
    audit: Audit,
    *,
    style: str,
    exported: Path | None,
    imported: Path | None,
    new_classes: str | None,
) -> None:
    """Write the log of `audit` to a file, or take in another one."""
    if exported is not None and imported is not None:
        raise click.UsageError("Either --export or --import.")
    if imported is None and new_classes is not None:
        raise click.UsageError("--new-classes goes with --import.")
    if exported is not None:
        check_destination(audit, exported, marks=[f'{{"{log_format.MARK}"'])
        tell(f"Wrote {counted(write_log(audit, exported), 'row')} of the log to {exported}.")
    if imported is not None:
        merge = merge_log(audit, imported, lambda names: _adds(names, new_classes))
        _print_unplaced(merge, style)
        for sentence in merged_sentences(merge):
            tell(sentence)


def _adds(names: Sequence[str], new_classes: str | None) -> bool:
    """Ask what is to become of classes that the audit lacks, unless it was said."""
    if new_classes is not None:
        return new_classes == ADD
    named = ", ".join(repr(shortened(name, 30)) for name in names[:NAMED])
    more = ", …" if len(names) > NAMED else ""
    missing = f"{counted(len(names), 'class', 'classes')} not found here: {named}{more}."
    if not agreed(f"The log names {missing} Add?"):
        raise AuditError(
            f"Nothing was imported: the log names {missing}"
            f" --new-classes {ADD} makes them, {SKIP} leaves such verdicts out."
        )
    return True


def _print_unplaced(merge: Merge, style: str) -> None:
    rows = [one._asdict() for one in merge.unplaced]
    if style == "jsonl":
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False))
    elif rows:
        print_rows(rows, Unplaced._fields, style)
