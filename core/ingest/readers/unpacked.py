"""What was unpacked of arrays, shards or Parquet: images, and a table written with them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from core.audit.source import Source
from core.ingest.readers.reader import Reader
from core.ingest.records import Listing, Record, SourceError, as_labels
from core.ingest.table import as_text
from core.ingest.unpacker import RECORDS


def _recognizes(path: Path, options: Mapping[str, str]) -> bool:
    return "labels" not in options and (path / RECORDS).is_file()


def _read(source: Source) -> Listing:
    try:
        with (source.path / RECORDS).open(encoding="ascii") as file:
            rows = [json.loads(line) for line in file]
    except (OSError, ValueError):
        raise SourceError(
            f"What was unpacked into {source.path} is damaged; delete that folder."
        ) from None
    names = dict.fromkeys(name for row in rows for name in row["fields"])
    has_split = any(row["split"] for row in rows)
    columns = ["path", "label", *(["split"] if has_split else []), *names]
    return Listing(columns, [_record(row, columns) for row in rows])


def _record(row: dict[str, object], columns: list[str]) -> Record:
    own = row["fields"]
    assert isinstance(own, dict)
    given = {**own, **{name: row[name] or "" for name in ("path", "label", "split")}}
    fields = {name: as_text(given.get(name, "")) for name in columns}
    label, split = row["label"], row["split"]
    record = Record(str(row["path"]), None, fields, split=None if split is None else str(split))
    if isinstance(label, list):
        return record.with_labels(as_labels(map(str, label)))
    return record if label is None else record.with_labels(str(label))


READER = Reader(
    name="unpacked",
    order=10,
    title="Unpacked images",
    about="Images that were unpacked of arrays, shards or Parquet, with their labels.",
    recognizes=_recognizes,
    read=_read,
)
