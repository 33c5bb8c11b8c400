"""What becomes of an audit as a whole: made, called otherwise, put away, deleted."""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from core.audit import DATABASE, Audit, AuditError, Source
from core.audit.folder import NAME
from core.audit.settings import ARCHIVED, OPENED
from core.jobs import run_lock
from core.store import StoreError, now
from core.text import one_line

MOST_OF_A_NAME = 80
MOST_OF_A_FOLDER = 60
TRIES = 1000

UPLOADED = "uploaded"
"""The folder, in that of an audit, for images that were given to the dashboard."""

DATABASE_FILES = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm")
OWN = (
    "embeddings.npy", "neighbors", "neighbors.npz", "evidence.npz", "map.parquet", "layouts",
    "thumbs", "views", "predictions.npy", "bakeoff.json", "unpacked", "unpacked.partial",
    "unpacked.inner.partial", "unpacked.moved", "unpacked.moved.partial",
    "unpacked.moved.inner.partial", UPLOADED, "run.lock", "job.log",
)  # fmt: skip
"""What an audit keeps in its folder beside the database; everything else there is its owner's."""
PARTIAL = f"*.{'[0-9a-f]' * 32}.partial*"


def create(home: Path, name: str, source: Source, taken: Iterable[str] = ()) -> Audit:
    """Make the audit of `source` in a new folder of `home`; nothing is computed yet.

    Parameters
    ----------
    home : Path
    name : str
        What people call it; the folder is called much the same.
    source : Source
    taken : iterable of str
        Names that others have.

    Raises
    ------
    AuditError
        When the name cannot be taken, or the folder not be made.
    """
    name = checked_name(name, taken)
    try:
        folder = _new_folder(home, name)
        audit = Audit.create(folder, source)
    except OSError as error:
        raise AuditError(f"{home} cannot be written to ({error.strerror}).") from None
    except AuditError:
        with suppress(OSError):  # it is not empty where something came of it
            folder.rmdir()
        raise
    audit.store.set_settings({NAME: name})
    return audit


def rename(audit: Audit, name: str, taken: Iterable[str] = ()) -> None:
    """Call `audit` otherwise; its folder and its address stay.

    Raises
    ------
    AuditError
        When the name cannot be taken.
    """
    audit.store.set_settings({NAME: checked_name(name, taken)})


def checked_name(name: str, taken: Iterable[str] = ()) -> str:
    """Return a name without outer blanks.

    Raises
    ------
    AuditError
        When it is empty, too long, or one of `taken` but for case.

    Examples
    --------
    >>> checked_name("  pets, round 2 ")
    'pets, round 2'
    """
    name = unicodedata.normalize("NFC", " ".join(name.split()))
    if not name:
        raise AuditError("Give the audit a name.")
    if len(name) > MOST_OF_A_NAME:
        raise AuditError(f"The name is too long; {MOST_OF_A_NAME} characters are the most.")
    if one_line(name) != name:
        raise AuditError("The name holds characters that cannot be shown; leave them out.")
    if name.casefold() in {other.casefold() for other in taken}:
        raise AuditError(f"There is an audit called {name!r}; choose another name.")
    return name


def _new_folder(home: Path, name: str) -> Path:
    """Make a folder of `home` that is called as much like `name` as file systems allow."""
    stem = re.sub(r"[^\w-]+", "-", name).strip("-_")[:MOST_OF_A_FOLDER] or "audit"
    home.mkdir(parents=True, exist_ok=True)
    for number in range(1, TRIES):
        folder = home / (stem if number == 1 else f"{stem}-{number}")
        with suppress(FileExistsError):
            folder.mkdir()
            return folder
    raise AuditError(f"There are too many audits called {name!r}; choose another name.")


def note_opened(audit: Audit) -> None:
    """Remember that somebody has opened `audit` now, where that can be stored."""
    with suppress(StoreError):
        audit.store.set_settings({OPENED: now()})


def archive(audit: Audit) -> None:
    """Put `audit` away: it leaves the list and stays on disk.

    Raises
    ------
    JobRefused
        When a job is at work on it.
    """
    with run_lock(audit):
        audit.store.set_settings({ARCHIVED: now()})


def restore(audit: Audit) -> None:
    """Take `audit` back into the list."""
    audit.store.set_settings({ARCHIVED: None})


def delete(audit: Audit, confirmation: str) -> list[Path]:
    """Delete `audit`, its verdicts included; the data set that it reads is never touched.

    Only what an audit keeps in its folder is deleted, the database first: from
    then on there is no audit. Links are removed, never followed.

    Parameters
    ----------
    audit : Audit
    confirmation : str
        Its name, as somebody has typed it.

    Returns
    -------
    list of Path
        What else lies in the folder, which stays with it.

    Raises
    ------
    AuditError
        When the name is another, the folder holds another audit by now, or a
        file cannot be deleted.
    JobRefused
        When a job is at work on it.
    """
    if confirmation.strip() != audit.name:
        raise AuditError(f"Type the name of the audit, {audit.name}, to delete it.")
    with run_lock(audit):
        audit.check()
        folder = audit.folder
        audit.store.close()
        try:
            for name in (*DATABASE_FILES, *OWN):
                _remove(folder / name)
            for partial in folder.glob(PARTIAL):
                _remove(partial)
            left = sorted(folder.iterdir())
            if not left:
                folder.rmdir()
        except OSError as error:
            raise AuditError(
                f"{folder} could not be deleted whole ({error.strerror}); delete what is left."
            ) from None
    return left


def _remove(path: Path) -> None:
    """Delete a file, a link or a folder with what is in it."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
