"""The input's own YOLO labels: the numbers of classes differ, names that are new are appended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from core.export.annotation_sets import ONE_CLASS, files_below, one_label, write_set
from core.export.choices import ExportError
from core.export.outgoing import Edit, Outgoing
from core.export.own_files import place_of, why_not_back
from core.export.writers.writer import Writer
from core.export.yolo_text import YAML, YoloNames
from core.ingest.linked_folders import FolderWalk
from core.ingest.readers.yolo import READER, names_of_classes

_CLASS = re.compile(r"(\ufeff?\s*)\S+")


def _write(outgoing: Outgoing, path: Path) -> None:
    source = outgoing.source
    found = names_of_classes(source.path)
    if found is None:
        raise ExportError(f"There is no data.yaml with names of classes in {source.path} any more.")
    names = YoloNames(*found)
    edits = [edit for of_file in outgoing.edits().values() for edit in of_file.values()]
    names.add(sorted({label for edit in edits for label in edit.labels if not edit.is_left_out}))

    def patched(file: Path, of_file: dict[int, Edit]) -> Iterator[bytes]:
        text = file.read_bytes().decode("utf-8", "surrogateescape")
        for number, line in enumerate(text.splitlines(keepends=True), start=1):
            edit = of_file.get(number)
            if edit is not None:
                line = "" if edit.is_left_out else _edited(line, _id(names, edit, file))
            yield line.encode("utf-8", "surrogateescape")

    below = FolderWalk(source.path, source.roots).files()
    files = list(files_below(source.path, below, (".txt", ".names", *YAML)))
    write_set(outgoing, path, files, patched)
    place_of(outgoing, path, names.path).write_bytes(names.content())


def _id(names: YoloNames, edit: Edit, file: Path) -> int:
    label = one_label(edit, file)
    if not label:
        raise ExportError("A line of YOLO has a class; leave out what has none: --none leave-out.")
    return names.ids[label]


def _edited(line: str, number: int) -> str:
    return _CLASS.sub(lambda found: f"{found[1]}{number}", line, count=1)


WRITER = Writer(
    name="own-yolo",
    order=24,
    title="The input's YOLO labels",
    about="The text files as they came, nothing but numbers of classes changed; names of new"
    " classes are appended.",
    write=_write,
    own_of=(READER.name,),
    refuses=why_not_back,
    can_hold=(),
    choices=ONE_CLASS,
)
