"""Parquet: the input's columns as texts, and ours after them; labels as a list too."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from core.export.outgoing import Outgoing
from core.export.wide_rows import listed_columns, listed_rows
from core.export.writers.writer import Writer

ROWS_AT_ONCE = 1 << 16


def _write(outgoing: Outgoing, path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    *texts, several = listed_columns(outgoing)
    schema = pa.schema([*((name, pa.string()) for name in texts), (several, pa.list_(pa.string()))])
    rows_of_all = listed_rows(outgoing)
    with parquet.ParquetWriter(path, schema) as writer:
        while rows := list(islice(rows_of_all, ROWS_AT_ONCE)):
            columns = [
                pa.array(values, type=field.type)
                for values, field in zip(zip(*rows, strict=True), schema, strict=True)
            ]
            writer.write_batch(pa.record_batch(columns, schema=schema))


WRITER = Writer(
    name="parquet",
    order=3,
    title="Parquet",
    about="The input's columns as texts, then the final label and how it came about.",
    write=_write,
    suffix=".parquet",
    media_type="application/vnd.apache.parquet",
)
