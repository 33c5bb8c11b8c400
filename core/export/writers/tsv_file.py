"""TSV: the table of the CSV with tabs between the values."""

from __future__ import annotations

from functools import partial

from core.export.writers.csv_file import pieces
from core.export.writers.writer import Writer, written_in_pieces

WRITER = Writer(
    name="tsv",
    order=1,
    title="TSV",
    about="As CSV, with tabs between the values.",
    write=written_in_pieces(partial(pieces, delimiter="\t")),
    suffix=".tsv",
    media_type="text/tab-separated-values",
    is_for_spreadsheets=True,
)
