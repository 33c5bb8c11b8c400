"""Archives that were dropped into the dashboard, until an audit is made of them."""

from __future__ import annotations

import secrets
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.audit import Audit, AuditError
from core.ingest.unpacking import Unpacked, unpack
from core.lifecycle import UPLOADED

WAITING = ".uploads"
"""The folder, in that of the audits, where uploads wait."""

SECONDS_TO_WAIT = 24 * 60 * 60
"""After so long an upload that nothing came of is deleted, when the next one comes."""


@dataclass(frozen=True)
class Upload:
    """An unpacked archive that waits.

    Attributes
    ----------
    name : str
        What its file was called.
    place : Path
        All of it.
    unpacked : Unpacked
    """

    name: str
    place: Path
    unpacked: Unpacked

    def discard(self) -> None:
        """Delete what was unpacked, where it waits still."""
        shutil.rmtree(self.place, ignore_errors=True)

    def path_in(self, audit: Audit, path: Path) -> Path:
        """Return where something that was unpacked will lie once `audit` has taken it."""
        return audit.folder / UPLOADED / path.relative_to(self.place)

    def give_to(self, audit: Audit) -> None:
        """Move what was unpacked into the audit's own folder; it is deleted with it.

        Raises
        ------
        AuditError
            When it is gone, or cannot be moved.
        """
        try:
            self.place.rename(audit.folder / UPLOADED)
        except OSError as error:
            raise AuditError(f"The upload cannot be used ({error.strerror}).") from None


def receive(home: Path, name: str, archive: BinaryIO) -> Upload:
    """Unpack an archive where uploads wait.

    Raises
    ------
    SourceError
        See `core.ingest.unpacking.unpack`.
    """
    waiting = (home / WAITING).resolve()
    _discard_old(waiting)
    place = waiting / secrets.token_hex(8)
    return Upload(name, place, unpack(archive, place))


def _discard_old(waiting: Path) -> None:
    with suppress(OSError):
        for place in waiting.iterdir():
            if time.time() - place.stat().st_mtime > SECONDS_TO_WAIT:
                shutil.rmtree(place, ignore_errors=True)
