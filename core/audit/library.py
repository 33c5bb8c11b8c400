"""The audits on this machine: those in the home folder, and those opened by name."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from core.audit.folder import DATABASE, Audit, AuditError
from core.audit.settings import ARCHIVED, OPENED
from core.store import StoreError

RETRY_SECONDS = 10.0
"""After so long a file that could not be opened is tried again, though it looks the same."""


def home_folder() -> Path:
    """Return the folder of audits: ``$SECOND_LOOK_HOME``, or ``second-look`` at home."""
    return Path(os.environ.get("SECOND_LOOK_HOME") or Path.home() / "second-look").expanduser()


def cache_folder() -> Path:
    """Return the folder for what can be made anew, beside the audits."""
    return home_folder() / ".cache"


class Listed(NamedTuple):
    """An audit in the list, whether it can be opened or not.

    Attributes
    ----------
    folder : Path
    audit : Audit or None
        None when it cannot be opened.
    reason : str
        Why not, in a sentence.
    known_id : str
        Its id, as far as it was ever known here; else empty.
    called : str
        What people call it, as far as it could be read.
    is_archived : bool
        Whether it was put away.
    opened : str
        When it was opened last, ISO 8601; empty where that is not known.
    """

    folder: Path
    audit: Audit | None = None
    reason: str = ""
    known_id: str = ""
    called: str = ""
    is_archived: bool = False
    opened: str = ""

    @property
    def name(self) -> str:
        """What people call it."""
        return self.called or self.folder.name

    @property
    def address(self) -> str:
        """What stands for it in an address: the id, which no other audit has or will have."""
        return self.known_id or self.name


class _Failure(NamedTuple):
    stamp: tuple[int, ...]
    at: float
    reason: str


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
        self._failed: dict[Path, _Failure] = {}
        self._ids: dict[Path, str] = {}

    def add(self, folder: Path) -> None:
        """List a new audit too, where only those asked for are listed."""
        if self.folders:
            self.folders.append(folder.resolve())

    def forget(self, audit: Audit) -> None:
        """List an audit no more that was deleted, and close it."""
        with self._lock:
            self._open.pop(audit.folder, None)
            self._ids.pop(audit.folder, None)
            self._failed.pop(audit.folder, None)
        if audit.folder in self.folders:
            self.folders.remove(audit.folder)
        audit.store.close()

    def listing(self) -> list[Listed]:
        """Return every audit by name; one that cannot be opened has the reason.

        Nothing that looks like an audit is left out without a word: neither a
        damaged one nor a copy, which has the id of another. Those that were
        put away say so.
        """
        found = self.folders or sorted(path.parent for path in self.home.glob(f"*/{DATABASE}"))
        with self._lock:
            entries = [entry for folder in found if (entry := self._listed(folder)) is not None]
        return _without_copies(sorted(entries, key=lambda entry: entry.name))

    def audits(self) -> list[Audit]:
        """Return the audits that can be opened, by name."""
        return [entry.audit for entry in self.listing() if entry.audit is not None]

    def find(self, address: str) -> Listed | None:
        """Return the audit that an address names, by its id or else its name; None for none."""
        listing = self.listing()
        by_id = [entry for entry in listing if entry.known_id == address]
        by_name = [entry for entry in listing if entry.name == address]
        return next(iter(by_id), by_name[0] if len(by_name) == 1 else None)

    def audit(self, audit_id: str) -> Audit | None:
        """Return the audit with that id, or None."""
        with self._lock:
            folders = [folder for folder, known in self._ids.items() if known == audit_id]
            known = [entry for folder in folders if (entry := self._listed(folder)) is not None]
        for entry in _without_copies(known):
            if entry.audit is not None and entry.known_id == audit_id:
                return entry.audit
        return {audit.id: audit for audit in self.audits()}.get(audit_id)

    def current(self, audit: Audit) -> Audit:
        """Return `audit`, opened anew where its folder was away meanwhile.

        Raises
        ------
        StoreUnavailable
            When it is not there, or another audit in its place.
        """
        if not audit.store.is_in_place:
            with self._lock:
                entry = self._listed(audit.folder)
            if entry is not None and entry.audit is not None and entry.audit.id == audit.id:
                return entry.audit
        audit.store.check_in_place()
        return audit

    def is_open(self, audit: Audit) -> bool:
        """Tell whether `audit` is still what lies in its folder, and not deleted or replaced."""
        with self._lock:
            return any(other is audit for other in self._open.values()) and audit.store.is_in_place

    def _listed(self, folder: Path) -> Listed | None:
        """Return the audit in a folder; None for none, unless it was asked for by name."""
        if folder in self._open and not self._open[folder].store.is_in_place:
            # Deleted, moved or replaced while the dashboard runs: that audit is gone.
            self._open.pop(folder).store.close()
        if not _is_there(folder):
            self._ids.pop(folder, None)
            asked_for = folder in self.folders
            return Listed(folder, reason=f"There is no audit in {folder}.") if asked_for else None
        known_id = self._ids.get(folder, "")
        failure = self._failed.get(folder)
        stamp = _stamp(folder)
        if failure and failure.stamp == stamp and time.monotonic() - failure.at < RETRY_SECONDS:
            return Listed(folder, None, failure.reason, known_id)
        try:
            if folder in self._open:
                self._open[folder].check()
            else:
                self._open[folder] = _opened(folder)
            audit = self._open[folder]
            called, archived = audit.name, audit.store.setting(ARCHIVED)
            opened = audit.store.setting(OPENED, "")
        except (AuditError, StoreError, OSError, sqlite3.Error) as error:
            self._open.pop(folder, None)
            self._failed[folder] = _Failure(stamp, time.monotonic(), str(error))
            return Listed(folder, None, str(error), known_id)
        self._failed.pop(folder, None)
        self._ids[folder] = audit.id
        return Listed(folder, audit, "", audit.id, called, bool(archived), opened)


def _opened(folder: Path) -> Audit:
    audit = Audit(folder)
    try:
        _ = audit.id, audit.name, audit.source
    except (KeyError, TypeError, ValueError):
        audit.store.close()
        raise AuditError(f"The settings of the audit in {folder} are damaged.") from None
    return audit


def _is_there(folder: Path) -> bool:
    """Tell whether there is a database, though it may not be read."""
    try:
        (folder / DATABASE).stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _stamp(folder: Path) -> tuple[int, ...]:
    try:
        status = (folder / DATABASE).stat()
    except OSError:
        return ()
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _without_copies(entries: Sequence[Listed]) -> list[Listed]:
    """Let each id be one audit: verdicts on their way to a copy must not reach the other."""
    first: dict[str, Audit] = {}
    listing = []
    for entry in entries:
        if entry.audit is None:
            listing.append(entry)
            continue
        original = first.setdefault(entry.audit.id, entry.audit)
        if original.folder != entry.audit.folder:
            reason = (
                f"It is a copy of “{original.name}”, and only one of the two can be open; move one"
                " of them out of this folder."
            )
            listing.append(Listed(entry.folder, reason=reason))
        elif original is entry.audit:
            listing.append(entry)
    return listing
