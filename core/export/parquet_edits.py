"""Replaces values of one column of a Parquet file; schema, metadata and row groups stay."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from core.export.choices import ExportError
from core.export.outgoing import Edit
from core.text import shortened

HUGGING_FACE = b"huggingface"


class LabelColumn(NamedTuple):
    """The column of the labels.

    Attributes
    ----------
    name : str
    classes : list of str
        What its numbers mean, as the input says it; none where it holds the labels themselves.
    called : dict of str to str
        What those classes are called now, by the input's name, where that is another one.
    """

    name: str
    classes: Sequence[str] = ()
    called: Mapping[str, str] = {}


def edited_parquet(
    path: Path, target: Path, column: LabelColumn, edits: Mapping[int, Edit]
) -> None:
    """Write the file at `path` to `target` with other labels.

    Numbers of classes stay; a renamed class is renamed in the list of their names,
    and one that the list lacks is added at its end.

    Parameters
    ----------
    path, target : Path
    column : LabelColumn
    edits : mapping of int to Edit
        By row, counted from 1.

    Raises
    ------
    ExportError
        When a label is no value of the column's type.
    """
    import pyarrow as pa
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        classes = _classes(column, edits)
        schema = _with_classes(file.schema_arrow, column, classes)
        at = schema.get_field_index(column.name)
        numbers = {name: number for number, name in reversed(list(enumerate(classes)))}
        with parquet.ParquetWriter(target, schema, **_manner(file)) as writer:
            before = 0
            for group in range(file.num_row_groups):
                table = file.read_row_group(group)
                count = table.num_rows
                here = {n - before - 1: edits[n] for n in _within(edits, before, before + count)}
                before += count
                if here:
                    table = table.set_column(
                        at, schema.field(at), _edited(table.column(at), here, numbers, column)
                    )
                    gone = {n for n, edit in here.items() if edit.is_left_out}
                    if gone:
                        table = table.filter(pa.array([n not in gone for n in range(count)]))
                writer.write_table(table.cast(schema), row_group_size=max(table.num_rows, 1))


def _within(edits: Mapping[int, Edit], start: int, end: int) -> list[int]:
    if len(edits) < end - start:
        return [n for n in edits if start < n <= end]
    return [n for n in range(start + 1, end + 1) if n in edits]


def _classes(column: LabelColumn, edits: Mapping[int, Edit]) -> list[str]:
    """Return the names of the classes by number, as they are called now and the new ones after."""
    if not column.classes:
        return []
    names = [column.called.get(name, name) for name in column.classes]
    labels = {label for edit in edits.values() if not edit.is_left_out for label in edit.labels}
    return names + sorted(labels - {*names})


def _with_classes(schema: Any, column: LabelColumn, classes: list[str]) -> Any:
    if classes == list(column.classes):
        return schema
    metadata = dict(schema.metadata)
    found = json.loads(metadata[HUGGING_FACE])
    feature = found["info"]["features"][column.name]
    inner = feature.get("feature", feature)  # of a list
    inner["names"] = classes
    if "num_classes" in inner:
        inner["num_classes"] = len(classes)
    metadata[HUGGING_FACE] = json.dumps(found).encode()
    return schema.with_metadata(metadata)


def _manner(file: Any) -> dict[str, Any]:
    """Return how a file was written, as far as it says so."""
    metadata = file.metadata
    manner: dict[str, Any] = {
        "version": metadata.format_version,
        "store_schema": b"ARROW:schema" in (metadata.metadata or {}),
    }
    if metadata.num_row_groups:
        group = metadata.row_group(0)
        columns = [group.column(n) for n in range(group.num_columns)]
        manner["compression"] = {
            one.path_in_schema: "NONE" if one.compression == "UNCOMPRESSED" else one.compression
            for one in columns
        }
        encoded = [one.path_in_schema for one in columns if one.has_dictionary_page]
        manner["use_dictionary"] = encoded or False
        stated = [one.path_in_schema for one in columns if one.is_stats_set]
        manner["write_statistics"] = stated or False
        manner["write_page_index"] = any(one.has_column_index for one in columns)
        if group.sorting_columns:
            manner["sorting_columns"] = group.sorting_columns
    return manner


def _edited(
    values: Any, edits: Mapping[int, Edit], numbers: Mapping[str, int], column: LabelColumn
) -> Any:
    import pyarrow as pa

    kind = values.type
    is_list = pa.types.is_list(kind) or pa.types.is_large_list(kind)
    inner = kind.value_type if is_list else kind
    found = values.to_pylist()
    for n, edit in edits.items():
        if edit.is_left_out:
            continue
        labels = [_value(label, inner, numbers, column) for label in edit.labels]
        if is_list:
            found[n] = labels
        elif len(labels) > 1:
            raise ExportError(
                f"The column {shortened(column.name, 40)!r} holds one label each; several cannot"
                " be written as they are in it."
            )
        else:
            found[n] = labels[0] if labels else None
    return pa.chunked_array([pa.array(found, type=kind)], type=kind)


def _value(label: str, kind: Any, numbers: Mapping[str, int], column: LabelColumn) -> Any:
    from pyarrow import types

    if types.is_dictionary(kind):
        kind = kind.value_type
    if numbers:
        return numbers[label]
    try:
        if types.is_boolean(kind):
            return {"true": True, "false": False}[label.lower()]
        if types.is_integer(kind):
            return int(label)
        if types.is_floating(kind):
            return float(label)
    except (KeyError, ValueError):
        raise ExportError(
            f"The column {shortened(column.name, 40)!r} holds {kind}, which the class"
            f" {shortened(label, 60)!r} is not; choose another format."
        ) from None
    return label
