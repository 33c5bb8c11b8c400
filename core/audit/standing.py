"""How an audit stands: what a list of audits says about each."""

from __future__ import annotations

from dataclasses import dataclass

from core.audit.folder import Audit
from core.store import Row

PICTURES = 6


@dataclass(frozen=True)
class Standing:
    """What is in an audit, and how far its review is.

    Attributes
    ----------
    images, classes, suspects : int
    reviewed : int
        Of the suspects.
    pictures : list of dict
        ``id`` and ``content_hash`` of a few images.
    """

    images: int
    classes: int
    suspects: int
    reviewed: int
    pictures: list[Row]

    @classmethod
    def of(cls, audit: Audit) -> Standing:
        """Return how `audit` stands now."""
        counts = audit.store.counts()
        return cls(
            images=counts["items"],
            classes=counts["classes"],
            suspects=counts["suspects"],
            reviewed=audit.store.suspects_reviewed(),
            pictures=audit.store.sample_of_images(PICTURES),
        )

    @property
    def share(self) -> float:
        """Which part of the suspects is reviewed, 0..1; 1 where there are none."""
        return self.reviewed / self.suspects if self.suspects else 1.0
