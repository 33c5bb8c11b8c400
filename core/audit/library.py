"""The audits on this machine: those in the home folder, and those opened by name."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path

from core.audit.folder import DATABASE, Audit, AuditError


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
        known = {audit.id: audit for audit in [*self._open.values()]}
        if audit_id not in known:
            known = {audit.id: audit for audit in self.audits()}
        return known.get(audit_id)

    def _audit_in(self, folder: Path) -> Audit | None:
        with self._lock:
            if folder not in self._open:
                try:
                    self._open[folder] = Audit(folder)
                except AuditError:
                    return None
            elif not (folder / DATABASE).exists():
                # Deleted while the dashboard runs: the audit is gone.
                self._open.pop(folder).store.close()
                return None
            return self._open[folder]
