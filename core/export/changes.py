"""``changes.csv``: every label that an export changes, by whom and why; and what replay needs."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from core.export.choices import UNREVIEWED
from core.export.corrected import CorrectedItem
from core.terms import CLASS_SEPARATOR
from core.text import csv_lines

COLUMNS = (
    "item", "path", "content_hash", "old", "new", "verdict", "auditors", "time", "rule", "reason",
    "labels",
)  # fmt: skip
"""Several labels or auditors are joined by ``|``; `labels` lists the new ones in JSON."""

DECISION = ("path", "content_hash", "labels", "weights", "verdict", "auditors", "at", "rule")
"""Of an item, before any choice for the export."""

LEFT_OUT = "left out"
RENAMED = "the class was renamed or merged"
CHOSEN = "chosen for the export"
BY_HAND = "looked at by hand"


@dataclass
class Tally:
    """What an export does, counted while its changes are written.

    Attributes
    ----------
    counts : Counter
        ``items``, ``changed``, ``left_out``, ``unlabeled``, ``several``.
    verdicts : Counter
        Items by verdict, those without one as ``unreviewed``.
    decisions : list
        Of each item that was decided, what `core.export.replaying` needs; see
        `DECISION`.
    """

    counts: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    decisions: list[list[Any]] = field(default_factory=list)
    _digest: Any = field(default_factory=lambda: hashlib.blake2b(digest_size=16))

    def recorded(self, items: Iterable[CorrectedItem]) -> Iterator[CorrectedItem]:
        """Yield items as they were decided, and keep the decisions."""
        for item in items:
            if item.verdict:
                self.decisions.append([getattr(item, name) for name in DECISION])
            yield item

    def add(self, item: CorrectedItem) -> None:
        """Count one item."""
        counts = self.counts
        counts["items"] += 1
        self.verdicts[item.verdict or UNREVIEWED] += 1
        counts["changed"] += item.is_changed and not item.is_left_out
        counts["left_out"] += item.is_left_out
        if not item.is_left_out:
            counts["unlabeled"] += not item.labels
            counts["several"] += len(item.labels) > 1
        self._digest.update(f"{item.path}\0{item.spelled}\0{item.content_hash}\n".encode())

    @property
    def fingerprint(self) -> str:
        """A hash of every item of the source: its path, its label and its content."""
        return str(self._digest.hexdigest())


def change_lines(items: Iterator[CorrectedItem], tally: Tally) -> Iterator[bytes]:
    """Yield the lines of ``changes.csv``, its header first; what goes by is counted."""

    def rows() -> Iterator[tuple[str, ...]]:
        yield COLUMNS
        for item in items:
            tally.add(item)
            if item.is_changed:
                yield _row(item)

    return (line.encode() for line in csv_lines(rows()))


def _row(item: CorrectedItem) -> tuple[str, ...]:
    labels = () if item.is_left_out else item.labels
    return (
        item.id,
        item.path,
        item.content_hash or "",
        item.spelled or "",
        CLASS_SEPARATOR.join(labels),
        item.verdict,
        CLASS_SEPARATOR.join(item.auditors),
        item.at,
        item.rule,
        _reason(item),
        "" if item.is_left_out else json.dumps(labels, ensure_ascii=False),
    )


def _reason(item: CorrectedItem) -> str:
    """Say why the label was looked at, and why it changes where no verdict says so."""
    parts = []
    if item.is_left_out:
        parts.append(LEFT_OUT)
    if not item.verdict:
        return "; ".join([*parts, RENAMED if item.spelled != item.given else CHOSEN])
    if item.suggested is not None and item.p_suggested is not None:
        given = "" if item.p_given is None else f", the given label {item.p_given:.3f}"
        parts.append(f"the evidence gives {item.suggested} {item.p_suggested:.3f}{given}")
    return "; ".join(parts) or BY_HAND
