"""Parquet: columns as of a CSV, read in blocks; the names of Hugging Face's class labels count."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from core.audit.source import Source
from core.ingest.readers.reader import Reader
from core.ingest.records import Listing, SourceError
from core.ingest.table import MOST_COLUMNS, Cells, Fault, Table, as_text
from core.ingest.table_listing import listing_of
from core.text import counted

MAGIC = b"PAR1"
BLOCK = 1 << 16
"""Rows read at once."""


def _is_parquet(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def parquet_table(path: Path) -> Table:
    """Return the table of the Parquet file at `path`; columns of bytes are left out.

    Raises
    ------
    SourceError
        When it is damaged.
    """
    from pyarrow import ArrowException, parquet

    try:
        with parquet.ParquetFile(path) as file:
            schema = file.schema_arrow
    except (OSError, ArrowException) as error:
        raise SourceError(f"{path} cannot be read as Parquet ({_first_line(error)}).") from None
    if len(schema.names) > MOST_COLUMNS:
        return Table(path, list(schema.names), _no_rows)
    columns = [one.name for one in schema if not _holds_bytes(one.type)]

    def read(fault: Fault) -> Iterator[tuple[int, Cells]]:
        number = 0
        try:
            with parquet.ParquetFile(path) as file:
                for batch in file.iter_batches(BLOCK, columns=columns):
                    texts = [_texts(column) for column in batch.columns]
                    for cells in zip(*texts, strict=True):
                        number += 1
                        yield number, list(cells)
        except (OSError, ArrowException) as error:
            raise SourceError(f"{path}, row {number + 1}: {_first_line(error)}.") from None

    left_out = len(schema.names) - len(columns)
    note = f"{counted(left_out, 'column')} of bytes {'is' if left_out == 1 else 'are'} left out."
    return Table(
        path,
        columns,
        read,
        place="row",
        lists=True,
        class_names=_class_names(schema.metadata or {}),
        notes=[note] if left_out else [],
    )


def _no_rows(fault: Fault) -> Iterator[tuple[int, Cells]]:
    return iter(())


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".")


def _holds_bytes(kind: Any) -> bool:
    from pyarrow import types

    if types.is_struct(kind):
        return any(_holds_bytes(kind.field(n).type) for n in range(kind.num_fields))
    return bool(
        types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind)
    )


def _texts(column: Any) -> list[str]:
    return [as_text(value) for value in column.to_pylist()]


def _class_names(metadata: Mapping[bytes, bytes]) -> dict[str, list[str]]:
    """Return the classes of the columns that Hugging Face's `datasets` has written as numbers."""
    try:
        features = json.loads(metadata[b"huggingface"])["info"]["features"]
        return {
            name: [str(one) for one in feature["names"]]
            for name, feature in features.items()
            if isinstance(feature, dict) and feature.get("_type") == "ClassLabel"
        }
    except (KeyError, TypeError, ValueError, AttributeError):
        return {}


def _read(source: Source) -> Listing:
    assert source.labels is not None
    return listing_of(parquet_table(source.labels), source)


READER = Reader(
    name="parquet",
    order=40,
    title="Parquet table",
    about="A Parquet file: columns as of a CSV; numbers of Hugging Face's ClassLabel get names.",
    recognizes=lambda path, options: "labels" in options and _is_parquet(Path(options["labels"])),
    read=_read,
    of_table=True,
)
