"""The progress of libraries that tell it by a tqdm bar or by printed lines only."""

from __future__ import annotations

import re
from typing import Any

from core.arrays.blocks import Progress

NUMBER = re.compile(r"(\d+)")


class EpochReports:
    """A text stream that finds the number of epochs done in what is written to it.

    Parameters
    ----------
    progress : callable
        Called with epochs done and epochs in all.
    total : int
        Epochs in all.
    pattern : re.Pattern
        Its first group is the number of epochs done.
    """

    def __init__(self, progress: Progress, total: int, pattern: re.Pattern[str] = NUMBER) -> None:
        self._progress = progress
        self._total = total
        self._pattern = pattern

    def write(self, text: str) -> int:
        """Report the numbers found in `text`."""
        for done in self._pattern.findall(text):
            self._progress(min(int(done), self._total), self._total)
        return len(text)

    def flush(self) -> None:
        """Do nothing: nothing is held back."""

    def tqdm_options(self) -> dict[str, Any]:
        """Return the arguments of a tqdm bar that writes here, its count and nothing else."""
        return {
            "file": self,
            "bar_format": "{n_fmt}",
            "mininterval": 0,
            "miniters": 1,
            "disable": False,
        }
