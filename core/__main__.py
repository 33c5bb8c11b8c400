"""The command line: ``python -m core``."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Sequence

import click

from core.audit import AuditError
from core.bakeoff.noise import NoiseError
from core.commands import (
    applying_changes,
    checking,
    classes,
    computing,
    deciding,
    exporting_labels,
    looking,
    network_tuning,
    projecting,
    reading_log,
    reporting,
    searching,
)
from core.embedding.given.given_files import GivenFileError
from core.embedding.network import BackboneError
from core.ingest.files import UnreadableImage
from core.ingest.records import SourceError
from core.jobs import JobRefused
from core.query.parse import QueryError
from core.store import StoreError
from core.text import sentence

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


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=False,  # a missing command is a mistake, told in one line as the others are
)
def cli() -> None:
    """Second Look: find, review and correct wrong image labels."""


for command in (
    computing.audit,
    computing.move,
    computing.backbones,
    looking.inspect,
    looking.rank,
    looking.browse,
    searching.search,
    looking.findings,
    computing.bakeoff,
    network_tuning.fine_tune,
    projecting.project,
    looking.status,
    deciding.verdict,
    classes.classes,
    reading_log.log,
    deciding.agreement,
    exporting_labels.export,
    exporting_labels.replay,
    reporting.report,
    applying_changes.apply,
    checking.check,
):
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return 0, what a command says, 2 after a mistake, 130 when stopped."""
    try:
        status = cli.main(arguments, prog_name="python -m core", standalone_mode=False)
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
    return status if isinstance(status, int) else 0


def _complain(message: str) -> int:
    print(f"Error: {sentence(' '.join(message.split()))}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
