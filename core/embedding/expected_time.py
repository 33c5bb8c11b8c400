"""How long an audit will take on this machine: from what was measured here before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.audit import Audit
from core.embedding.choice import BETTER_BACKBONE, DEFAULT_BACKBONE, EmbeddingChoice
from core.store import StoreError
from core.text import counted

STEP = "embed"
MOST_SECONDS = 300.0
"""Of embedding, within which the better network is taken."""
PATIENCE = "most_seconds_of_embedding"
"""Setting: another limit than `MOST_SECONDS`, for an audit that somebody waits for."""


@dataclass(frozen=True)
class MeasuredPace:
    """How fast an audit was computed on this machine.

    Attributes
    ----------
    rate : float
        Images embedded a second.
    other : float
        Seconds that all other steps took for an image.
    audit : str
        The audit that was computed then.
    """

    rate: float
    other: float
    audit: str

    def seconds(self, images: int) -> float:
        """Return how long an audit of so many images takes, about."""
        return images * (1 / self.rate + self.other)

    def sentence(self, images: int) -> str:
        """Say how long it takes, and how that is known.

        Examples
        --------
        >>> MeasuredPace(150.0, 0.002, "demo").sentence(30_000)
        'About 4 minutes, by the pace of the audit demo: 150 images a second.'
        """
        rate = f"{self.rate:,.0f} images" if self.rate >= 1.5 else "1 image"
        return (
            f"About {duration(self.seconds(images))}, by the pace of the audit {self.audit}:"
            f" {rate} a second."
        )


def measured_pace(audits: Iterable[Audit], backbone: str) -> MeasuredPace | None:
    """Return what was measured of a backbone; None where none of `audits` has used it.

    Of several audits the largest counts: what a start costs, whatever the
    number of images, weighs least there.
    """
    found: dict[int, MeasuredPace] = {}
    for audit in audits:
        try:
            choice = EmbeddingChoice.of(audit)
            pace = audit.store.measured_pace(STEP)
        except StoreError:
            continue
        if pace is not None and choice.embeddings is None and choice.backbone == backbone:
            other = pace["seconds"] / pace["units"]
            found[pace["units"]] = MeasuredPace(pace["rate"], other, audit.name)
    return found[max(found)] if found else None


def name_by_size(images: int, rate: float, most: float = MOST_SECONDS) -> str:
    """Return the network for so many images, where the better one embeds `rate` a second."""
    return BETTER_BACKBONE if images / rate <= most else DEFAULT_BACKBONE


def duration(seconds: float) -> str:
    """Return a time as people say it: in tens of seconds, minutes, or hours."""
    if seconds < 50:
        return f"{max(10, 10 * round(seconds / 10))} seconds"
    minutes = seconds / 60
    if minutes < 90:
        return counted(max(1, round(minutes)), "minute")
    return counted(round(minutes / 60), "hour")
