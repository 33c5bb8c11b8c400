"""Long work in a process of its own: started, refused while one runs, and watched."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from filelock import FileLock, Timeout

from core.audit import Audit
from core.store import Row

ROOT = Path(__file__).parents[1]

# A look at the lock holds it for an instant; a job that starts just then waits that long.
SECONDS_TO_WAIT_FOR_LOCK = 2


class _Child(NamedTuple):
    """A process started here, and the newest run there was before it."""

    process: subprocess.Popen[bytes]
    run_before: int | None


_started: dict[str, _Child] = {}


class JobRefused(RuntimeError):
    """A job that may not start; the message is one clear sentence."""


@dataclass(frozen=True)
class JobState:
    """How the latest job of an audit stands.

    Attributes
    ----------
    state : str
        ``none``: there was never one. ``interrupted``: its process ended
        without a word, by a kill or a power cut.
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
    """
    lock = FileLock(audit.lock_file)
    try:
        lock.acquire(timeout=SECONDS_TO_WAIT_FOR_LOCK)
    except Timeout:
        raise JobRefused(_refusal(audit)) from None
    try:
        yield
    finally:
        lock.release()


def start(audit: Audit) -> None:
    """Start the pipeline on `audit` as its own process, which outlives this one.

    Raises
    ------
    JobRefused
        When one is at work already.
    """
    if watch(audit).is_active:
        raise JobRefused(_refusal(audit))
    run_before = _run_id(audit.store.latest_run())
    command = [sys.executable, "-m", "core", "audit", str(audit.source)]
    command += ["--into", str(audit.folder)]
    if audit.labels_file:
        command += ["--labels", str(audit.labels_file)]
    with audit.log_file.open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    _started[audit.id] = _Child(process, run_before)
    # Somebody has to wait for the child, or it stays behind as a zombie.
    threading.Thread(target=process.wait, daemon=True).start()


def watch(audit: Audit) -> JobState:
    """Return how the audit's latest job stands."""
    run = audit.store.latest_run()
    child = _started.get(audit.id)
    if child is not None and _run_id(run) == child.run_before:
        return _before_first_word(audit, child.process)
    if run is None:
        return JobState("none")
    if run["state"] == "running" and not _is_locked(audit):
        # It may have ended between the two looks.
        run = audit.store.latest_run() or run
        if run["state"] == "running":
            return JobState("interrupted", steps=run["steps"])
    return JobState(run["state"], run["message"], run["steps"])


def _before_first_word(audit: Audit, process: subprocess.Popen[bytes]) -> JobState:
    """Return the state of a child that has not yet written to the database."""
    if process.poll() is None:
        return JobState("starting")
    lines = audit.log_file.read_text(errors="replace").strip().splitlines()
    return JobState("failed", lines[-1] if lines else f"It ended with status {process.returncode}.")


def _run_id(run: Row | None) -> int | None:
    return None if run is None else int(run["id"])


def _is_locked(audit: Audit) -> bool:
    lock = FileLock(audit.lock_file)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def _refusal(audit: Audit) -> str:
    run = audit.store.latest_run()
    process = f" (process {run['pid']}, started {run['started']})" if run else ""
    return f"The audit {audit.name} is being computed already{process}; wait until it has ended."
