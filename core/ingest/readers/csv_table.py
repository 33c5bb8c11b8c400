"""A table of text: CSV, TSV, with semicolons or bars, in any encoding, with or without a header.

Of an export of ours, the final label is the label; another column is taken where
somebody has named it.
"""

from __future__ import annotations

from core.audit.source import Source
from core.ingest.delimited import delimited_table
from core.ingest.path_matching import index_of
from core.ingest.readers.reader import Reader
from core.ingest.records import Listing
from core.ingest.table_listing import listing_of


def _read(source: Source) -> Listing:
    assert source.labels is not None
    index = index_of(source)
    table = delimited_table(source.labels, source.options, index.finds)
    return listing_of(table, source, index)


READER = Reader(
    name="csv",
    order=50,
    title="CSV, TSV and the like",
    about="A table of text: a column of paths or ids, one of labels or one for each class (0, 1).",
    recognizes=lambda path, options: "labels" in options,
    read=_read,
    of_table=True,
)
