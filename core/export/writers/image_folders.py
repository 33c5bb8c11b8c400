"""Hugging Face's imagefolder: a folder for each split, in it the images and a table of them.

``load_dataset("imagefolder", data_dir=FOLDER)`` reads either table. Where no image has
a split, all lie in the folder itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from core.export.choices import Fate
from core.export.corrected import CorrectedItem
from core.export.file_names import safe_name
from core.export.file_trees import FolderTree, joined
from core.export.filing import UNSPLIT, Filing, Table, one_label
from core.export.outgoing import Outgoing
from core.export.own_files import OWN_CHOICES
from core.export.writers.writer import Writer
from core.ingest.splits import is_split_name

TITLE = "Hugging Face imagefolder"
CSV, JSONL = "metadata.csv", "metadata.jsonl"


class _Lines:
    """A table of JSON lines that is written along the way; labels are lists."""

    def __init__(self, columns: list[str]) -> None:
        self._columns, self._lines = columns, bytearray()

    def add(self, name: str, item: CorrectedItem) -> None:
        row = {"file_name": name, "label": [*item.labels], "split": item.split or ""}
        known = {column: row[column] for column in self._columns}
        self._lines += json.dumps(known, ensure_ascii=False).encode(errors="replace") + b"\n"

    @property
    def data(self) -> bytes:
        return bytes(self._lines)


class _Csv:
    """A table of CSV that is written along the way."""

    def __init__(self, columns: list[str]) -> None:
        self._has_split, self._table = len(columns) > 2, Table(columns)

    def add(self, name: str, item: CorrectedItem) -> None:
        label = one_label(item, TITLE) or ""
        self._table.add(name, label, *([item.split or ""] if self._has_split else []))

    @property
    def data(self) -> bytes:
        return self._table.data


def _written_with(name: str, kind: Callable[[list[str]], _Lines | _Csv]) -> Callable[
    [Outgoing, Path], None
]:  # fmt: skip
    def write(outgoing: Outgoing, path: Path) -> None:
        tree = FolderTree(path, outgoing.choices.files)
        filing = Filing(outgoing, tree, [CSV, JSONL])
        found = {item.split for item in outgoing.items()}
        # The name of the folder says the split where all programs know it for one.
        says = all(split is None or is_split_name(split) for split in found)
        columns = ["file_name", "label", *([] if says else ["split"])]
        folders: dict[str | None, str] = {}
        for split in sorted(found - {None}, key=str):
            folders[split] = filing.names.take("", safe_name(str(split)))
        folders[None] = filing.names.take("", UNSPLIT) if folders else ""
        tables = {split: kind(columns) for split in found}
        for folder in folders.values():
            for reserved in (CSV, JSONL):
                filing.names.reserve(folder, reserved)
        for item in outgoing.items():
            folder = folders[item.split]
            file = filing.put(item, folder)
            if file is not None:
                tables[item.split].add(file.removeprefix(f"{folder}/"), item)
        filing.finish()
        for split, table in tables.items():
            tree.write(joined([folders[split], name]), table.data)

    return write


WITH_CSV = Writer(
    name="imagefolder",
    order=320,
    title=TITLE,
    about='For load_dataset("imagefolder"): a folder for each split with metadata.csv.',
    write=_written_with(CSV, _Csv),
    can_hold=(Fate.EMPTY,),
    choices=OWN_CHOICES,
    places_files=True,
)

WITH_LINES = Writer(
    name="imagefolder-lists",
    order=330,
    title=f"{TITLE}, lists of labels",
    about="The same with metadata.jsonl, in which each image has a list of labels.",
    write=_written_with(JSONL, _Lines),
    places_files=True,
)
