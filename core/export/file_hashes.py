"""Hashes of files that were exported, as those of items are."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from core.audit import Audit

BLOCK = 1 << 20


def hash_of(path: Path) -> str:
    """Return the hash of a file's bytes, as those of items are."""
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def hashes_of(folder: Path, audit: Audit | None = None) -> Iterator[tuple[str, str]]:
    """Yield the relative path and the hash of each file in a folder, sorted.

    Parameters
    ----------
    folder : Path
    audit : Audit or None
        Of which files may be hard links to those of the data set: it has their
        hashes, so that they need not be read.
    """
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    found = {path: path.stat() for path in files}
    linked = audit is not None and any(one.st_nlink > 1 for one in found.values())
    known = _known_hashes(audit) if audit is not None and linked else {}
    for path in files:
        value = known.get(_identity(found[path]))
        yield path.relative_to(folder).as_posix(), value or hash_of(path)


def _known_hashes(audit: Audit) -> dict[tuple[int, int], str]:
    """Return the hashes of the files of a data set that are what was read, by what they are."""
    root, known = audit.contents.path, {}
    for row in audit.store.listed_files():
        if row["region"] is not None or not row["embedded_hash"] or row["quarantined"]:
            continue
        try:
            found = (root / row["path"]).stat()
        except (OSError, ValueError):
            continue
        if (found.st_size, found.st_mtime_ns) == (row["size"], row["mtime_ns"]):
            known[_identity(found)] = row["embedded_hash"]
    return known


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino
