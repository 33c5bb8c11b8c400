"""Questions that a command answers in a process of its own, while somebody waits.

The dashboard computes nothing: what takes longer than an instant, or reads files
that nobody has looked at, is asked of ``python -m core ... --format json``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from typing import Any

from core.jobs import ROOT

MOST_OF_A_REASON = 300

PROGRESS = "Fetching"
"""What a line of stderr begins with that says how far a command is."""


class InquiryFailed(RuntimeError):
    """A question that could not be answered; the message is one clear sentence.

    Attributes
    ----------
    answer : dict
        What the command has printed all the same, such as what would help.
    """

    def __init__(self, message: str, answer: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.answer = answer or {}


class Inquiry:
    """A command at work, whose answer somebody waits for.

    Parameters
    ----------
    *arguments : str
        Those of ``python -m core``; the command prints JSON, and a mistake as its
        last line to stderr.
    """

    def __init__(self, *arguments: str) -> None:
        self.arguments = arguments
        self.started = time.monotonic()
        # Files without a name: nothing is left of a question that nobody waits for any more.
        self._answer = tempfile.TemporaryFile()  # noqa: SIM115
        self._reasons = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(
            [sys.executable, "-m", "core", *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=self._answer,
            stderr=self._reasons,
        )
        # Somebody has to wait for the child, or it stays behind as a zombie.
        threading.Thread(target=self._process.wait, daemon=True).start()

    @property
    def is_active(self) -> bool:
        """Whether it is still at work."""
        return self._process.poll() is None

    @property
    def seconds(self) -> float:
        """How long ago it was asked."""
        return time.monotonic() - self.started

    @property
    def progress(self) -> str:
        """How far it says that it is; empty where it says nothing."""
        if not hasattr(os, "pread"):  # on Windows
            return ""
        handle = self._reasons.fileno()
        size = os.fstat(handle).st_size
        # Not by seeking: the command writes where this file stands.
        end = os.pread(handle, MOST_OF_A_REASON, max(0, size - MOST_OF_A_REASON))
        lines = end.decode(errors="replace").splitlines()
        return next((one for one in reversed(lines) if one.startswith(PROGRESS)), "").strip()

    def stop(self) -> None:
        """Give up waiting for an answer."""
        if self.is_active:
            self._process.terminate()

    def answer(self) -> Any:
        """Return what the command has printed, once it has ended.

        Raises
        ------
        InquiryFailed
            With the reason that the command gave.
        """
        has_failed = self._process.wait() != 0
        self._answer.seek(0)
        try:
            found = json.loads(self._answer.read())
        except ValueError:
            if has_failed:
                raise InquiryFailed(self._reason()) from None
            raise InquiryFailed("The answer cannot be understood.") from None
        if has_failed:
            raise InquiryFailed(self._reason(), found)
        return found

    def _reason(self) -> str:
        self._reasons.seek(0)
        lines = self._reasons.read().decode(errors="replace").strip().splitlines()
        reason = lines[-1].removeprefix("Error: ") if lines else ""
        return reason[:MOST_OF_A_REASON] or f"It ended with status {self._process.returncode}."
