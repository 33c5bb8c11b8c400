"""The audits on this machine: those in the home folder, and those opened by name."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path

from core.audit.folder import DATABASE, Audit, AuditError
from core.store import StoreUnavailable


def home_folder() -> Path:
    """Return the folder of audits: ``$SECOND_LOOK_HOME``, or ``second-look`` at home."""
    return Path(os.environ.get("SECOND_LOOK_HOME") or Path.home() / "second-look").expanduser()


def cache_folder() -> Path:
    """Return the folder for what can be made anew, beside the audits."""
    return home_folder() / ".cache"


class Library:
    """Finds audits and keeps them open, one object for each.

    Parameters
    ----------
    home : Path
        Every folder in it that holds an audit is listed.
    folders : sequence of Path
        Audits elsewhere; when there are any, only these are listed.
    """

    def __init__(self, home: Path, folders: Sequence[Path] = ()) -> None:
        self.home = home
        self.folders = [folder.resolve() for folder in folders]
        self._lock = threading.Lock()
        self._open: dict[Path, Audit] = {}

    def audits(self) -> list[Audit]:
        """Return the audits by name; a folder that cannot be opened is left out."""
        found = self.folders or sorted(path.parent for path in self.home.glob(f"*/{DATABASE}"))
        opened = [audit for folder in found if (audit := self._audit_in(folder)) is not None]
        return sorted(opened, key=lambda audit: audit.name)

    def audit(self, audit_id: str) -> Audit | None:
        """Return the audit with that id, or None."""
        for folder, audit in reversed([*self._open.items()]):
            if audit.id == audit_id and self._audit_in(folder) is audit:
                return audit
        return next((audit for audit in self.audits() if audit.id == audit_id), None)

    def current(self, audit: Audit) -> Audit:
        """Return `audit`, opened anew where its folder was away meanwhile.

        Raises
        ------
        StoreUnavailable
            When it is not there, or another audit in its place.
        """
        if not audit.store.is_in_place:
            reopened = self._audit_in(audit.folder)
            if reopened is not None and reopened.id == audit.id:
                return reopened
        audit.store.check_in_place()
        return audit

    def _audit_in(self, folder: Path) -> Audit | None:
        with self._lock:
            if folder in self._open and not self._open[folder].store.is_in_place:
                # Deleted, moved or replaced while the dashboard runs: that audit is gone.
                self._open.pop(folder).store.close()
            if folder not in self._open:
                try:
                    self._open[folder] = Audit(folder)
                except (AuditError, StoreUnavailable):
                    return None
            return self._open[folder]
