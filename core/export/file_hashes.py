"""Hashes of files that were exported, as those of items are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

BLOCK = 1 << 20


def hash_of(path: Path) -> str:
    """Return the hash of a file's bytes, as those of items are."""
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def hashes_of(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the relative path and the hash of each file in a folder, sorted."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), hash_of(path)
