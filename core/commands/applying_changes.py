"""The command `apply`: corrections put onto another copy of the data set."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from core.arrays.atomic import atomic_write
from core.audit import AuditError, Source
from core.commands.printing import FOLDER, print_rows, tell
from core.commands.source_reading import reading_options, source_read
from core.export.destination import is_own_export
from core.export.writers import WRITERS, Writer
from core.ingest.records import Listing
from core.text import counted


def _fitting() -> dict[str, Writer]:
    """Return the formats that need nothing but the items: no audit, and no folder of files."""
    return {
        name: writer
        for name, writer in WRITERS.items()
        if writer.replays and writer.suffix and not writer.own_of
    }


@click.command()
@click.argument("changes", metavar="CHANGES", type=FOLDER)
@click.option("--to", "target", metavar="SOURCE", type=FOLDER, required=True, help="Another copy.")
@click.option(
    "--write", "path", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
    help="Write the labels of that copy with the changes in them.",
)  # fmt: skip
@click.option(
    "--as", "style", type=click.Choice(list(_fitting())), default=next(iter(_fitting())),
    help="The format that is written.",
)  # fmt: skip
@click.option("--format", "printed", type=click.Choice(["table", "csv", "json"]), default="table")
@reading_options
def apply(
    changes: Path, target: Path, path: Path | None, style: str, printed: str, **reading: Any
) -> None:
    """Put the corrections of an export onto another copy of the data set.

    CHANGES is the changes.csv of an export, or the export. An image is found by
    its content, whatever its path; a label is changed where it is what it was.
    What cannot be placed is printed. Nothing there is ever written over.
    """
    from core.export.applying import AppliedDecisions, Unplaced, place_changes
    from core.export.changes_file import changes_of, read_changes
    from core.export.choices import ExportChoices
    from core.export.outgoing import Outgoing
    from core.ingest.readers import read_source

    file = changes_of(changes)
    found = list(read_changes(file))
    asked = source_read(target, **reading)
    if path is not None:
        _check_place(path, file, asked)
    with _lying(asked) as source:
        listing = read_source(source)
        hashes = _hashes(source, listing)
        placing = place_changes(found, listing.records, hashes.items())
        rows = [one._asdict() for one in placing.unplaced]
        if rows or printed != "table":
            print_rows(rows, Unplaced._fields, printed)
        for sentence in placing.sentences():
            tell(sentence)
        if path is not None:
            decisions = AppliedDecisions(listing, placing, hashes)
            outgoing = Outgoing(decisions, ExportChoices(), source, listing=listing)
            with atomic_write(path) as partial:
                WRITERS[style].write(outgoing, partial)
            tell(f"Wrote the labels of {counted(len(listing.records), 'image')} to {path}.")


@contextmanager
def _lying(source: Source) -> Iterator[Source]:
    """Yield a data set as its files lie, what is packed being unpacked for a while."""
    from core.ingest.questions import answered
    from core.ingest.unpacking import is_packed, layout, unpack

    if not is_packed(source):
        yield answered(source)
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "unpacked"
        for note in unpack(source, folder):
            tell(note)
        yield answered(layout(source, folder))


def _hashes(source: Source, listing: Listing) -> dict[int, str]:
    """Return the content hash of each record by its position, with a bar on the terminal."""
    from tqdm import tqdm

    from core.ingest.content_hashes import content_hashes

    with tqdm(desc="Reading images", unit=" files", delay=1, leave=False) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        return dict(content_hashes(source, listing.records, progress))


def _check_place(path: Path, changes: Path, source: Source) -> None:
    """Refuse to write over anything but an older table of ours that nothing here reads."""
    place = path.resolve()
    inputs = [changes.resolve(), source.path, *([source.labels] if source.labels else [])]
    if place in inputs:
        raise AuditError(f"{path} is read here; choose another file.")
    if not place.parent.is_dir():
        raise AuditError(f"There is no folder {path.parent}.")
    if path.exists() and not is_own_export(path):
        raise AuditError(f"{path} is no export of ours and would be replaced; choose another file.")
    if path.exists() and source.labels is None and place.is_relative_to(source.path):
        raise AuditError(f"{path} is a file of the data set; choose another file.")
