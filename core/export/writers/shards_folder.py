"""WebDataset shards of any audit: tars of an image and a ``.json`` with its label each.

``webdataset.WebDataset("train-{000000..000003}.tar").decode("pil").to_tuple("png;jpg", "json")``
reads them. A split that the name of a shard cannot say stands in the ``.json``.
"""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path, PurePosixPath
from typing import IO

from core.export.corrected import CorrectedItem
from core.export.file_names import safe_name
from core.export.filing import NOT_WRITTEN, NOT_WRITTEN_COLUMNS, Table
from core.export.item_files import ItemFiles
from core.export.outgoing import Outgoing
from core.export.writers.writer import Writer
from core.ingest.files import UnreadableImage
from core.ingest.readers.webdataset import split_of

MOST_SAMPLES, MOST_BYTES = 10_000, 1_000_000_000
"""Of a shard."""

UNSAID = "shard"
"""What shards are called whose split their names cannot say."""


class _Shards:
    """The shards of one split, of which the last is being written."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._shard: tarfile.TarFile | None = None
        self._number = self._samples = self._bytes = 0

    def add(self, ending: str, file: IO[bytes], size: int, said: dict[str, object]) -> None:
        """Write a sample."""
        if self._samples >= MOST_SAMPLES or self._bytes + size > MOST_BYTES:
            self.close()
        if self._shard is None:
            path = self._folder / f"{self._name}-{self._number:06}.tar"
            self._shard = tarfile.open(path, "w", format=tarfile.PAX_FORMAT)  # noqa: SIM115
            self._number, self._samples, self._bytes = self._number + 1, 0, 0
        key = f"{self._samples:06}"
        text = json.dumps(said, ensure_ascii=False).encode(errors="replace")
        self._member(f"{key}{ending}", file, size)
        self._member(f"{key}.json", io.BytesIO(text), len(text))
        self._samples += 1
        self._bytes += size

    def _member(self, name: str, file: IO[bytes], size: int) -> None:
        assert self._shard is not None
        info = tarfile.TarInfo(name)
        info.size = size
        self._shard.addfile(info, file)

    def close(self) -> None:
        """Finish the shard that is being written."""
        if self._shard is not None:
            self._shard.close()
        self._shard = None


def _write(outgoing: Outgoing, path: Path) -> None:
    files, shards = ItemFiles(outgoing), dict[str, _Shards]()
    missing = Table(NOT_WRITTEN_COLUMNS)
    try:
        for item in outgoing.items():
            name, said = _shard_name(item.split), _said(item)
            try:
                with files.opened(item) as (file, size, called):
                    of_split = shards.setdefault(name, _Shards(path, name))
                    of_split.add(PurePosixPath(called).suffix.lower(), file, size, said)
            except UnreadableImage as error:
                missing.add(item.path, item.label or "", item.split or "", str(error))
    finally:
        for one in shards.values():
            one.close()
    if missing.rows:
        (path / NOT_WRITTEN).write_bytes(missing.data)


def _shard_name(split: str | None) -> str:
    name = safe_name(split or UNSAID)
    return name if split is not None and split_of(f"{name}-000000.tar") == split else UNSAID


def _said(item: CorrectedItem) -> dict[str, object]:
    said: dict[str, object] = {} if item.label is None else {"label": item.label}
    if len(item.labels) > 1:
        said |= {"labels": [*item.labels], "weights": [round(one, 4) for one in item.weights]}
    if item.split is not None and _shard_name(item.split) == UNSAID:
        said["split"] = item.split
    return said | {"file": item.path}


WRITER = Writer(
    name="webdataset",
    order=360,
    title="WebDataset",
    about="Tars of samples for each split: an image, and a .json with its label.",
    write=_write,
)
