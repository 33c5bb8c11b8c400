"""The command `apply`: corrections put onto another copy of the data set."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from core.arrays.atomic import atomic_folder, atomic_write
from core.audit import Audit, AuditError, Source
from core.commands.printing import FOLDER, as_place, fetching_shown, print_rows, tell
from core.commands.source_reading import reading_options, source_read
from core.text import counted

if TYPE_CHECKING:
    from core.export.applying import AppliedDecisions, Placing
    from core.export.writers.writer import Writer
    from core.ingest.records import Listing


@click.command()
@click.argument("changes", metavar="CHANGES", type=FOLDER)
@click.option(
    "--to", "target", metavar="SOURCE", callback=as_place, required=True, help="Another copy."
)
@click.option(
    "--write", "path", metavar="PATH", type=FOLDER,
    help="Write the labels of that copy with the changes in them.",
)  # fmt: skip
@click.option("--as", "style", metavar="NAME", help="In which format: see `export --formats`.")
@click.option("--format", "printed", type=click.Choice(["table", "csv", "json"]), default="table")
@reading_options
def apply(
    changes: Path,
    target: Path | str,
    path: Path | None,
    style: str | None,
    printed: str,
    **reading: Any,
) -> None:
    """Put the corrections of an export onto another copy of the data set.

    CHANGES is the changes.csv of an export, or the export. An image is found by
    its content, whatever its path; a label is changed where it is what it was.
    What cannot be placed is printed. --write makes a CSV of that copy's labels
    or, with --as own, gives its labels back as they came; nothing there is ever
    written over.
    """
    from core.export.applying import AppliedDecisions, place_changes
    from core.export.changes_file import changes_of, read_changes

    file = changes_of(changes)
    found = list(read_changes(file))
    if path is not None and path.resolve() == file.resolve():
        raise AuditError(f"{path} is read here; choose another file.")
    with _copy_of(source_read(target, **reading)) as (audit, listing):
        writer = None if path is None else _writer(audit, path, style)
        hashes = _hashes(audit.contents, listing)
        placing = place_changes(found, listing.records, hashes.items())
        written = None
        if path is not None and writer is not None:
            decisions = AppliedDecisions(listing, placing, hashes)
            written = _write(audit, listing, decisions, path, writer)
    _tell(placing, printed)
    if written is not None:
        tell(f"Wrote {path}: {written}.")


@contextmanager
def _copy_of(source: Source) -> Iterator[tuple[Audit, Listing]]:
    """Yield an audit of a data set that is gone afterward, and what the data set lists.

    What is packed, or lies at a URL, is unpacked into it.
    """
    from core.ingest.questions import answered
    from core.ingest.readers import read_source
    from core.ingest.unpacking import contents, is_packed

    with tempfile.TemporaryDirectory(prefix="second-look-") as scratch:
        asked = source if is_packed(source) else answered(source)
        audit = Audit.create(Path(scratch) / "audit", asked)
        try:
            with fetching_shown() as update:
                lying, notes = contents(audit, update)
            for note in notes:
                tell(note)
            listing = read_source(lying)
            audit.store.set_settings(
                {"columns": listing.columns, "earlier_columns": listing.earlier}
            )
            yield audit, listing
        finally:
            audit.store.close()


def _hashes(source: Source, listing: Listing) -> dict[int, str]:
    """Return the content hash of each record by its position, with a bar on the terminal."""
    from tqdm import tqdm

    from core.ingest.content_hashes import content_hashes

    with tqdm(desc="Reading images", unit=" files", delay=1, leave=False) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        return dict(content_hashes(source, listing.records, progress))


def _writer(audit: Audit, path: Path, style: str | None) -> Writer:
    """Return what writes the labels of the copy, once it is known that it may write there."""
    from core.export.destination import check_destination
    from core.export.writers import writer_of

    writer = writer_of(audit, style)
    check_destination(audit, path, writer.is_folder(audit))
    return writer


def _write(
    audit: Audit, listing: Listing, decisions: AppliedDecisions, path: Path, writer: Writer
) -> str:
    """Write the labels of the copy, whole or not at all; say how many there are."""
    from core.export.outgoing import Outgoing

    choices = writer.choices_of(audit)
    outgoing = Outgoing(decisions, choices, audit.contents, audit.source, listing)
    with (atomic_folder if writer.is_folder(audit) else atomic_write)(path) as partial:
        writer.write(outgoing, partial)
    labels = Counter(item.is_changed for item in outgoing.items())
    return f"{counted(labels.total(), 'label')}, {labels[True]:,} of them changed"


def _tell(placing: Placing, printed: str) -> None:
    from core.export.applying import Unplaced

    rows = [one._asdict() for one in placing.unplaced]
    if rows or printed != "table":
        print_rows(rows, Unplaced._fields, printed)
    for sentence in placing.sentences():
        tell(sentence)
