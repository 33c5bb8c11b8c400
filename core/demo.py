"""The demo audit, created when there is no other audit, and its scores."""

from __future__ import annotations

import csv
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core import jobs
from core.audit import Audit
from core.audit.library import Library
from core.audit.source import Source
from core.embedding.expected_time import PATIENCE
from core.ingest.readers import source_of
from core.terms import VERDICTS, Verdict

DEMO = Path(__file__).parents[1] / "data" / "demo"
NAME = "demo"
MOST_SECONDS_OF_DEMO = 12.0
"""Of embedding: somebody waits for the first start, whose review is to begin within 30 s."""
DECLINED = ".no-demo"
"""A file in the home folder: somebody has deleted the demo, and it is not made again by itself."""

# Two visitors of a new server arrive at once: one of them creates the audit.
_making = threading.Lock()


def demo_source() -> Source:
    """Return the bundled data set."""
    return source_of(DEMO, DEMO / "labels.csv")


def ensure(library: Library) -> Audit | None:
    """Make the demo audit and start computing it, when `library` is empty.

    A demo audit created by a deleted clone of this repository is pointed at
    this clone's images.

    Returns
    -------
    Audit or None
        The new audit; None when there was one already or others were asked for.
    """
    with _making:
        listing = library.listing()
        for entry in listing:
            if entry.audit is not None:
                _relocate_source(entry.audit)
        if library.folders or listing or (library.home / DECLINED).exists():
            return None
        return _make(library)


def make(library: Library) -> Audit:
    """Make the demo audit because somebody has asked for it, and start computing it."""
    with _making:
        (library.home / DECLINED).unlink(missing_ok=True)
        return _make(library)


def _make(library: Library) -> Audit:
    audit = Audit.create(library.home / NAME, demo_source())
    audit.store.set_settings({PATIENCE: MOST_SECONDS_OF_DEMO})
    jobs.start(audit)
    return audit


def decline(library: Library) -> None:
    """Remember that somebody has deleted the demo."""
    with suppress(OSError):
        (library.home / DECLINED).touch()


def _relocate_source(audit: Audit) -> None:
    """Point a demo audit at this clone's images, when the clone that created it is gone."""
    path = audit.source.path
    if path.parts[-2:] == DEMO.parts[-2:] and not path.exists():
        audit.move_source(demo_source())


def is_demo(audit: Audit) -> bool:
    """Tell whether `audit` is of the bundled data set, whose true labels are known."""
    return audit.source == demo_source()


@dataclass(frozen=True)
class ScoreCard:
    """How a review of the demo compares with the truth.

    Attributes
    ----------
    wrong : int
        Wrong labels in the data set.
    found : int
        Of those, reviewed and not kept.
    corrected : int
        Of those, relabeled to the true label.
    spoiled : int
        Right labels that the review changed.
    reviewed : int
        Items with a verdict.
    """

    wrong: int
    found: int
    corrected: int
    spoiled: int
    reviewed: int


def score_card(audit: Audit) -> ScoreCard:
    """Compare the verdicts of the demo audit with ``truth.csv``."""
    with (DEMO / "truth.csv").open(encoding="utf-8", newline="") as file:
        truth = {row["path"]: row["label"] for row in csv.DictReader(file)}
    verdicts = audit.store.current_verdicts()
    items = audit.store.input_rows()
    judged = [(item, verdicts[item["id"]]) for item in items if item["id"] in verdicts]
    is_wrong = {item["id"]: item["given"] != truth[item["path"]] for item in items}
    changed = [(i, v) for i, v in judged if VERDICTS[Verdict(v["verdict"])].is_error]
    return ScoreCard(
        wrong=sum(is_wrong.values()),
        found=sum(is_wrong[item["id"]] for item, _ in changed),
        corrected=sum(
            is_wrong[item["id"]] and verdict["labels"] == [truth[item["path"]]]
            for item, verdict in changed
        ),
        spoiled=sum(not is_wrong[item["id"]] for item, _ in changed),
        reviewed=len(judged),
    )
