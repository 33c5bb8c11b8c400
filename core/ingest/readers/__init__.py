"""Readers: what a data set says about itself, as records of path and label.

To add a format, add a module here that ends with a `Reader` called ``READER``.
The command line and the dashboard offer it, and audits remember it, by its
name. A format that is a table of any kind (also JSON or XML) makes a
`core.ingest.table.Table`; `core.ingest.table_listing.listing_of` finds its columns,
matches its paths to files and counts what is wrong with its rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from core.audit.source import Source
from core.ingest.doubts import doubts
from core.ingest.readers.reader import Reader
from core.ingest.records import Listing, Record, SourceError
from core.ingest.splits import with_splits
from core.registry import entries

__all__ = [
    "READERS", "Listing", "Reader", "Record", "Source", "SourceError", "read_source", "source_of",
]  # fmt: skip

READERS: dict[str, Reader] = entries(__name__, Reader)
"""Every reader by name, in the order in which they are asked whether a data set is theirs."""


def source_of(
    path: Path,
    labels: Path | None = None,
    label_column: str | None = None,
    roots: Iterable[Path] = (),
    reader: str | None = None,
    columns: Mapping[str, str | None] | None = None,
) -> Source:
    """Return the data set at `path` as a value, with the reader that recognizes it.

    Parameters
    ----------
    path : Path
        The folder of the images.
    labels : Path or None
        A table of labels, where the folders are not the labels.
    label_column : str or None
        Its column that holds them; None where the reader finds it.
    roots : iterable of Path
        Folders, beside that of the images, that links in it may lead to.
    reader : str or None
        Name of the reader; None for the first that recognizes it.
    columns : mapping of str to str or None
        ``path_column`` and ``id_column`` of the table, and its ``encoding``; what
        is None or left out, the reader finds.

    Raises
    ------
    SourceError
        When a column is named without a table, a root is no folder, or a
        reader does not exist or does not fit.
    """
    given = {"label_column": label_column, **(columns or {})}
    options = {name: value for name, value in given.items() if value is not None}
    if labels is not None:
        options["labels"] = str(labels.resolve())
    path = path.resolve()
    if reader is None:
        reader = next(one.name for one in READERS.values() if one.recognizes(path, options))
    elif reader not in READERS:
        raise SourceError(f"There is no reader {reader!r}; there are {', '.join(READERS)}.")
    elif READERS[reader].of_table != (labels is not None):
        fault = "reads no table" if labels is not None else "needs a table; give it with --labels"
        raise SourceError(f"The reader {reader} {fault}.")
    if options and not (READERS[reader].of_table or READERS[reader].has_columns):
        raise SourceError("A label column is one of a table; give the table with --labels.")
    roots = [root.resolve() for root in roots]
    for root in roots:
        if not root.is_dir():
            raise SourceError(f"There is no folder {root}.")
    return Source(reader, path, options).with_roots(roots)


def read_source(source: Source) -> Listing:
    """List the images of a data set with their given labels and splits.

    Raises
    ------
    SourceError
        When the data set cannot be understood; the message is one sentence.
    """
    if source.format not in READERS:
        known = ", ".join(READERS)
        raise SourceError(f"There is no reader for {source.format!r}; there are {known}.")
    if not source.path.exists():
        raise SourceError(f"There is no folder {source.path}.")
    if not source.path.is_dir():
        raise SourceError(f"{source.path} is a file; give the folder that holds the images.")
    listing = with_splits(READERS[source.format].read(source))
    return replace(listing, notes=[*listing.notes, *doubts(listing)])
