"""The command `report`: what an audit found, as one file to mail and to print."""

from __future__ import annotations

from pathlib import Path

import click

from core.audit import Audit
from core.commands.printing import FOLDER, tell
from core.export.destination import check_destination


@click.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--to", "file", type=click.Path(path_type=Path, dir_okay=False), required=True)
def report(folder: Path, file: Path) -> None:
    """Write the report of the audit in DIR: one HTML file to mail and to print.

    It shows every verdict, whoever has yet to review an image blind: this
    command is for the owner of the data. A file that the audit reads is never
    overwritten.
    """
    from core.export.report import write_report
    from core.export.report.document import GENERATOR

    audit = Audit(folder)
    check_destination(audit, file, marks=[GENERATOR])
    write_report(audit, file)
    tell(f"Wrote the report to {file}.")
