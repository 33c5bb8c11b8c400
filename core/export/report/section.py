"""The entry of a section, and the audit that all of them read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from core.audit import Audit
from core.export.report.markup import Html
from core.export.report.pictures import Pictures
from core.review.agreement.measures import Report, report
from core.store import Row


class Figure(NamedTuple):
    """A number at the head of the report.

    Attributes
    ----------
    label : str
        What it counts, in a few words.
    value : str
    note : str
        What it is a part of, or how sure it is.
    """

    label: str
    value: str
    note: str = ""


class Disputes(NamedTuple):
    """How many images auditors disagree about, and how many of them were adjudicated."""

    images: int
    resolved: int

    @property
    def unresolved(self) -> int:
        """Those that nobody has adjudicated."""
        return self.images - self.resolved


@dataclass(frozen=True)
class Section:
    """A section of the report.

    Attributes
    ----------
    name : str
        Its address within the page: small letters, digits and hyphens.
    order : int
        The lowest comes first; with room for others between.
    title : str
        Its heading.
    facts : callable
        Of a `Subject`, what the section says, bounded in size however large the audit;
        None where there is nothing to say, and then the section is not there.
    body : callable
        Of the facts and the `Pictures` to take from, what stands below the heading.
    figures : callable
        Of the facts, numbers for the head of the report.
    """

    name: str
    order: int
    title: str
    facts: Callable[[Subject], Any]
    body: Callable[[Any, Pictures], Html]
    figures: Callable[[Any], Sequence[Figure]] = lambda facts: ()


class Subject:
    """An audit as it stands; what several sections need is read once.

    Parameters
    ----------
    audit : Audit
    """

    def __init__(self, audit: Audit) -> None:
        self.audit = audit
        self.store = audit.store

    @cached_property
    def counts(self) -> dict[str, int]:
        """See `Store.counts`."""
        return self.store.counts()

    @cached_property
    def verdicts(self) -> dict[str, int]:
        """How many items have each verdict."""
        return self.store.verdict_counts()

    @cached_property
    def outcome(self) -> Row:
        """See `Store.outcome`."""
        return self.store.outcome()

    @cached_property
    def to_do(self) -> int:
        """Suspect labels that nobody has reviewed."""
        return self.counts["suspects"] - self.store.suspects_reviewed()

    @cached_property
    def classes(self) -> list[Row]:
        """See `Store.class_summary`."""
        return self.store.class_summary()

    @cached_property
    def confusions(self) -> list[Row]:
        """See `Store.confusions`."""
        return self.store.confusions()

    @cached_property
    def agreement(self) -> Report:
        """Inter-annotator agreement of the blind double reviews."""
        return report(self.store.second_log())

    @cached_property
    def disputes(self) -> Disputes:
        """Images on which auditors who are sure disagree."""
        disputed, adjudicated = self.store.disputed_ids(), self.store.adjudications()
        return Disputes(len(disputed), sum(item_id in adjudicated for item_id in disputed))

    def items(self, ids: Sequence[str]) -> list[Row]:
        """Return those of these items that are there, as `Store.items` has them."""
        found = self.store.items(ids)
        return [found[item_id] for item_id in ids if item_id in found]
