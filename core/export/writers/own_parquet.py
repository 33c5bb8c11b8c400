"""The input's own Parquet: the column of the labels differs, all else of it is as it was.

Also of files with the images in them, which are written without being decoded.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import cast

from core.audit import Audit
from core.export.choices import ExportError, Fate
from core.export.outgoing import Edit, Outgoing, edit_of
from core.export.own_files import OWN_CHOICES, has_several_files, place_of, refused_unless
from core.export.packed_items import unpacked_folder
from core.export.parquet_edits import LabelColumn, edited_parquet
from core.export.writers.writer import Writer
from core.ingest.readers.image_parquet import READER as WITH_IMAGES
from core.ingest.readers.image_parquet import label_of_file, parquet_files, rows_unpacked_to
from core.ingest.table_columns import ReadTable


def _write(outgoing: Outgoing, path: Path) -> None:
    if outgoing.original.format == WITH_IMAGES.name:
        return _write_with_images(outgoing, path)
    for file, edits in outgoing.edits().items():
        table, columns = cast(ReadTable, outgoing.listing.tables[file])
        if columns.label is None:
            raise ExportError(f"{file.name} has a column for each class; export as Parquet.")
        name = table.columns[columns.label]
        column = LabelColumn(name, table.class_names.get(name, ()), outgoing.renamed)
        edited_parquet(file, place_of(outgoing, path, file), column, edits)


def _write_with_images(outgoing: Outgoing, path: Path) -> None:
    """Write files whose images were unpacked: their names say the file, a field the row."""
    unpacked_folder(outgoing)  # refuses files that are others than those that were unpacked
    source = outgoing.original.path
    edits: dict[str, dict[int, Edit]] = defaultdict(dict)
    for record, item in outgoing.listed():
        if (edit := edit_of(record, item)) is not None:
            edits[record.path.rpartition("/")[0]][int(record.fields["row"]) + 1] = edit
    for file in parquet_files(source):
        name, classes = label_of_file(file)
        if name is None:
            raise ExportError(f"{file.name} has no column of labels.")
        target = path / file.relative_to(source) if path.is_dir() else path
        target.parent.mkdir(parents=True, exist_ok=True)
        column = LabelColumn(name, classes, outgoing.renamed)
        edited_parquet(file, target, column, edits[rows_unpacked_to(source, file)])


def _refuses(audit: Audit) -> str | None:
    if audit.source.format == WITH_IMAGES.name:
        return None if audit.source.path.exists() else f"There is no file {audit.source.path}."
    return refused_unless(".parquet")(audit)


def _makes_folder(audit: Audit) -> bool:
    if audit.source.format == WITH_IMAGES.name:
        return audit.source.path.is_dir()
    return has_several_files(audit)


WRITER = Writer(
    name="own-parquet",
    order=14,
    title="The input's Parquet",
    about="The files as they came, nothing but the column of the labels changed.",
    write=_write,
    suffix=".parquet",
    media_type="application/vnd.apache.parquet",
    own_of=("parquet", "metadata", WITH_IMAGES.name),
    can_hold=(Fate.ALL, Fate.EMPTY),
    choices=OWN_CHOICES,
    refuses=_refuses,
    makes_folder=_makes_folder,
)
