"""Writers: the formats that corrected labels are given back in.

To add a format, add a module here that ends with a `Writer` called ``WRITER``.
The export page and the command line offer it by its name where it fits, and
everything around it is done for it: choices are asked, checked against what it
`can_hold` and remembered; the destination is checked; what it writes appears
whole or not at all, with a manifest and ``changes.csv``; a replay writes it again.

Its ``write(outgoing, path)`` gets a `core.export.outgoing.Outgoing`, as of one
moment, and a path that is its own until it returns.

- A format of its own consumes ``outgoing.items()``, a stream of
  `core.export.corrected.CorrectedItem` in the input's order; ask for it once more
  where two passes are needed, and never hold it in memory. ``item.labels`` are
  final: choices and names of classes are settled. ``outgoing.classes`` names all
  classes beforehand, ``outgoing.file(item)`` is the picture's file.
- One that gives the input back names its readers in ``own_of``. It consumes
  ``outgoing.edits()``: by file and place (`core.ingest.records.Origin`, as the
  reader counts) what has to be written in place of a label; all else is copied byte
  for byte. Or ``outgoing.listed()``, pairs of the reader's record and the item, where
  the labels are no places of a file (class folders). Both list the source anew with
  its reader and refuse one that is not what the audit holds. A reader whose format
  gets such a writer says ``origin`` of its records.

One that puts images into a folder lets a `core.export.filing.Filing` do it: it links or
copies them under safe names, each of which is given out once, cuts crops, and tells in
tables what each file is and what could not be written; ``places_files`` says that links
or copies may be chosen. Where the source had to be unpacked, `core.export.packed_items`
tells what to write by the names that items were unpacked to.

Where a text of the input is edited, read the edited piece back and compare: nothing
but the label may differ. `core.export.json_edits`, `core.export.xml_text` and
`core.export.delimited_text` edit texts where they stand; `core.export.annotation_sets`
writes the files of a data set that says its labels in several.
"""

from __future__ import annotations

from core.audit import Audit
from core.export.choices import ExportError
from core.export.writers.writer import OWN, Writer, offered
from core.registry import entries

__all__ = ["WRITERS", "Writer", "offered_writers", "writer_of"]

WRITERS: dict[str, Writer] = entries(__name__, Writer)
"""Every writer by name; the first is the default."""


def offered_writers(audit: Audit) -> dict[str, Writer]:
    """Return the formats that an audit can be written as by name, that of its input first."""
    return {writer.name: writer for writer in offered(WRITERS.values(), audit)}


def writer_of(audit: Audit, name: str | None = None) -> Writer:
    """Return the writer of that name; ``own`` is the one that gives the input back as it came.

    Raises
    ------
    ExportError
        When there is none, or it does not fit the audit; it names those that do.
    """
    offer = offered_writers(audit)
    if name == OWN:
        own = next((writer for writer in offer.values() if writer.own_of), None)
        if own is None:
            raise ExportError(
                "What this audit was read from cannot be given back as it came; choose one of"
                f" {', '.join(offer)}."
            )
        return own
    if name is not None and name not in WRITERS:
        raise ExportError(f"There is no format {name!r}; there are {OWN}, {', '.join(WRITERS)}.")
    writer = next(iter(WRITERS.values())) if name is None else WRITERS[name]
    if (reason := writer.why_not(audit)) is not None:
        raise ExportError(f"{reason.rstrip('.')}; choose one of {', '.join(offer)}.")
    return writer
