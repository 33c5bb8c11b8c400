"""The input's own idx arrays: the images' files as they are, those of the labels changed."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import numpy as np

from core.export.outgoing import Outgoing
from core.export.own_files import why_not_back
from core.export.packed_items import KEEPS_GIVEN, numbered, packed_edits, whole_number
from core.export.writers.writer import Writer
from core.ingest.readers.idx_arrays import idx_header, idx_opened, idx_pairs

TITLE = "idx"


def _write(outgoing: Outgoing, path: Path) -> None:
    edits, source = packed_edits(outgoing), outgoing.original.path
    root = source if source.is_dir() else source.parent
    for name, images, labels in idx_pairs(source):
        for file in (images, labels):
            (path / file.relative_to(root)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(images, path / images.relative_to(root))
        of_array = numbered(edits.get(name or "images", {}), TITLE)
        target = path / labels.relative_to(root)
        if of_array:
            _write_labels(labels, target, of_array)
        else:
            shutil.copyfile(labels, target)


def _write_labels(file: Path, target: Path, labels: dict[int, str]) -> None:
    with idx_opened(file) as opened:
        _, dtype = idx_header(opened, file)
        start = opened.tell()
        opened.seek(0)
        header, data = opened.read(start), opened.read()
    values = np.frombuffer(data, dtype).copy()
    low, high = (np.iinfo(dtype).min, np.iinfo(dtype).max) if dtype.kind in "iu" else (0, 2**20)
    for index, label in labels.items():
        values[index] = whole_number(label, TITLE, int(low), int(high))
    content = header + values.tobytes()
    is_packed = file.suffix.lower() == ".gz"
    target.write_bytes(gzip.compress(content, mtime=0) if is_packed else content)


WRITER = Writer(
    name="own-idx",
    order=70,
    title="The input's idx arrays",
    about="The files as they came, those of the labels with other numbers.",
    write=_write,
    own_of=("idx",),
    can_hold=(),
    choices=KEEPS_GIVEN,
    refuses=why_not_back,
)
