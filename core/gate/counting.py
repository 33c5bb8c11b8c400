"""What a check counts, and whether that is too many.

A label is doubtful that a verdict has found wrong and the input still gives, and
one that is suspect and that nobody has decided. Counted are suspects, not errors:
some are right, and a wrong label that looks right is not among them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from core.store import Row, Store
from core.terms import VERDICTS, Verdict
from core.text import counted

FOUND_WRONG = "found wrong"
SUSPECT = "suspect"
NOT_READ = "not read"

HONESTLY = (
    "A suspect label counts until somebody reviews it, though it may be right; a wrong label that"
    " looks right is not counted. This is no measured error rate."
)


class Status(IntEnum):
    """The exit status of a check."""

    PASSED = 0
    FAILED = 1
    UNKNOWN = 2


class DoubtfulLabel(NamedTuple):
    """A label that counts, or may.

    Attributes
    ----------
    path, given : str
    suggested : str or None
        What the evidence says or, where a verdict has found the label wrong,
        what that says: its labels or, where there are none, the verdict itself.
    suspicion : float or None
    state : str
        `FOUND_WRONG`, `SUSPECT` or `NOT_READ`.
    """

    path: str
    given: str
    suggested: str | None
    suspicion: float | None
    state: str


@dataclass(frozen=True)
class Count:
    """What is known of the labels that a check looks at.

    Attributes
    ----------
    labels : int
        How many there are.
    rows : list of DoubtfulLabel
        The doubtful ones, and those whose image could not be read.
    is_of_new : bool
        Whether only new, changed and relabeled images were looked at.
    """

    labels: int
    rows: list[DoubtfulLabel] = field(default_factory=list)
    is_of_new: bool = False

    def number(self, state: str) -> int:
        """Return how many are in a state."""
        return Counter(row.state for row in self.rows)[state]

    @property
    def doubtful(self) -> int:
        """How many labels count."""
        return len(self.rows) - self.unread

    @property
    def unread(self) -> int:
        """How many might count: nothing is known of their images."""
        return self.number(NOT_READ)

    @property
    def sentence(self) -> str:
        """How many labels are doubtful, and why."""
        noun = "new or changed label" if self.is_of_new else "label"
        verb = "is" if self.doubtful == 1 else "are"
        share = f" ({100 * self.doubtful / self.labels:.1f} %)" if self.labels else ""
        parts = [
            f"{self.number(FOUND_WRONG):,} found wrong by review",
            f"{self.number(SUSPECT):,} suspect and not reviewed",
        ]
        if self.unread:
            parts.append(f"{counted(self.unread, 'image')} more could not be read")
        return (
            f"{self.doubtful:,} of {counted(self.labels, noun)} {verb} doubtful{share}:"
            f" {', '.join(parts)}."
        )


def count_labels(store: Store, baseline: Collection[tuple[str, str]] | None = None) -> Count:
    """Return what is known of the labels of an audit that is ranked.

    Parameters
    ----------
    store : Store
    baseline : collection of (str, str) or None
        Content and label of what was there before and does not count; None
        where everything counts.
    """
    looked_at = {
        item_id for item_id, key in store.label_keys() if baseline is None or key not in baseline
    }
    rows = [
        found
        for row in store.labels_to_check()
        if row["id"] in looked_at and (found := _doubtful(row)) is not None
    ]
    return Count(len(looked_at), rows, baseline is not None)


def _doubtful(row: Row) -> DoubtfulLabel | None:
    """Return what is doubtful of a label: a verdict decides, else the evidence."""
    suggested = row["suggested"]
    if row["verdict"] is not None and VERDICTS[Verdict(row["verdict"])].is_sure:
        if row["given"] in row["labels"]:
            return None
        state, suggested = FOUND_WRONG, " or ".join(row["labels"]) or str(row["verdict"])
    elif row["is_unread"]:
        state = NOT_READ
    elif suggested is not None:
        state = SUSPECT
    else:
        return None
    return DoubtfulLabel(row["path"], row["given"], suggested, row["suspicion"], state)


@dataclass(frozen=True)
class Limit:
    """How many labels may be doubtful.

    Attributes
    ----------
    most : float
        A number of labels or, where `is_share`, a share of them, 0..1.
    is_share : bool
    """

    most: float
    is_share: bool = False

    @property
    def name(self) -> str:
        """What is allowed, in a few words."""
        if self.is_share:
            return f"at most {100 * self.most:g} % of labels wrong or suspect"
        return f"at most {counted(int(self.most), 'doubtful label')}"

    def ruling(self, count: Count) -> Ruling:
        """Say whether `count` is within the limit."""
        if not count.labels and not count.is_of_new:
            return Ruling(self, Status.UNKNOWN, "There is no label to check.")
        most = self.most * count.labels if self.is_share else self.most
        # A share such as 29 % of 100 is not 29 to the last binary digit.
        most += 1e-9
        if count.doubtful > most:
            return Ruling(self, Status.FAILED, f"Too many: {self.name}.")
        if count.doubtful + count.unread > most:
            images = counted(count.unread, "image")
            return Ruling(
                self,
                Status.UNKNOWN,
                f"It cannot be told, as {images} could not be read: {self.name}.",
            )
        return Ruling(self, Status.PASSED, f"Passed: {self.name}.")


class Ruling(NamedTuple):
    """Whether a count is within a limit, and that in a sentence."""

    limit: Limit
    status: Status
    sentence: str


def overall(rulings: Collection[Ruling]) -> Status:
    """Return the status of several rulings: failed when one is, else unknown when one is."""
    statuses = {ruling.status for ruling in rulings}
    return next(one for one in (Status.FAILED, Status.UNKNOWN, Status.PASSED) if one in statuses)
