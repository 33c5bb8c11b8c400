"""Readers: what a data set says about itself, as records of path and label.

To add a format, add a module here that ends with a `Reader` called ``READER``.
The command line and the dashboard offer it, and audits remember it, by its
name. A format that is a table of any kind (also JSON or XML) makes a
`core.ingest.table.Table`; `core.ingest.table_listing.listing_of` finds its columns,
matches its paths to files and counts what is wrong with its rows.

Where the items of a format are no files of a folder, it says how to `unpack` them:
each goes to a `core.ingest.unpacker.Unpacker`, with a record or, where names
are enough, without.

Of an image with several labels a reader hands over all, in `Record.labels`; what
becomes of them is decided in `core.ingest.several_labels` alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from core.audit.source import Source
from core.ingest.doubts import doubts
from core.ingest.readers.class_folders import CLASSES_IN
from core.ingest.readers.class_folders import READER as CLASS_FOLDERS
from core.ingest.readers.reader import Reader
from core.ingest.readers.unpacked import READER as UNPACKED
from core.ingest.records import Listing, Record, SourceError
from core.ingest.several_labels import with_one_label
from core.ingest.splits import with_splits
from core.ingest.urls import shown_url
from core.registry import entries
from core.text import sentence

__all__ = [
    "READERS", "Listing", "Reader", "Record", "Source", "SourceError", "read_source", "source_of",
]  # fmt: skip

READERS: dict[str, Reader] = entries(__name__, Reader)
"""Every reader by name, in the order in which they are asked whether a data set is theirs."""


def source_of(
    path: Path | str,
    labels: Path | str | None = None,
    label_column: str | None = None,
    roots: Iterable[Path] = (),
    reader: str | None = None,
    columns: Mapping[str, str | None] | None = None,
    answers: Mapping[str, str] | None = None,
) -> Source:
    """Return the data set at `path` as a value, with the reader that recognizes it.

    Parameters
    ----------
    path : Path or str
        The folder of the images, or a file that holds them; or a URL, which is not
        looked at yet.
    labels : Path, str or None
        A table of labels, where the folders are not the labels; of a URL, it may be
        one below it.
    label_column : str or None
        Its column that holds them; None where the reader finds it.
    roots : iterable of Path
        Folders, beside that of the images, that links in it may lead to.
    reader : str or None
        Name of the reader; None for the first that recognizes it. Of what has to
        be unpacked, that of what lies in it.
    columns : mapping of str to str or None
        ``path_column`` and ``id_column`` of the table, and its ``encoding``; what
        is None or left out, the reader finds.
    answers : mapping of str to str or None
        Further options of the source, such as `core.ingest.questions` asks for.

    Raises
    ------
    SourceError
        When a column is named without a table, a root is no folder, or a
        reader does not exist or does not fit.
    """
    given = {"label_column": label_column, **(columns or {})}
    of_a_table = {name: value for name, value in given.items() if value is not None}
    options = of_a_table | dict(answers or {})
    if reader is not None and reader not in READERS:
        known = ", ".join(name for name in READERS if name != UNPACKED.name)
        raise SourceError(f"There is no reader {reader!r}; there are {known}.")
    if isinstance(path, str):
        if reader is not None:
            options["inside"] = reader
        return Source.of_url(path, options | _labels_of(path, labels))
    if isinstance(labels, str):
        raise SourceError("A table is read from a URL only where the images are at that URL, too.")
    if labels is not None:
        options["labels"] = str(labels.resolve())
    path = path.resolve()
    packed = next((one for one in READERS.values() if _unpacks(one, path, options)), None)
    if packed is not None and (reader in (None, packed.name) or path.is_file()):
        if reader not in (None, packed.name):
            options["inside"] = str(reader)
        reader = packed.name
    elif reader is None:
        reader = next(one.name for one in READERS.values() if one.recognizes(path, options))
    elif READERS[reader].of_table not in (None, labels is not None):
        fault = "reads no table" if labels is not None else "needs a table; give it with --labels"
        raise SourceError(f"The reader {reader} {fault}.")
    elif reader == CLASS_FOLDERS.name:
        options.setdefault(CLASSES_IN, ".")  # who names the reader wants the folder as it lies
    reads_table = READERS[reader].of_table is not False or READERS[reader].has_columns
    if of_a_table and packed is None and not reads_table:
        raise SourceError("A label column is one of a table; give the table with --labels.")
    roots = [root.resolve() for root in roots]
    for root in roots:
        if not root.is_dir():
            raise SourceError(f"There is no folder {root}.")
    return Source(reader, path, options).with_roots(roots)


def _labels_of(url: str, labels: Path | str | None) -> dict[str, str]:
    if isinstance(labels, Path):
        return {"labels": str(labels.resolve())}
    if labels is None:
        return {}
    below = f"{url.rstrip('/')}/"
    if not labels.startswith(below) or ".." in labels.removeprefix(below).split("/"):
        raise SourceError(
            f"The table lies elsewhere than {shown_url(url)}; give one below it, or a file of this"
            " machine."
        )
    return {"labels": labels}


def _unpacks(reader: Reader, path: Path, options: Mapping[str, str]) -> bool:
    return reader.unpack is not None and path.exists() and reader.recognizes(path, options)


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
        raise SourceError(
            f"{source.path} is a file; give the folder that holds the images, or an archive of it."
        )
    listing = with_splits(READERS[source.format].read(source))
    listing = with_one_label(listing, source.options)
    return replace(listing, notes=list(map(sentence, [*listing.notes, *doubts(listing)])))
