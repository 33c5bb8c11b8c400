"""Roboflow's ``_classes.csv``: a row for each image, a column for each class, 1 where it fits."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from core.audit.source import Source
from core.ingest.annotation_files import folder_of, folders_near, listed, relative_to
from core.ingest.boxes import IMAGES, Gathering
from core.ingest.image_index import ImageIndex
from core.ingest.plain_tables import PlainTable, file_name, find_column, header_of
from core.ingest.readers.reader import Reader
from core.ingest.records import Listing, SourceError
from core.ingest.splits import split_in_folders

TABLE = "_classes.csv"
FILE_COLUMNS = ("filename", "file_name", "image", "path")
YES, NO = ("1", "1.0", "true"), ("0", "0.0", "false", "")
SEVERAL_LABELS = "several classes; an image can be audited for one, so leave one 1 in its row"


def _tables(root: Path) -> list[Path]:
    found = (folder / TABLE for folder in folders_near(root))
    return [path for path in found if find_column(header_of(path), FILE_COLUMNS)]


def _recognizes(path: Path, options: Mapping[str, str]) -> bool:
    if "labels" in options:
        return Path(options["labels"]).name == TABLE
    return bool(_tables(path))


def _read(source: Source) -> Listing:
    paths = [source.labels] if source.labels else _tables(source.path)
    if not paths:
        raise SourceError(f"There is no {TABLE} in {source.path} or the folders in it.")
    gathering = Gathering(ImageIndex(source), IMAGES)
    classes: set[str] = set()
    for path in paths:
        try:
            classes |= _gather(source, path, gathering)
        except SourceError as error:
            if len(paths) == 1:
                raise
            gathering.leave_out_file(path, error, source.path)
    names = listed(source.path, paths)
    note = f"One column for each class in {names}: the label is the class of the 1 in a row."
    return gathering.listing(["path", "label", "split"], [note], classes)


def _gather(source: Source, path: Path, gathering: Gathering) -> set[str]:
    table = PlainTable(path, relative_to(source.path, path))
    column = find_column(table.header, FILE_COLUMNS)
    if column is None:
        raise SourceError(f"{path} has no column {FILE_COLUMNS[0]}.")
    classes = [name for name in table.header if name != column]
    folder, split = folder_of(source.path, path), split_in_folders(table.name)
    for where, row in table.rows(gathering):
        name = file_name(row, column)
        marks = {one.strip(): row[one].strip().lower() for one in classes}
        labels = [one for one, mark in marks.items() if mark in YES]
        if name is None:
            gathering.leave_out("without a file name", where)
        elif any(mark not in (*YES, *NO) for mark in marks.values()):
            gathering.leave_out("other values than 0 and 1", where)
        elif len(labels) > 1:
            gathering.leave_out(SEVERAL_LABELS, f"{name}: {', '.join(labels)}")
        elif file := gathering.file(name, (folder, "images", ""), split, where):
            label = labels[0] if labels else None
            fields = {"path": file, "label": label or "", "split": split or ""}
            gathering.add_file(file, label, fields, split, where)
    return {name.strip() for name in classes}


READER = Reader(
    name="one-hot",
    order=24,
    title="Table with a column for each class",
    about="Roboflow's _classes.csv, in the folder or those of splits in it: the label of an image"
    " is the class whose column is 1; an image with several is left out.",
    recognizes=_recognizes,
    read=_read,
    of_table=None,
)
