"""Jobs: long computations in a process of their own, one at a time for each audit."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from filelock import FileLock, Timeout

from core.audit import Audit
from core.store import Row

ROOT = Path(__file__).parents[2]

PIPELINE = "audit"
"""The command that brings an audit up to date."""

# A look at the lock holds it for an instant; a job that starts just then waits that long.
SECONDS_TO_WAIT_FOR_LOCK = 2


class _Child(NamedTuple):
    """A process started here, its command, and the newest run there was before it."""

    process: subprocess.Popen[bytes]
    command: str
    run_before: int | None


_started: dict[str, _Child] = {}


class JobRefused(RuntimeError):
    """A job that may not start; the message is one clear sentence."""


@dataclass(frozen=True)
class JobState:
    """How the latest job of a command on an audit stands.

    Attributes
    ----------
    state : str
        ``none``: there was never one. ``interrupted``: its process ended
        without recording how, by a kill or a power cut.
    message : str or None
        The reason of a failure.
    steps : list of dict
        The rows of the table ``steps``, in order.
    """

    state: Literal["none", "starting", "running", "done", "failed", "interrupted"]
    message: str | None = None
    steps: list[Row] = field(default_factory=list)

    @property
    def is_active(self) -> bool:
        """Whether a process is at work."""
        return self.state in ("starting", "running")


@contextmanager
def run_lock(audit: Audit) -> Iterator[None]:
    """Hold the audit's run lock, which the system releases when the process ends.

    Raises
    ------
    JobRefused
        When another process holds it.
    StoreUnavailable
        When the audit's folder is gone.
    """
    lock = _lock_of(audit)
    try:
        lock.acquire(timeout=SECONDS_TO_WAIT_FOR_LOCK)
    except Timeout:
        raise JobRefused(_refusal(audit)) from None
    try:
        yield
    finally:
        lock.release()


def start(audit: Audit, *arguments: str) -> None:
    """Start a command on `audit` as its own process, which outlives this one.

    Parameters
    ----------
    audit : Audit
    *arguments : str
        Those of ``python -m core``, the command first; it must record its run.
        Without any, the pipeline brings the audit up to date.

    Raises
    ------
    JobRefused
        When a command is at work on `audit` already, or its folder cannot be written to.
    StoreUnavailable
        When the audit's folder is gone.
    """
    latest = audit.store.latest_run()
    if _is_starting(audit, latest) or (_is_open(latest) and _is_locked(audit)):
        raise JobRefused(_refusal(audit))
    arguments = arguments or pipeline_arguments(audit)
    with _log_of(audit) as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "core", *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    _started[audit.id] = _Child(process, arguments[0], _run_id(latest))
    # Somebody has to wait for the child, or it stays behind as a zombie.
    threading.Thread(target=process.wait, daemon=True).start()


def _log_of(audit: Audit) -> BinaryIO:
    try:
        return audit.log_file.open("wb")
    except OSError as error:
        audit.store.check_in_place()
        raise JobRefused(f"{audit.log_file} cannot be written: {error.strerror}.") from None


def stop(audit: Audit) -> None:
    """End the job at work on `audit`; what it has finished is kept, and a new one goes on there.

    Raises
    ------
    JobRefused
        When its process may not be ended.
    """
    latest = audit.store.latest_run()
    child = _started.get(audit.id)
    try:
        if child is not None and _is_starting(audit, latest):
            child.process.terminate()
        elif latest is not None and _is_open(latest) and _is_locked(audit):
            # The lock is held, so the process that took it is there, and no other has its number.
            os.kill(latest["pid"], signal.SIGTERM)
    except ProcessLookupError:
        return
    except PermissionError:
        raise JobRefused(
            f"Process {latest and latest['pid']} is another user's; it was not stopped."
        ) from None


def pipeline_arguments(audit: Audit) -> tuple[str, ...]:
    """Return those of the command that brings `audit`, and no other in its place, up to date."""
    source = audit.source
    labels = ("--labels", source.options["labels"]) if source.labels else ()
    return (PIPELINE, source.place, "--into", str(audit.folder), "--resume", audit.id, *labels)


def watch(audit: Audit, command: str = PIPELINE) -> JobState:
    """Return how the latest job of one command, at first the pipeline, stands."""
    newest = audit.store.latest_run()
    child = _started.get(audit.id)
    if child is not None and child.command == command and _run_id(newest) == child.run_before:
        return _before_first_record(audit, child.process)
    run = audit.store.latest_run(command)
    if run is None:
        return JobState("none")
    # A run that another one has followed has ended, whoever holds the lock.
    followed = newest is not None and run["id"] < newest["id"]
    if _is_open(run) and (followed or not _is_locked(audit)):
        # It may have ended between the two looks.
        run = audit.store.latest_run(command) or run
        if _is_open(run):
            return JobState("interrupted", steps=run["steps"])
    return JobState(run["state"], run["message"], run["steps"])


def _is_starting(audit: Audit, newest: Row | None) -> bool:
    """Whether a child of any command has yet to record its run."""
    child = _started.get(audit.id)
    if child is None or _run_id(newest) != child.run_before:
        return False
    return child.process.poll() is None


def _before_first_record(audit: Audit, process: subprocess.Popen[bytes]) -> JobState:
    """Return the state of a child that has not yet written to the database."""
    if process.poll() is None:
        return JobState("starting")
    lines = audit.log_file.read_text(errors="replace").strip().splitlines()
    return JobState("failed", lines[-1] if lines else f"It ended with status {process.returncode}.")


def _is_open(run: Row | None) -> bool:
    return run is not None and run["state"] == "running"


def _run_id(run: Row | None) -> int | None:
    return None if run is None else int(run["id"])


def _is_locked(audit: Audit) -> bool:
    lock = _lock_of(audit)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def _lock_of(audit: Audit) -> FileLock:
    """Return the run lock of an audit that is there: taking a lock makes the folder it lies in."""
    audit.store.check_in_place()
    return FileLock(audit.lock_file)


def _refusal(audit: Audit) -> str:
    run = audit.store.latest_run()
    process = f" (process {run['pid']}, started {run['started']})" if run else ""
    return f"The audit {audit.name} is being computed already{process}; wait until it has ended."
