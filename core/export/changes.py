"""``changes.csv``: every label that an export changes, by whom and why; and what replay needs."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
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

DECISION = (
    "path", "content_hash", "spelled", "labels", "weights", "verdict", "auditors", "at", "rule",
    "keeps_given",
)  # fmt: skip
"""Of an item, before any choice for the export."""

COUNTED = ("items", "changed", "left_out", "unlabeled", "several")

LEFT_OUT = "left out"
RENAMED = "the class was renamed or merged"
CHOSEN = "chosen for the export"
BY_HAND = "looked at by hand"


class Changes:
    """Writes ``changes.csv`` while the items of an export go by, and counts what it does.

    Parameters
    ----------
    path : Path
        Of the file.

    Attributes
    ----------
    counts : Counter
        ``items``, ``changed``, ``left_out``, ``unlabeled``, ``several``.
    verdicts : Counter
        Items by verdict, those without one as ``unreviewed``.
    decisions : list
        Of each item that was decided, what `core.export.replaying` needs; see
        `DECISION`.
    fingerprint : str
        A hash of every item of the source: its path, its label and its content.
    is_whole : bool
        Whether all items went by.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.counts: Counter[str] = Counter(dict.fromkeys(COUNTED, 0))
        self.verdicts: Counter[str] = Counter()
        self.decisions: list[list[Any]] = []
        self.fingerprint = ""
        self.is_whole = False

    def decided(self, items: Iterable[CorrectedItem]) -> Iterator[CorrectedItem]:
        """Pass items on as they were decided, and keep the decisions."""
        for item in items:
            if item.verdict:
                self.decisions.append([getattr(item, name) for name in DECISION])
            yield item

    def passing(self, items: Iterable[CorrectedItem]) -> Iterator[CorrectedItem]:
        """Pass items on, and write those that change."""
        digest, verdicts, count = hashlib.blake2b(digest_size=16), self.verdicts, 0
        with self.path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(csv_lines([COLUMNS]))
            for item in items:
                count += 1
                verdicts[item.verdict or UNREVIEWED] += 1
                digest.update(f"{item.path}\0{item.spelled}\0{item.content_hash}\n".encode())
                if item.is_changed or len(item.labels) != 1:
                    self._count(item)
                if item.is_changed:
                    file.writelines(csv_lines([_row(item)]))
                yield item
        self.counts["items"] = count
        self.fingerprint, self.is_whole = digest.hexdigest(), True

    def _count(self, item: CorrectedItem) -> None:
        if item.is_left_out:
            self.counts["left_out"] += 1
            return
        self.counts["changed"] += item.is_changed
        self.counts["unlabeled"] += not item.labels
        self.counts["several"] += len(item.labels) > 1


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
