"""Files that appear whole or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; what is written there takes its place at the end.

    Until then, and for good where the block raises, `path` is what it was. Of
    several writers the last to finish wins; each has a temporary path of its
    own, with the suffix of `path`, since some writers append one that is missing.

    The rename is atomic for other processes, but nothing is synced: where the
    power may fail before the system has written the data, sync it in the block.
    A process that is killed in the block leaves its ``*.partial*`` file behind;
    see `remove_partial`.

    Parameters
    ----------
    path : Path
        In a folder that exists.
    """
    partial = path.with_name(f"{path.stem}.{uuid.uuid4().hex}.partial{path.suffix}")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def remove_partial(folder: Path) -> None:
    """Remove what processes that were killed in `atomic_write` have left in `folder`.

    Only where no other process writes there at present.
    """
    for leftover in folder.glob(f"*.{'[0-9a-f]' * 32}.partial*"):
        leftover.unlink(missing_ok=True)
