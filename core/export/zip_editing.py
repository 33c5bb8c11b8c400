"""Writes a zip anew with some members replaced, renamed or left out, the others as they are."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

CHUNK = 1 << 20


class MemberEdit(NamedTuple):
    """What becomes of a member of an archive.

    Attributes
    ----------
    name : str or None
        Another name; None for its own.
    data : Path, bytes or None
        Another content; None for its own.
    is_left_out : bool
    """

    name: str | None = None
    data: Path | bytes | None = None
    is_left_out: bool = False

    def read(self) -> bytes:
        """Return the other content."""
        assert self.data is not None
        return self.data.read_bytes() if isinstance(self.data, Path) else self.data


def edited_zip(
    source: Path,
    target: Path,
    edit_of: Callable[[int, zipfile.ZipInfo], MemberEdit | None],
    added: dict[str, bytes] | None = None,
) -> None:
    """Write the zip `source` to `target`.

    Parameters
    ----------
    source, target : Path
    edit_of : callable
        Of the position of a member and its entry; None where it stays as it is.
    added : dict of str to bytes
        Further members.
    """
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w") as out:
        out.comment = archive.comment
        entries = archive.infolist()
        for number, entry in enumerate(entries):
            edit = edit_of(number, entry) or MemberEdit()
            if edit.is_left_out:
                continue
            written = _entry_like(entry, edit.name or entry.filename)
            if edit.data is not None:
                out.writestr(written, edit.read(), entry.compress_type)
                continue
            written.file_size = entry.file_size
            with archive.open(entry) as file, out.open(written, "w") as member:
                shutil.copyfileobj(file, member, CHUNK)
        for name, data in (added or {}).items():
            like = next(entry for entry in entries if not entry.is_dir())
            out.writestr(_entry_like(like, name), data, like.compress_type)


def _entry_like(entry: zipfile.ZipInfo, name: str) -> zipfile.ZipInfo:
    """Return an entry with the times and rights of another."""
    made = zipfile.ZipInfo(name, entry.date_time)
    made.compress_type, made.comment = entry.compress_type, entry.comment
    made.create_system, made.external_attr = entry.create_system, entry.external_attr
    return made
