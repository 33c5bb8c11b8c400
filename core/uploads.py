"""Archives that were dropped into the dashboard, until an audit is made of them."""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.audit import Audit, AuditError
from core.ingest.readers import SourceError, source_of
from core.ingest.unpacking import is_packed, unpack
from core.ingest.waiting_data import WAITING, discard_old
from core.lifecycle import UPLOADED

ENDINGS = (".zip", ".tar", ".tar.gz", ".tgz")
"""What archives are called."""


@dataclass(frozen=True)
class Upload:
    """An unpacked archive that waits.

    Attributes
    ----------
    name : str
        What its file was called.
    place : Path
        All of it.
    folder : Path
        Where the data set lies in it.
    notes : list of str
        What was left out.
    """

    name: str
    place: Path
    folder: Path
    notes: list[str]

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


def receive(home: Path, name: str, sent: BinaryIO) -> Upload:
    """Unpack an archive where uploads wait.

    Parameters
    ----------
    home : Path
        The folder of the audits.
    name : str
        What the file is called; only its ending counts.
    sent : binary file

    Raises
    ------
    SourceError
        When it is no archive, or one that is refused; nothing of it is left.
    """
    ending = next((one for one in ENDINGS if name.lower().endswith(one)), None)
    if ending is None:
        raise SourceError(f"An upload is one of {', '.join(ENDINGS)}.")
    waiting = (home / WAITING).resolve()
    discard_old(waiting)
    waiting.mkdir(parents=True, exist_ok=True)
    place = waiting / secrets.token_hex(8)
    archive = place.with_name(f"{place.name}{ending}")
    try:
        with archive.open("wb") as file:
            shutil.copyfileobj(sent, file)
        source = source_of(archive)
        if not is_packed(source):
            raise SourceError("The upload is no archive that can be unpacked.")
        notes = unpack(source, place)
    finally:
        archive.unlink(missing_ok=True)
    return Upload(name, place, _data_folder(place), notes)


def _data_folder(folder: Path) -> Path:
    """Return the innermost folder that is the only thing in those around it."""
    while True:
        entries = [one for one in folder.iterdir() if not one.name.startswith(".")]
        if len(entries) != 1 or not entries[0].is_dir():
            return folder
        if not any(one.is_dir() for one in entries[0].iterdir()):
            return folder  # the only class is a class
        folder = entries[0]
