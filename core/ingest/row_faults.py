"""Counts the rows of a table that cannot be used as they are, and names the first of each kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from core.text import counted, shortened


@dataclass
class Tally:
    """How often something was found, and where first."""

    count: int = 0
    first: str = ""

    def add(self, first: str) -> None:
        """Count one more."""
        self.count += 1
        self.first = self.first or first


@dataclass
class RowFaults:
    """What is wrong with rows of a table.

    Attributes
    ----------
    place : str
        What rows are counted by.
    """

    place: str
    _damaged: Tally = field(default_factory=Tally)
    _doubled: Tally = field(default_factory=Tally)
    _odd: Tally = field(default_factory=Tally)

    @property
    def damaged(self) -> int:
        """Rows that cannot be used at all."""
        return self._damaged.count

    def damage(self, place: int, reason: str) -> None:
        """Count a row that is left out."""
        self._damaged.add(f"{self.place} {place}: {shortened(reason, 100)}")

    def double(self, place: int, path: str) -> None:
        """Count a row whose image a row before it lists."""
        self._doubled.add(f"{self.place} {place}: {shortened(path, 80)}")

    def odd_value(self, place: int, value: str) -> None:
        """Count a row whose columns of classes hold something else than 0 and 1."""
        self._odd.add(f"{self.place} {place}: {shortened(value, 40)}")

    def refusal(self, path: Path) -> str:
        """Say why no row of a table can be used, or hardly any."""
        if not self.damaged:
            return f"{path} has no rows below its header."
        return f"{path}, {self._damaged.first}{self._more()}."

    def _more(self) -> str:
        others = self.damaged - 1
        return f" ({counted(others, 'further row')} likewise)" if others else ""

    def sentences(self) -> list[str]:
        """Say what was found, and what comes of it."""
        told = (
            (self._damaged, "cannot be used and {is} left out"),
            (self._doubled, "{repeat} an image and {is} left out"),
            (self._odd, "{has} other values than 0 and 1 and will be unlabeled"),
        )
        return [
            f"{counted(tally.count, 'row')} {_agreeing(what, tally.count)}, first {tally.first}."
            for tally, what in told
            if tally.count
        ]


def _agreeing(what: str, count: int) -> str:
    forms = ("is", "has", "repeats") if count == 1 else ("are", "have", "repeat")
    return what.format(**dict(zip(("is", "has", "repeat"), forms, strict=True)))
