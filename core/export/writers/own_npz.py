"""The input's own npz: arrays of images untouched, those of the labels with other values."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from core.export.choices import ExportError
from core.export.outgoing import Outgoing
from core.export.own_files import why_not_back
from core.export.packed_items import KEEPS_GIVEN, ClassNumbers, numbered, packed_edits, whole_number
from core.export.writers.writer import Writer
from core.export.zip_editing import MemberEdit, edited_zip
from core.ingest.readers.npz_arrays import names_array, pairs, small_array
from core.text import shortened

TITLE = "npz"


def _write(outgoing: Outgoing, path: Path) -> None:
    edits, source = packed_edits(outgoing), outgoing.original.path
    replaced: dict[str, bytes] = {}
    with zipfile.ZipFile(source) as archive:
        arrays = [one.removesuffix(".npy") for one in archive.namelist() if one.endswith(".npy")]
        called, known = names_array(archive, arrays)
        numbers = ClassNumbers(known, outgoing.renamed)
        for split, _, y in pairs(arrays):
            labels = numbered(edits.get(split or "images", {}), TITLE)
            if labels:
                values = with_labels(small_array(archive, y), labels, numbers)
                replaced[f"{y}.npy"] = npy_bytes(values)
        if called is not None and numbers.names != known:
            before = small_array(archive, called)
            replaced[f"{called}.npy"] = npy_bytes(_texts(before.dtype, numbers.names))
    edited_zip(source, path, lambda number, entry: (
        MemberEdit(data=replaced[entry.filename]) if entry.filename in replaced else None
    ))  # fmt: skip


def with_labels(
    values: NDArray[Any], labels: dict[int, str], numbers: ClassNumbers
) -> NDArray[Any]:
    """Return an array of labels with others at some places, of the same shape and kind."""
    if values.dtype.kind in "US":
        texts = values.reshape(len(values)).tolist()
        if values.dtype.kind == "S":
            texts = [one.decode(errors="surrogateescape") for one in texts]
        for index, label in labels.items():
            texts[index] = label
        return _texts(values.dtype, texts).reshape(values.shape)
    changed = values.copy()
    is_one_hot = values.ndim == 2 and values.shape[1] > 1
    for index, label in labels.items():
        if is_one_hot:
            changed[index] = 0
            changed[index, _number(label, numbers, values.shape[1] - 1)] = 1
        elif values.dtype.kind == "b":
            changed[index] = _number({"False": "0", "True": "1"}.get(label, label), numbers, 1)
        else:
            changed[index] = _number(label, numbers, _most(values.dtype))
    return changed


def _number(label: str, numbers: ClassNumbers, most: int) -> int:
    if not numbers.names:
        return whole_number(label, TITLE, 0, most)
    number = numbers.of(label)
    if number > most:
        raise ExportError(
            f"The array of the labels has no room for the class {shortened(label, 60)!r}; export"
            " as another format."
        )
    return number


def _most(dtype: np.dtype[Any]) -> int:
    return int(np.iinfo(dtype).max) if dtype.kind in "iu" else 2**20


def _texts(dtype: np.dtype[Any], texts: list[str]) -> NDArray[Any]:
    """Return an array of texts, wider than it was where one of them needs it."""
    found = [one.encode(errors="surrogateescape") for one in texts] if dtype.kind == "S" else texts
    made = np.array(found, dtype.kind)
    return made.astype(dtype) if made.dtype.itemsize <= dtype.itemsize else made


def npy_bytes(values: NDArray[Any]) -> bytes:
    """Return an array as the bytes of an npy file."""
    buffer = io.BytesIO()
    npy.write_array(buffer, values, allow_pickle=False)
    return buffer.getvalue()


WRITER = Writer(
    name="own-npz",
    order=60,
    title="The input's npz",
    about="The arrays as they came, those of the labels (and of the names of classes) changed.",
    write=_write,
    suffix=".npz",
    own_of=("npz",),
    can_hold=(),
    choices=KEEPS_GIVEN,
    refuses=why_not_back,
)
