"""Parquet with the images in it, as Hugging Face writes data sets: bytes, and a number as label."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.ingest.file_faults import JPEG, PNG
from core.ingest.images import EXTENSIONS
from core.ingest.linked_folders import subfolders
from core.ingest.readers.idx_arrays import FEW_FOLDERS
from core.ingest.readers.reader import Reader, read_after_unpacking
from core.ingest.readers.split_folders import holds_images
from core.ingest.readers.webdataset import split_of
from core.ingest.records import Labels, as_labels
from core.ingest.unpacker import Unpacker

IMAGES = ("image", "img", "picture", "photo", "bytes")
LABELS = ("label", "labels", "class", "category", "target", "fine_label", "cls")
FOLDERS = ("", "data/", "*/", "*/data/")
"""Where below the source the files may lie; in any folder only where there are few."""

ROWS_AT_ONCE = 64
LONGEST_FIELD = 1000
MAGIC = b"PAR1"

NO_IMAGE = ("{:,} row has no image.", "{:,} rows have no image.")
BEGINNINGS = {JPEG: ".jpg", PNG: ".png", b"RIFF": ".webp", b"GIF8": ".gif", b"BM": ".bmp"}


def _recognizes(path: Path, options: Mapping[str, str]) -> bool:
    if path.is_dir() and ("labels" in options or holds_images(path)):
        return False
    files = parquet_files(path)
    return bool(files) and _image_column(files[0]) is not None


def parquet_files(path: Path) -> list[Path]:
    """Return the Parquet files of a data set, or the one that it is."""
    if path.is_file():
        with path.open("rb") as file:
            return [path] if file.read(4) == MAGIC else []
    few = len(subfolders(path)) <= FEW_FOLDERS
    for folder in FOLDERS if few else FOLDERS[:2]:
        if found := sorted(one for one in path.glob(f"{folder}*.parquet") if one.is_file()):
            return found
    return []


def _image_column(path: Path) -> str | None:
    """Return the column that holds images as bytes, alone or in a struct as Hugging Face's."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError, ValueError):
        return None
    structs = [
        field.name
        for field in schema
        if pa.types.is_struct(field.type) and field.type.get_field_index("bytes") >= 0
    ]
    plain = [
        field.name
        for field in schema
        if (pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type))
        and field.name.lower() in IMAGES
    ]
    return next(iter([*structs, *plain]), None)


def _unpack(path: Path, unpacker: Unpacker) -> None:
    import pyarrow.parquet as pq

    files = parquet_files(path)
    tables = [pq.ParquetFile(file) for file in files]
    unpacker.expect(
        sum(table.metadata.num_rows for table in tables),
        sum(
            table.metadata.row_group(i).total_byte_size
            for table in tables
            for i in range(table.metadata.num_row_groups)
        ),
        sum(file.stat().st_size for file in files),
    )
    for file, table in zip(files, tables, strict=True):
        _unpack_table(path, file, table, unpacker)


def _unpack_table(source: Path, file: Path, table: Any, unpacker: Unpacker) -> None:
    image = _image_column(file)
    names = _class_labels(table.schema_arrow.metadata or {})
    label = _label_column(table.schema_arrow.names, names)
    within = file.relative_to(source) if file != source else Path(file.name)
    folder = rows_unpacked_to(source, file)
    split = split_of(file.name) or split_of(within.parent.name)
    index = 0
    for batch in table.iter_batches(batch_size=ROWS_AT_ONCE):
        for row in batch.to_pylist():
            data, original = _image(row.pop(image, None))
            index += 1
            if not data:
                unpacker.remarks[NO_IMAGE] += 1
                continue
            given = _label(row.pop(label, None), names.get(label or "", []))
            path = unpacker.add(f"{folder}/{index - 1:06}{_ending(data, original)}", [data])
            if path is not None:
                fields = {key: _text(value) for key, value in row.items() if _is_plain(key, value)}
                unpacker.record(
                    path, given, split, **(fields | {"file": original, "row": str(index - 1)})
                )


def rows_unpacked_to(source: Path, file: Path) -> str:
    """Return the folder that the images of a file are unpacked to, named after it."""
    within = file.relative_to(source) if file != source else Path(file.name)
    return within.with_suffix("").as_posix().removeprefix("data/")


def label_of_file(file: Path) -> tuple[str | None, list[str]]:
    """Return the column of the labels of a file, and the names of the classes that it numbers."""
    import pyarrow.parquet as pq

    schema = pq.read_schema(file)
    names = _class_labels(schema.metadata or {})
    label = _label_column(schema.names, names)
    return label, names.get(label or "", [])


def _image(value: Any) -> tuple[bytes | None, str]:
    if isinstance(value, dict):
        return value.get("bytes"), str(value.get("path") or "")
    return value, ""


def _ending(data: bytes, original: str) -> str:
    ending = Path(original).suffix.lower()
    if ending in EXTENSIONS:
        return ending
    return next((ending for start, ending in BEGINNINGS.items() if data.startswith(start)), ".png")


def _class_labels(metadata: Mapping[bytes, bytes]) -> dict[str, list[str]]:
    """Return the names of the classes, by column, that Hugging Face writes beside the schema."""
    try:
        features = json.loads(metadata[b"huggingface"])["info"]["features"]
    except (KeyError, TypeError, ValueError):
        return {}
    found = {}
    for column, feature in features.items() if isinstance(features, dict) else ():
        inner = feature.get("feature", feature) if isinstance(feature, dict) else {}
        if isinstance(inner, dict) and inner.get("_type") == "ClassLabel":
            found[column] = [str(name) for name in inner.get("names") or []]
    return found


def _label_column(columns: list[str], names: Mapping[str, list[str]]) -> str | None:
    known = {column.lower(): column for column in columns}
    by_name = [known[name] for name in LABELS if name in known]
    return next(
        iter([*(c for c in by_name if c in names), *(c for c in columns if c in names), *by_name]),
        None,
    )


def _label(value: Any, names: list[str]) -> Labels:
    if isinstance(value, list):
        found = [label for one in value if isinstance(label := _label(one, names), str)]
        return as_labels(found) or None
    if value is None or value == "" or (isinstance(value, int) and value < 0 and names):
        return None
    if names and isinstance(value, int) and value < len(names):
        return names[value]
    return str(value) if isinstance(value, (str, int, float)) else None


def _is_plain(key: str, value: Any) -> bool:
    return key not in ("path", "label", "split") and (
        value is None or isinstance(value, (str, int, float, bool))
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value)[:LONGEST_FIELD]


READER = Reader(
    name="image-parquet",
    order=13,
    title="Parquet with images",
    about="Parquet files with a column of image bytes and a label, as Hugging Face writes them.",
    recognizes=_recognizes,
    read=read_after_unpacking,
    unpack=_unpack,
)
