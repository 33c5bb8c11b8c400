"""What was brought to this machine and waits for the audit that takes it."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from core.audit.ids import fingerprint
from core.audit.library import home_folder
from core.ingest.records import SourceError
from core.ingest.urls import shown_url

WAITING = ".uploads"
"""The folder, in that of the audits, where uploads and what was fetched wait."""

SECONDS_TO_WAIT = 24 * 60 * 60
"""After so long what nothing came of is deleted, when the next one comes."""

FETCHED, PARTS = "fetched", ("", ".partial")
"""The folder of what was fetched, and what follows its name where that is not whole yet."""


def discard_old(waiting: Path) -> None:
    """Delete what has waited for too long; of a fetch, since it was last looked at."""
    with suppress(OSError):
        for place in waiting.iterdir():
            if time.time() - place.stat().st_mtime > SECONDS_TO_WAIT:
                shutil.rmtree(place, ignore_errors=True)


@contextmanager
def waiting_for(url: str) -> Iterator[Path]:
    """Yield the folder for what is fetched of a URL before there is an audit; nobody else has it.

    Raises
    ------
    SourceError
        When another process fetches it, or it cannot be written.
    """
    place = _place(url)
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SourceError(f"{place} cannot be written ({error.strerror}).") from None
    lock = _lock(place)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise SourceError(
            f"{shown_url(url)} is being fetched by another process; wait until it has ended."
        ) from None
    try:
        os.utime(place)
        discard_old(place.parent)
        yield place / FETCHED
        os.utime(place)
    finally:
        if not any((place / f"{FETCHED}{part}").exists() for part in PARTS):
            shutil.rmtree(place, ignore_errors=True)
        lock.release()


def take_waiting(url: str, folder: Path) -> None:
    """Let `folder` be what waits of a URL, whole or in part; nothing where nothing does.

    Parameters
    ----------
    url : str
    folder : Path
        That of an audit for what is fetched; it does not exist yet.
    """
    place = _place(url)
    if not place.is_dir():
        return
    lock = _lock(place)
    with suppress(Timeout):  # somebody looks at it just now: then it is fetched anew
        lock.acquire(timeout=0)
        try:
            for part in PARTS:
                found = place / f"{FETCHED}{part}"
                target = folder.with_name(f"{folder.name}{part}")
                if found.is_dir() and not target.exists():
                    shutil.move(found, target)
            shutil.rmtree(place, ignore_errors=True)
        finally:
            lock.release()


def _place(url: str) -> Path:
    return (home_folder() / WAITING).resolve() / f"url-{fingerprint(url)[:16]}"


def _lock(place: Path) -> FileLock:
    return FileLock(place / ".lock")
